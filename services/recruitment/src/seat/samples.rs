//! Where the room's stories start from: people, days and histories.

use contracts::PersonId;
use contracts::id::{AppointmentId, GroupId, OpportunityId, SeatId};
use contracts::opportunities::Constituency;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{Description, Event, Place, Seat, SeatRole};
use crate::setting::{About, Audience, Reminder, When};
use crate::story::{Given, at};
use crate::term::{TermRule, WhyEnded};

pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const PERSON: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const SUCCESSOR: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const GROUP: GroupId = GroupId::new(Uuid::from_u128(4));
pub(super) const SEAT: SeatId = SeatId::new(Uuid::from_u128(5));
pub(super) const FIRST: OpportunityId = OpportunityId::new(Uuid::from_u128(6));
pub(super) const NEXT: OpportunityId = OpportunityId::new(Uuid::from_u128(7));
pub(super) const APPOINTMENT: AppointmentId = AppointmentId::new(Uuid::from_u128(8));
pub(super) const LATER: AppointmentId = AppointmentId::new(Uuid::from_u128(9));

pub(super) const REASON: &str = "The group works with fewer places.";

pub(super) fn spring() -> Timestamp {
    at("2027-02-01T10:00:00Z")
}

pub(super) fn from() -> Date {
    date(2027, 3, 1)
}

pub(super) fn until() -> Date {
    date(2028, 2, 29)
}

pub(super) fn renewed_until() -> Date {
    date(2029, 2, 28)
}

pub(super) fn rule() -> TermRule {
    TermRule {
        rule_version: "term_policy.1".to_owned(),
        months: 12,
        consecutive_terms_max: 2,
        break_months: 12,
        ladder: vec![Reminder {
            when: When::MonthsBefore { months: 6 },
            audience: Audience::Coordinator,
            about: About::PlanSuccession,
        }],
    }
}

pub(super) fn description() -> Description {
    Description {
        group: GROUP,
        role: SeatRole::Member,
        constituency: Some(Constituency::Carer),
        locality: Some("North".to_owned()),
    }
}

pub(super) fn added() -> Event {
    let Description { group, role, constituency, locality } = description();
    Event::Added(Box::new(Place { seat: SEAT, group, role, constituency, locality, rule: rule() }))
}

pub(super) fn reserved(opportunity: OpportunityId) -> Event {
    Event::Reserved { opportunity }
}

pub(super) fn released(opportunity: OpportunityId) -> Event {
    Event::Released { opportunity }
}

pub(super) fn filled() -> Event {
    Event::Filled {
        group: GROUP,
        appointment: APPOINTMENT,
        person: PERSON,
        from: from(),
        until: until(),
    }
}

pub(super) fn prolonged() -> Event {
    Event::Prolonged { appointment: APPOINTMENT, until: renewed_until() }
}

pub(super) fn vacated(recruiting_through: Option<OpportunityId>) -> Event {
    Event::Vacated {
        group: GROUP,
        role: SeatRole::Member,
        constituency: Some(Constituency::Carer),
        locality: Some("North".to_owned()),
        term_months: 12,
        appointment: APPOINTMENT,
        why: WhyEnded::TermComplete,
        vacant_from: date(2028, 3, 1),
        recruiting_through,
    }
}

pub(super) fn abolished() -> Event {
    Event::Abolished { seat: SEAT, group: GROUP, reason: REASON.to_owned() }
}

pub(super) fn until_added() -> Vec<Event> {
    vec![added()]
}

pub(super) fn until_reserved() -> Vec<Event> {
    vec![added(), reserved(FIRST)]
}

pub(super) fn until_held() -> Vec<Event> {
    vec![added(), reserved(FIRST), filled()]
}

pub(super) fn until_vacated() -> Vec<Event> {
    [until_held(), vec![vacated(None)]].concat()
}

pub(super) fn until_abolished() -> Vec<Event> {
    vec![added(), abolished()]
}

pub(super) fn given(history: Vec<Event>) -> Given<Seat> {
    Given(history)
}
