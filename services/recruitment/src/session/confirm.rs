//! Confirm: a planned session will take place.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Session};

/// Asked by staff or whoever leads the group, with nothing to say. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {}

impl Confirm {
    /// Unless it was cancelled.
    pub fn decide(self, state: &Session, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Session::Planned(_) => Ok(vec![Event::Confirmed {}]),
            Session::Confirmed(_) => Ok(Vec::new()),
            Session::NotPlanned => Err(Refusal::NotPlanned),
            Session::Held(..) => Err(Refusal::HeldAlready),
            Session::Cancelled(..) => Err(Refusal::Cancelled),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn confirm() -> Command {
        Command::Confirm(Confirm {})
    }

    #[test]
    fn a_planned_session_is_confirmed_and_anew_once_it_was_moved() {
        for history in [until_planned(), [until_confirmed(), vec![rescheduled()]].concat()] {
            given(history).when(online(STAFF, beforehand()), confirm()).then(Event::Confirmed {});
        }
    }

    #[test]
    fn told_twice_it_is_confirmed_once() {
        given(until_confirmed()).when(online(STAFF, beforehand()), confirm()).then_nothing();
    }

    #[test]
    fn only_what_is_to_come_is_confirmed() {
        let refusals = [
            (vec![], Refusal::NotPlanned),
            (until_recorded(), Refusal::HeldAlready),
            (until_cancelled(), Refusal::Cancelled),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, beforehand()), confirm()).then_refused(refusal);
        }
    }
}
