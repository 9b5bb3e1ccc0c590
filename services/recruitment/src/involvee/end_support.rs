//! End support: nobody acts for the person any more. Either side may end it, without saying why.

use eventstore::Occasion;

use super::{Event, Involvee, Refusal};

/// Asked by the person, their supporter or staff, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndSupport {}

impl EndSupport {
    /// At any time.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let supporter = state.registered()?.supporter;
        Ok(supporter.map(|supporter| Event::SupportEnded { supporter }).into_iter().collect())
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn end() -> Command {
        Command::EndSupport(EndSupport {})
    }

    #[test]
    fn either_side_ends_it() {
        for who in [ANA, BEN, COORDINATOR] {
            given(vec![registered(), supporter_named()])
                .when(online(who, now()), end())
                .then(support_ended());
        }
    }

    #[test]
    fn told_twice_it_ends_once() {
        given(vec![registered(), supporter_named(), support_ended()])
            .when(online(ANA, now()), end())
            .then_nothing();
    }

    #[test]
    fn whoever_was_supported_is_registered() {
        given(vec![]).when(online(ANA, now()), end()).then_refused(Refusal::NotRegistered);
    }
}
