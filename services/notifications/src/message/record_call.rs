//! Record a call: somebody on the staff rang the person, and says what came of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Message, Refusal};

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// The person was told.
    Reached,
    /// Nobody answered.
    NotReached,
    /// A neutral message was left: who rang, and nothing of what it is about.
    MessageLeft,
}

/// Asked by staff. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCall {
    /// What came of it.
    pub outcome: CallOutcome,
}

impl RecordCall {
    /// Whoever was reached is told. A message left tells nothing, so the call stays to be made.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        errand.waits_for_a_human()?;
        Ok(vec![Event::CallRecorded {
            to: errand.to,
            kind: errand.content.kind().to_owned(),
            about: errand.content.about(),
            outcome: self.outcome,
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::{Command, Way};

    fn record(outcome: CallOutcome) -> Command {
        Command::RecordCall(RecordCall { outcome })
    }

    #[test]
    fn whoever_was_reached_is_told_and_needs_no_further_call() {
        after(until_held())
            .when(STAFF, now(), record(CallOutcome::Reached))
            .then(called(CallOutcome::Reached));
        after([until_held(), vec![called(CallOutcome::Reached)]].concat())
            .when(STAFF, now(), record(CallOutcome::NotReached))
            .then_refused(Refusal::NothingToSettle);
    }

    #[test]
    fn whoever_was_not_reached_is_rung_again() {
        let tried = vec![called(CallOutcome::NotReached), called(CallOutcome::MessageLeft)];
        after([until_held(), tried].concat())
            .when(STAFF, now(), record(CallOutcome::Reached))
            .then(called(CallOutcome::Reached));
    }

    #[test]
    fn somebody_may_ring_where_mail_did_not_get_through() {
        for history in [until_failed(), until_unknown(), until_letter_ready()] {
            after(history)
                .when(STAFF, now(), record(CallOutcome::Reached))
                .then(called(CallOutcome::Reached));
        }
    }

    #[test]
    fn nobody_rings_about_what_is_on_its_way_or_has_been_sent() {
        for history in [until_planned(), until_attempted(Way::Smtp)] {
            after(history)
                .when(STAFF, now(), record(CallOutcome::Reached))
                .then_refused(Refusal::OnItsWay);
        }
        after(until_sent())
            .when(STAFF, now(), record(CallOutcome::Reached))
            .then_refused(Refusal::NothingToSettle);
        after(vec![])
            .when(STAFF, now(), record(CallOutcome::Reached))
            .then_refused(Refusal::NotRequested);
    }
}
