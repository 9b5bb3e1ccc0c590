//! Record the outcome: the panel's decision is told, with its reason in words for the person. Asked
//! when all outcomes of a round are told, never before, so that nobody reads theirs early.

use contracts::{Sealed, SelectionId};
use eventstore::Occasion;

use super::{Application, Event, LedTo, Outcome, Place, Refusal, Stage};
use crate::personal::OutcomeReason;
use crate::selection::Decision;

/// Asked by a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordOutcome {
    /// By which panel's work.
    pub selection: SelectionId,
    /// What was decided.
    pub decision: Decision,
    /// Why, in words for the person.
    pub reason: Option<Sealed<OutcomeReason>>,
}

impl RecordOutcome {
    /// Once; whoever is in reserve may be told again. No decision here: the panel has made it.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        let Self { selection, decision, reason } = self;
        match &submission.stage {
            Stage::Decided(told) | Stage::LedTo(LedTo { outcome: told, .. })
                if told.decision == decision && told.reason == reason =>
            {
                return Ok(Vec::new());
            }
            Stage::Undecided
            | Stage::Decided(Outcome { decision: Decision::Reserve { .. }, .. }) => {}
            Stage::LedTo(LedTo { place: Place::Held, .. }) => {
                return Err(Refusal::AlreadyAppointed);
            }
            Stage::Decided(_)
            | Stage::LedTo(LedTo {
                place: Place::Offered | Place::NotTaken(_) | Place::Ended { .. },
                ..
            }) => return Err(Refusal::OutcomeTold),
            Stage::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Stage::OpportunityWithdrawn { .. } => return Err(Refusal::NotGoingAhead),
        }
        let (opportunity, applicant) = (submission.opportunity, submission.applicant);
        let title = submission.title.clone();
        Ok(vec![match decision {
            Decision::Offer => Event::Offered { opportunity, title, applicant, selection, reason },
            Decision::Reserve { until } => {
                Event::KeptInReserve { opportunity, title, applicant, selection, until, reason }
            }
            Decision::NotSelected => {
                Event::NotSelected { opportunity, title, applicant, selection, reason }
            }
        }])
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record(decision: Decision) -> Command {
        Command::RecordOutcome(RecordOutcome {
            selection: SELECTION,
            decision,
            reason: Some(sealed("outcome")),
        })
    }

    const RESERVE: Decision = Decision::Reserve { until: date(2027, 8, 31) };

    #[test]
    fn the_outcome_is_told() {
        for (decision, event) in [
            (Decision::Offer, offered()),
            (RESERVE, kept_in_reserve()),
            (Decision::NotSelected, not_selected()),
        ] {
            given(vec![submitted()])
                .when(online(SYSTEM, while_open()), record(decision))
                .then(event);
        }
    }

    #[test]
    fn told_twice_it_is_told_once() {
        for (decision, event) in [
            (Decision::Offer, offered()),
            (RESERVE, kept_in_reserve()),
            (Decision::NotSelected, not_selected()),
        ] {
            given(vec![submitted(), event])
                .when(online(SYSTEM, while_open()), record(decision))
                .then_nothing();
        }
    }

    #[test]
    fn what_was_told_before_a_place_was_offered_is_not_told_again_nor_otherwise() {
        for history in [until_place_offered(), until_not_taken(declined()), until_ended()] {
            given(history.clone())
                .when(online(SYSTEM, while_open()), record(Decision::Offer))
                .then_nothing();
            given(history)
                .when(online(SYSTEM, while_open()), record(Decision::NotSelected))
                .then_refused(Refusal::OutcomeTold);
        }
    }

    #[test]
    fn whoever_is_in_reserve_may_be_offered_a_place_later() {
        given(vec![submitted(), kept_in_reserve()])
            .when(online(SYSTEM, while_open()), record(Decision::Offer))
            .then(offered());
    }

    #[test]
    fn what_someone_has_been_told_stands() {
        for (told, decision) in
            [(offered(), Decision::NotSelected), (not_selected(), Decision::Offer)]
        {
            given(vec![submitted(), told])
                .when(online(SYSTEM, while_open()), record(decision))
                .then_refused(Refusal::OutcomeTold);
        }
    }

    #[test]
    fn whoever_withdrew_or_holds_the_place_is_told_nothing() {
        given(vec![submitted(), withdrawn(true)])
            .when(online(SYSTEM, while_open()), record(Decision::Offer))
            .then_refused(Refusal::Withdrawn);
        given(until_appointed())
            .when(online(SYSTEM, while_open()), record(Decision::NotSelected))
            .then_refused(Refusal::AlreadyAppointed);
        given(vec![submitted(), opportunity_withdrawn()])
            .when(online(SYSTEM, while_open()), record(Decision::Offer))
            .then_refused(Refusal::NotGoingAhead);
        given(vec![])
            .when(online(SYSTEM, while_open()), record(Decision::Offer))
            .then_refused(Refusal::NotSubmitted);
    }
}
