//! Record that the opportunity was withdrawn: nothing is decided on the application any more, and the
//! person is told why, in the trust's words for everyone who applied.

use eventstore::Occasion;

use super::{Application, Event, LedTo, Place, Refusal, Stage};

/// Asked by a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordOpportunityWithdrawn {
    /// Why, in the trust's words.
    pub reason: String,
}

impl RecordOpportunityWithdrawn {
    /// Before the person was told anything. What they have been told stands, and whoever holds a place
    /// keeps it.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        match &submission.stage {
            Stage::Undecided => Ok(vec![Event::OpportunityWithdrawn {
                opportunity: submission.opportunity,
                title: submission.title.clone(),
                applicant: submission.applicant,
                reason: self.reason,
            }]),
            Stage::OpportunityWithdrawn { .. } => Ok(Vec::new()),
            Stage::LedTo(LedTo { place: Place::Held, .. }) => Err(Refusal::AlreadyAppointed),
            Stage::Decided(_)
            | Stage::LedTo(LedTo {
                place: Place::Offered | Place::NotTaken(_) | Place::Ended { .. },
                ..
            }) => Err(Refusal::OutcomeTold),
            Stage::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record(reason: &str) -> Command {
        let reason = reason.to_owned();
        Command::RecordOpportunityWithdrawn(RecordOpportunityWithdrawn { reason })
    }

    #[test]
    fn whoever_was_told_nothing_yet_is_told_that_it_does_not_go_ahead_and_why() {
        given(vec![submitted()])
            .when(online(SYSTEM, while_open()), record(REASON))
            .then(opportunity_withdrawn());
    }

    #[test]
    fn told_twice_it_is_recorded_once() {
        for reason in [REASON, "The group was closed."] {
            given(vec![submitted(), opportunity_withdrawn()])
                .when(online(SYSTEM, while_open()), record(reason))
                .then_nothing();
        }
    }

    #[test]
    fn what_someone_has_been_told_stands_and_whoever_holds_a_place_keeps_it() {
        for history in [
            vec![submitted(), offered()],
            vec![submitted(), kept_in_reserve()],
            vec![submitted(), not_selected()],
            until_place_offered(),
            until_not_taken(declined()),
            until_ended(),
        ] {
            given(history)
                .when(online(SYSTEM, while_open()), record(REASON))
                .then_refused(Refusal::OutcomeTold);
        }
        given(until_appointed())
            .when(online(SYSTEM, while_open()), record(REASON))
            .then_refused(Refusal::AlreadyAppointed);
    }

    #[test]
    fn whoever_took_it_back_or_never_sent_it_in_is_told_nothing() {
        for (history, refusal) in [
            (vec![submitted(), withdrawn(true)], Refusal::Withdrawn),
            (vec![], Refusal::NotSubmitted),
        ] {
            given(history).when(online(SYSTEM, while_open()), record(REASON)).then_refused(refusal);
        }
    }
}
