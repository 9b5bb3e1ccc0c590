//! Where the room's stories start from: people, days and histories.

use contracts::PersonId;
use contracts::id::GroupId;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{Event, Task, TaskKind, Work};
use crate::story::{Given, at};

pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const PERSON: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const OTHER: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const GROUP: GroupId = GroupId::new(Uuid::from_u128(4));

pub(super) fn asking() -> Timestamp {
    at("2027-06-01T10:00:00Z")
}

pub(super) fn doing() -> Timestamp {
    at("2027-06-10T15:00:00Z")
}

pub(super) fn task() -> Task {
    Task {
        person: PERSON,
        group: Some(GROUP),
        kind: TaskKind::ReadDocument,
        what: "Reading the draft letter to callers".to_owned(),
        asked_on: date(2027, 6, 1),
        due_on: Some(date(2027, 6, 14)),
    }
}

pub(super) fn asked() -> Event {
    Event::Asked(Box::new(task()))
}

pub(super) fn done(minutes: Option<u16>) -> Event {
    Event::Done { person: PERSON, done_on: date(2027, 6, 10), minutes }
}

pub(super) fn accepted() -> Event {
    Event::Accepted {
        person: PERSON,
        group: Some(GROUP),
        kind: TaskKind::ReadDocument,
        what: "Reading the draft letter to callers".to_owned(),
        done_on: date(2027, 6, 10),
        minutes: Some(90),
        accepted_by: STAFF,
    }
}

pub(super) fn until_asked() -> Vec<Event> {
    vec![asked()]
}

pub(super) fn until_done() -> Vec<Event> {
    vec![asked(), done(Some(90))]
}

pub(super) fn until_accepted() -> Vec<Event> {
    vec![asked(), done(Some(90)), accepted()]
}

pub(super) fn given(history: Vec<Event>) -> Given<Work> {
    Given(history)
}
