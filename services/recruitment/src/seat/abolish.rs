//! Abolish: the seat does not exist any more. Never under anyone who holds it, was offered it, or may
//! apply for it.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Seat};
use crate::wording::Wording;

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Abolish {
    /// Why, in words about the seat and never about a person.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl Abolish {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.paragraph("reason", &self.reason);
        wording.found()
    }

    /// While it is vacant and not advertised. That it is not on offer either is told by the key that
    /// an offer holds.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Seat::Vacant { recruiting_through: Some(_), .. } => Err(Refusal::Reserved),
            Seat::Vacant { place, recruiting_through: None, .. } => Ok(vec![Event::Abolished {
                seat: place.seat,
                group: place.group,
                reason: self.reason,
            }]),
            Seat::Held { .. } => Err(Refusal::Held),
            Seat::Abolished { reason } if *reason == self.reason => Ok(Vec::new()),
            Seat::Abolished { .. } => Err(Refusal::Abolished),
            Seat::NotAdded => Err(Refusal::NotAdded),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn abolish(reason: &str) -> Command {
        Command::Abolish(Abolish { reason: reason.to_owned() })
    }

    #[test]
    fn a_vacant_seat_is_taken_away() {
        for history in [until_added(), until_vacated()] {
            given(history).when(online(STAFF, spring()), abolish(REASON)).then(abolished());
        }
    }

    #[test]
    fn told_twice_it_is_taken_away_once_and_for_one_reason() {
        given(until_abolished()).when(online(STAFF, spring()), abolish(REASON)).then_nothing();
        given(until_abolished())
            .when(online(STAFF, spring()), abolish("There is no money."))
            .then_refused(Refusal::Abolished);
    }

    #[test]
    fn nobody_loses_a_seat_they_hold_or_may_apply_for() {
        let refusals = [
            (until_held(), Refusal::Held),
            (until_reserved(), Refusal::Reserved),
            (vec![], Refusal::NotAdded),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, spring()), abolish(REASON)).then_refused(refusal);
        }
    }

    #[test]
    fn a_reason_is_written() {
        assert_eq!(Abolish { reason: REASON.to_owned() }.malformed(), []);
        assert_eq!(Abolish { reason: String::new() }.malformed().len(), 1);
    }
}
