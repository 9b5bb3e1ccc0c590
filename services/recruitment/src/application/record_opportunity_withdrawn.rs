//! Record that the opportunity was withdrawn: nothing comes of the application any more, and whoever
//! still waits for something is told why, in the trust's words for everyone who applied.

use eventstore::Occasion;

use super::{Application, Decision, Event, LedTo, Outcome, Place, Refusal, Stage};
use crate::london::day_of;

/// Asked by a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordOpportunityWithdrawn {
    /// Why, in the trust's words.
    pub reason: String,
}

impl RecordOpportunityWithdrawn {
    /// Before the person was told anything, or while they wait in reserve for a place that will not
    /// come. What they have been told otherwise stands, and whoever holds a place keeps it.
    pub fn decide(self, state: &Application, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        let withdrawn = |kept_in_reserve| {
            Ok(vec![Event::OpportunityWithdrawn {
                opportunity: submission.opportunity,
                title: submission.title.clone(),
                applicant: submission.applicant,
                reason: self.reason,
                kept_in_reserve,
            }])
        };
        match &submission.stage {
            Stage::Undecided => withdrawn(false),
            Stage::Decided(Outcome { decision: Decision::Reserve { until }, .. })
                if day_of(occasion.received_at) <= *until =>
            {
                withdrawn(true)
            }
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
    use crate::story::{at, online};

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
    fn whoever_is_kept_in_reserve_for_it_does_not_wait_for_a_place_that_will_not_come() {
        given(vec![submitted(), kept_in_reserve()])
            .when(online(SYSTEM, while_open()), record(REASON))
            .then(withdrawn_from_them(true));
    }

    #[test]
    fn whoever_s_time_in_reserve_is_over_waits_for_nothing() {
        given(vec![submitted(), kept_in_reserve()])
            .when(online(SYSTEM, at("2027-09-01T09:00:00Z")), record(REASON))
            .then_refused(Refusal::OutcomeTold);
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
