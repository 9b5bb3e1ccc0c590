//! Where the room's stories start from: people, times and histories.

use contracts::PersonId;
use contracts::id::GroupId;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{CancelledBy, Event, How, Meeting, Mode, Outcome, Session};
use crate::contacted::{Channel, Contacted};
use crate::story::{Given, at};

pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const LEAD: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(4));
/// Not invited.
pub(super) const CAT: PersonId = PersonId::new(Uuid::from_u128(5));
pub(super) const DEE: PersonId = PersonId::new(Uuid::from_u128(6));
pub(super) const GROUP: GroupId = GroupId::new(Uuid::from_u128(7));

pub(super) const REASON: &str = "The room is not available.";

pub(super) fn beforehand() -> Timestamp {
    at("2027-06-01T10:00:00Z")
}

/// Two in the afternoon, by the clock on the wall.
pub(super) fn start() -> Timestamp {
    at("2027-06-15T13:00:00Z")
}

pub(super) fn new_start() -> Timestamp {
    at("2027-06-22T13:00:00Z")
}

pub(super) fn afterwards() -> Timestamp {
    at("2027-06-17T10:00:00Z")
}

pub(super) fn meeting() -> Meeting {
    Meeting {
        group: Some(GROUP),
        title: "Working group".to_owned(),
        starts_at: start(),
        zone: "Europe/London".to_owned(),
        length_minutes: 120,
        mode: Mode::Hybrid,
        venue: "Town hall, room 4, or by the link in your letter.".to_owned(),
        invited: [ANA, BEN, DEE].into(),
        papers_due_on: Some(date(2027, 6, 8)),
    }
}

pub(super) fn planned() -> Event {
    Event::Planned(Box::new(meeting()))
}

pub(super) fn rescheduled() -> Event {
    Event::Rescheduled {
        starts_at: new_start(),
        zone: "Europe/London".to_owned(),
        length_minutes: 90,
        papers_due_on: Some(date(2027, 6, 15)),
        reason: REASON.to_owned(),
        invited: [ANA, BEN, DEE].into(),
    }
}

pub(super) fn cancelled(late: bool) -> Event {
    Event::Cancelled {
        reason: REASON.to_owned(),
        by: CancelledBy::Trust,
        late,
        rule_version: "session_rules.1".to_owned(),
        group: Some(GROUP),
        on: date(2027, 6, 15),
        length_minutes: 120,
        invited: [ANA, BEN, DEE].into(),
    }
}

pub(super) fn held(lasted_minutes: u16) -> Event {
    Event::Held { group: Some(GROUP), on: date(2027, 6, 15), lasted_minutes }
}

pub(super) fn recorded(person: PersonId, how: How, minutes: u16) -> Event {
    Event::AttendanceRecorded {
        person,
        group: Some(GROUP),
        on: date(2027, 6, 15),
        how,
        minutes,
        walked_in: person == CAT,
    }
}

pub(super) fn corrected(person: PersonId, was: (How, u16), is: (How, u16)) -> Event {
    Event::AttendanceCorrected {
        person,
        group: Some(GROUP),
        on: date(2027, 6, 15),
        was: was.0,
        was_minutes: was.1,
        how: is.0,
        minutes: is.1,
    }
}

pub(super) fn follow_up_opened(person: PersonId) -> Event {
    Event::FollowUpOpened { person, group: Some(GROUP), on: date(2027, 6, 15) }
}

pub(super) fn followed_up(person: PersonId, outcome: Outcome) -> Event {
    Event::FollowUpDone {
        person,
        group: Some(GROUP),
        on: date(2027, 6, 15),
        contact: Contacted { by: Channel::Phone, on: date(2027, 6, 16) },
        outcome,
    }
}

pub(super) fn until_planned() -> Vec<Event> {
    vec![planned()]
}

pub(super) fn until_confirmed() -> Vec<Event> {
    vec![planned(), Event::Confirmed {}]
}

pub(super) fn until_cancelled() -> Vec<Event> {
    vec![planned(), cancelled(true)]
}

/// Ana was there, and Ben was not seen.
pub(super) fn until_recorded() -> Vec<Event> {
    let on_the_sheet = vec![
        held(120),
        recorded(ANA, How::AttendedFull, 120),
        recorded(BEN, How::DidNotAttend, 0),
        follow_up_opened(BEN),
    ];
    [until_confirmed(), on_the_sheet].concat()
}

pub(super) fn given(history: Vec<Event>) -> Given<Session> {
    Given(history)
}
