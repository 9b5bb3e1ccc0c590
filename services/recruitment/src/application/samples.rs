//! Where the room's stories start from: people, what they wrote, and what came of it.

use contracts::opportunities::{Constituency, Criterion};
use contracts::{AppointmentId, OpportunityId, PersonId, Personal, Sealed, SelectionId};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{Answer, Application, Event, Form, NotTaken, Opening};
use crate::story::{Given, at};

pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const COORDINATOR: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const SYSTEM: PersonId = PersonId::new(Uuid::from_u128(5));
pub(super) const OPPORTUNITY: OpportunityId = OpportunityId::new(Uuid::from_u128(7));
pub(super) const SELECTION: SelectionId = SelectionId::new(Uuid::from_u128(8));
pub(super) const APPOINTMENT: AppointmentId = AppointmentId::new(Uuid::from_u128(9));
pub(super) const ANOTHER: AppointmentId = AppointmentId::new(Uuid::from_u128(99));

pub(super) fn given(history: Vec<Event>) -> Given<Application> {
    Given(history)
}

pub(super) fn while_open() -> Timestamp {
    at("2027-01-11T10:00:00Z")
}

pub(super) fn closing() -> Timestamp {
    at("2027-01-29T12:00:00Z")
}

/// Stands for a value the vault has sealed.
pub(super) fn sealed<T: Personal>(what: &str) -> Sealed<T> {
    Sealed::new(ANA, format!("sealed {what}"))
}

fn title() -> String {
    "Members of the service improvement group".to_owned()
}

pub(super) fn opening() -> Opening {
    let criterion = |code: &str, text: &str, essential| Criterion {
        code: code.to_owned(),
        text: text.to_owned(),
        essential,
    };
    Opening {
        title: title(),
        opens_at: at("2027-01-04T09:00:00Z"),
        closes_at: Some(closing()),
        zone: "Europe/London".to_owned(),
        withdrawn: false,
        open_to: vec![Constituency::ServiceUser, Constituency::Carer],
        minimum_age_years: 18,
        criteria: vec![
            criterion("experience", "You have used the crisis line.", true),
            criterion("meetings", "You have taken part in meetings before.", false),
        ],
    }
}

pub(super) fn form() -> Form {
    Form {
        answers: vec![Answer { criterion: "experience".to_owned(), text: sealed("experience") }],
        why: Some(sealed("why")),
        interests: None,
        availability: Some(sealed("availability")),
        adjustments: Some(sealed("adjustments")),
        data_use_understood: true,
        of_required_age: false,
    }
}

pub(super) fn submitted() -> Event {
    Event::Submitted {
        opportunity: OPPORTUNITY,
        title: title(),
        applicant: ANA,
        form: Box::new(form()),
        applied_as: vec![Constituency::ServiceUser, Constituency::Carer],
    }
}

pub(super) fn withdrawn(before_outcome: bool) -> Event {
    Event::Withdrawn { opportunity: OPPORTUNITY, applicant: ANA, before_outcome, reason: None }
}

pub(super) fn withdrawn_because(why: &str) -> Event {
    Event::Withdrawn {
        opportunity: OPPORTUNITY,
        applicant: ANA,
        before_outcome: true,
        reason: Some(sealed(why)),
    }
}

pub(super) fn offered() -> Event {
    Event::Offered {
        opportunity: OPPORTUNITY,
        title: title(),
        applicant: ANA,
        selection: SELECTION,
        reason: Some(sealed("outcome")),
    }
}

pub(super) fn kept_in_reserve() -> Event {
    Event::KeptInReserve {
        opportunity: OPPORTUNITY,
        title: title(),
        applicant: ANA,
        selection: SELECTION,
        until: date(2027, 8, 31),
        reason: Some(sealed("outcome")),
    }
}

pub(super) fn not_selected() -> Event {
    Event::NotSelected {
        opportunity: OPPORTUNITY,
        title: title(),
        applicant: ANA,
        selection: SELECTION,
        reason: Some(sealed("outcome")),
    }
}

/// Why the opportunity is withdrawn, as everyone who applied is told.
pub(super) const REASON: &str = "The group was merged with another.";

pub(super) fn opportunity_withdrawn() -> Event {
    withdrawn_from_them(false)
}

pub(super) fn withdrawn_from_them(kept_in_reserve: bool) -> Event {
    Event::OpportunityWithdrawn {
        opportunity: OPPORTUNITY,
        title: title(),
        applicant: ANA,
        reason: REASON.to_owned(),
        kept_in_reserve,
    }
}

pub(super) fn place_offered() -> Event {
    Event::PlaceOffered { opportunity: OPPORTUNITY, applicant: ANA, appointment: APPOINTMENT }
}

pub(super) fn appointed() -> Event {
    Event::Appointed { opportunity: OPPORTUNITY, applicant: ANA, appointment: APPOINTMENT }
}

pub(super) fn not_taken(how: NotTaken) -> Event {
    let (opportunity, applicant, appointment) = (OPPORTUNITY, ANA, APPOINTMENT);
    Event::PlaceNotTaken { opportunity, applicant, appointment, how }
}

pub(super) fn declined() -> NotTaken {
    NotTaken::Declined {}
}

pub(super) fn lapsed() -> NotTaken {
    NotTaken::Lapsed { on: date(2027, 3, 16) }
}

pub(super) fn taken_back() -> NotTaken {
    NotTaken::TakenBack { reason: REASON.to_owned() }
}

pub(super) fn place_ended() -> Event {
    let (opportunity, applicant, appointment) = (OPPORTUNITY, ANA, APPOINTMENT);
    Event::PlaceEnded { opportunity, applicant, appointment, last_day: date(2028, 2, 29) }
}

/// Told of the panel's offer, and then of a place.
pub(super) fn until_place_offered() -> Vec<Event> {
    vec![submitted(), offered(), place_offered()]
}

pub(super) fn until_not_taken(how: NotTaken) -> Vec<Event> {
    [until_place_offered(), vec![not_taken(how)]].concat()
}

pub(super) fn until_appointed() -> Vec<Event> {
    [until_place_offered(), vec![appointed()]].concat()
}

pub(super) fn until_ended() -> Vec<Event> {
    [until_appointed(), vec![place_ended()]].concat()
}
