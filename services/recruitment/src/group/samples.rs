//! Where the room's stories start from: who acts, when, and what a group is.

use contracts::PersonId;
use contracts::id::GroupId;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{Charter, Event, Group, GroupKind};
use crate::story::{Given, at};

pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const LEAD: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const BOARD: GroupId = GroupId::new(Uuid::from_u128(3));

pub(super) const NEW_NAME: &str = "Crisis line advisory forum";
pub(super) const REASON: &str = "Its work goes on in the trust-wide forum.";

pub(super) fn spring() -> Timestamp {
    at("2027-03-01T10:00:00Z")
}

pub(super) fn charter() -> Charter {
    Charter {
        name: "Crisis line forum".to_owned(),
        kind: GroupKind::Forum,
        locality: Some("North".to_owned()),
        reports_to: Some(BOARD),
        purpose: "To advise the trust before it decides how its crisis line is run.".to_owned(),
        review_on: Some(date(2028, 2, 29)),
        seats_planned: Some(12),
    }
}

pub(super) fn established() -> Event {
    Event::Established(Box::new(charter()))
}

pub(super) fn renamed() -> Event {
    Event::Renamed { name: NEW_NAME.to_owned() }
}

pub(super) fn closed() -> Event {
    Event::Closed { reason: REASON.to_owned() }
}

pub(super) fn given(history: Vec<Event>) -> Given<Group> {
    Given(history)
}
