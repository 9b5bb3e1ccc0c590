//! Come back: someone who was away wants to hear from us again.

use eventstore::Occasion;

use super::{Event, Involvee, Refusal};

/// Asked by the person, or for them, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeBack {}

impl ComeBack {
    /// At any time; never by itself.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let away = state.registered()?.away.is_some();
        Ok(if away { vec![Event::CameBack {}] } else { Vec::new() })
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn come_back() -> Command {
        Command::ComeBack(ComeBack {})
    }

    #[test]
    fn someone_comes_back_when_they_wish() {
        given(vec![registered(), went_away()])
            .when(online(ANA, now()), come_back())
            .then(Event::CameBack {});
    }

    #[test]
    fn told_twice_they_come_back_once() {
        given(vec![registered(), went_away(), Event::CameBack {}])
            .when(online(ANA, now()), come_back())
            .then_nothing();
    }

    #[test]
    fn whoever_comes_back_is_registered() {
        given(vec![]).when(online(ANA, now()), come_back()).then_refused(Refusal::NotRegistered);
    }
}
