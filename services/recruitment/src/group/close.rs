//! Close: a group does not meet any more. Whoever holds a place in it is not removed by this: each
//! place is ended by a human who has spoken with its holder.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Group, Refusal};
use crate::wording::Wording;

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Why, in words for everyone who took part.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl Close {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.paragraph("reason", &self.reason);
        wording.found()
    }

    /// Once, for one reason.
    pub fn decide(self, state: &Group, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Group::Standing { .. } => Ok(vec![Event::Closed { reason: self.reason }]),
            Group::Closed { reason, .. } if *reason == self.reason => Ok(Vec::new()),
            Group::Closed { .. } => Err(Refusal::Closed),
            Group::NotEstablished => Err(Refusal::NotEstablished),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn close(reason: &str) -> Command {
        Command::Close(Close { reason: reason.to_owned() })
    }

    #[test]
    fn a_group_closes_and_says_why() {
        given(vec![established()]).when(online(STAFF, spring()), close(REASON)).then(closed());
    }

    #[test]
    fn told_twice_it_closes_once() {
        given(vec![established(), closed()])
            .when(online(STAFF, spring()), close(REASON))
            .then_nothing();
    }

    #[test]
    fn people_are_told_one_reason() {
        given(vec![established(), closed()])
            .when(online(STAFF, spring()), close("There is no money."))
            .then_refused(Refusal::Closed);
    }

    #[test]
    fn what_was_never_established_does_not_close() {
        given(vec![])
            .when(online(STAFF, spring()), close(REASON))
            .then_refused(Refusal::NotEstablished);
    }

    #[test]
    fn a_reason_is_written() {
        assert_eq!(Close { reason: REASON.to_owned() }.malformed(), []);
        assert_eq!(Close { reason: "\n".to_owned() }.malformed().len(), 1);
    }
}
