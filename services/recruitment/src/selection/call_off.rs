//! Call off: the opportunity does not go ahead, so nobody is selected for it.

use eventstore::Occasion;

use super::{Event, Refusal, Selection};

/// Asked by a policy when the opportunity is withdrawn; nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallOff {}

impl CallOff {
    /// Until outcomes are told.
    pub fn decide(self, state: &Selection, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Selection::Gathering(_) | Selection::UnderWay(_) | Selection::Approved(..) => {
                Ok(vec![Event::CalledOff {}])
            }
            Selection::Told(..) => Err(Refusal::OutcomesTold),
            Selection::CalledOff => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn call_off() -> Command {
        Command::CallOff(CallOff {})
    }

    #[test]
    fn what_does_not_go_ahead_selects_nobody() {
        for history in [vec![], gathered(), until_locked(), until_approved()] {
            given(history).when(online(SYSTEM, afterwards()), call_off()).then(Event::CalledOff {});
        }
    }

    #[test]
    fn told_twice_it_is_called_off_once() {
        given(vec![Event::CalledOff {}])
            .when(online(SYSTEM, afterwards()), call_off())
            .then_nothing();
    }

    #[test]
    fn what_people_have_been_told_stands() {
        given(until_told())
            .when(online(SYSTEM, afterwards()), call_off())
            .then_refused(Refusal::OutcomesTold);
    }
}
