//! Rename: a group is called something else; what it was called stays in its history.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Group, Refusal};
use crate::wording::Wording;

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// What it is called from now on. Never after a person.
    #[schema(max_length = 150)]
    pub name: String,
}

impl Rename {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("name", &self.name, 150);
        wording.found()
    }

    /// While it stands.
    pub fn decide(self, state: &Group, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Group::Standing { name, .. } if *name == self.name => Ok(Vec::new()),
            Group::Standing { .. } => Ok(vec![Event::Renamed { name: self.name }]),
            Group::NotEstablished => Err(Refusal::NotEstablished),
            Group::Closed { .. } => Err(Refusal::Closed),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{after, online};

    fn rename() -> Command {
        Command::Rename(Rename { name: NEW_NAME.to_owned() })
    }

    #[test]
    fn a_group_takes_another_name_and_keeps_its_charter() {
        given(vec![established()]).when(online(STAFF, spring()), rename()).then(renamed());
        assert_eq!(
            after::<Group>(vec![established(), renamed()]),
            Group::Standing { charter: Box::new(charter()), name: NEW_NAME.to_owned() }
        );
    }

    #[test]
    fn told_twice_it_is_renamed_once() {
        given(vec![established(), renamed()])
            .when(online(STAFF, spring()), rename())
            .then_nothing();
    }

    #[test]
    fn only_a_group_that_stands_is_renamed() {
        given(vec![]).when(online(STAFF, spring()), rename()).then_refused(Refusal::NotEstablished);
        given(vec![established(), closed()])
            .when(online(STAFF, spring()), rename())
            .then_refused(Refusal::Closed);
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(Rename { name: NEW_NAME.to_owned() }.malformed(), []);
        assert_eq!(Rename { name: "Two\nlines".to_owned() }.malformed().len(), 1);
    }
}
