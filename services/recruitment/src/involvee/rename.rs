//! Rename: someone is called something else. Nobody has to say why.

use contracts::Sealed;
use eventstore::Occasion;

use super::{Event, Involvee, Refusal};
use crate::personal::PersonName;

/// Asked by the person, or for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// What they are called from now on.
    pub name: Sealed<PersonName>,
}

impl Rename {
    /// At any time.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        if state.registered()?.name == self.name {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Renamed { name: self.name }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn rename() -> Command {
        Command::Rename(Rename { name: sealed("another name") })
    }

    #[test]
    fn someone_is_called_something_else() {
        given(vec![registered()]).when(online(ANA, now()), rename()).then(renamed());
    }

    #[test]
    fn told_twice_they_are_renamed_once() {
        given(vec![registered(), renamed()]).when(online(ANA, now()), rename()).then_nothing();
    }

    #[test]
    fn nobody_is_renamed_before_they_register() {
        given(vec![]).when(online(ANA, now()), rename()).then_refused(Refusal::NotRegistered);
    }
}
