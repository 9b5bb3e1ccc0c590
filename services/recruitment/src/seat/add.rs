//! Add: a group gets one more place.

use contracts::id::{GroupId, SeatId};
use contracts::opportunities::Constituency;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Seat};
use crate::term::TermRule;
use crate::wording::Wording;

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Add {
    /// The seat's own id, filled in at the edge.
    pub seat: SeatId,
    /// What is said of it.
    pub said: Description,
    /// The rule in force, filled in at the edge.
    pub rule: TermRule,
}

/// The body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The group it belongs to.
    pub group: GroupId,
    /// What its holder does.
    pub role: SeatRole,
    /// Who it is for; `None` means anyone.
    pub constituency: Option<Constituency>,
    /// Area it belongs to, from the trust's own list; `None` means everywhere.
    pub locality: Option<String>,
}

/// What the holder of a seat does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatRole {
    /// Takes part.
    Member,
    /// Leads the meetings.
    Chair,
    /// Leads them when the chair cannot.
    ViceChair,
    /// Another, by the trust's own word.
    Other {
        /// That word.
        #[schema(max_length = 80)]
        label: String,
    },
}

/// What a seat is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its own id.
    pub seat: SeatId,
    /// The group it belongs to.
    pub group: GroupId,
    /// What its holder does.
    pub role: SeatRole,
    /// Who it is for; `None` means anyone.
    pub constituency: Option<Constituency>,
    /// Area it belongs to; `None` means everywhere.
    pub locality: Option<String>,
    /// The rule for its terms.
    pub rule: TermRule,
}

impl Description {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        if let SeatRole::Other { label } = &self.role {
            wording.line("role.other.label", label, 80);
        }
        if let Some(locality) = &self.locality {
            wording.line("locality", locality, 80);
        }
        wording.found()
    }
}

impl Add {
    /// Once.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Description { group, role, constituency, locality } = self.said;
        let asked = Place { seat: self.seat, group, role, constituency, locality, rule: self.rule };
        match state {
            Seat::NotAdded => Ok(vec![Event::Added(Box::new(asked))]),
            Seat::Vacant { place, .. } | Seat::Held { place, .. } if **place == asked => {
                Ok(Vec::new())
            }
            Seat::Vacant { .. } | Seat::Held { .. } => Err(Refusal::AddedAlready),
            Seat::Abolished { .. } => Err(Refusal::Abolished),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn add(role: SeatRole) -> Command {
        let said = Description { role, ..description() };
        Command::Add(Add { seat: SEAT, said, rule: rule() })
    }

    #[test]
    fn a_group_gets_a_place() {
        given(vec![]).when(online(STAFF, spring()), add(SeatRole::Member)).then(added());
    }

    #[test]
    fn told_twice_it_is_added_once() {
        for history in [until_added(), until_held()] {
            given(history).when(online(STAFF, spring()), add(SeatRole::Member)).then_nothing();
        }
    }

    #[test]
    fn another_place_under_the_same_id_is_refused() {
        for history in [until_added(), until_held()] {
            given(history)
                .when(online(STAFF, spring()), add(SeatRole::Chair))
                .then_refused(Refusal::AddedAlready);
        }
        given(until_abolished())
            .when(online(STAFF, spring()), add(SeatRole::Member))
            .then_refused(Refusal::Abolished);
    }

    #[test]
    fn labels_are_one_line() {
        assert_eq!(description().malformed(), []);
        let odd = Description {
            role: SeatRole::Other { label: "a\nb".to_owned() },
            locality: Some(" ".to_owned()),
            ..description()
        };
        assert_eq!(odd.malformed().len(), 2);
    }
}
