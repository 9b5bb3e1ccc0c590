//! Where the room's stories start from: people, published figures and histories. The claim's stories
//! are paid by the same figures.

use contracts::{Money, PersonId};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{
    Band, Basis, Edge, Event, FareKind, MileageRates, PaymentRate, PutInForce, RateCard, Rates,
    UpTo,
};
use crate::story::{Given, at};

pub(super) const AUTHOR: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const APPROVER: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const LEAD: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const FINANCE: PersonId = PersonId::new(Uuid::from_u128(4));

pub(super) fn given(history: Vec<Event>) -> Given<RateCard> {
    Given(history)
}

pub(super) fn in_march() -> Timestamp {
    at("2027-03-01T10:00:00Z")
}

/// Bands by where they end, an end of nothing meaning none, and what they pay in pence.
fn by_time(edge: Edge, bands: &[(u32, i64)]) -> Basis {
    let band = |(minutes, pence): &(u32, i64)| Band {
        up_to: (*minutes > 0).then_some(UpTo { minutes: *minutes, edge }),
        amount: Money::sterling(*pence),
    };
    Basis::ByTime { bands: bands.iter().map(band).collect() }
}

/// NICE's present and older bands, HQIP's flat rate, and HMRC's miles from April 2026.
pub(crate) fn rates() -> Rates {
    let payment = |code: &str, name: &str, basis| PaymentRate {
        code: code.to_owned(),
        name: name.to_owned(),
        basis,
    };
    Rates {
        name: "Involvement payments and expenses from April 2027".to_owned(),
        payments: vec![
            payment("meeting", "A meeting", by_time(Edge::Inclusive, &[(240, 7_500), (0, 15_000)])),
            payment(
                "decision_meeting",
                "A meeting that decides",
                by_time(Edge::Inclusive, &[(240, 15_000), (0, 30_000)]),
            ),
            payment(
                "lay_member_meeting",
                "A lay member's meeting",
                by_time(Edge::Exclusive, &[(240, 7_500), (0, 15_000)]),
            ),
            payment("review_meeting", "A review", by_time(Edge::Inclusive, &[(0, 4_000)])),
            payment(
                "three_bands",
                "A visit",
                by_time(Edge::Inclusive, &[(60, 1_000), (240, 2_000), (0, 3_000)]),
            ),
            payment(
                "reading",
                "Reading a document",
                Basis::PerPiece { amount: Money::sterling(2_500) },
            ),
        ],
        mileage: MileageRates {
            car: Money::sterling(55),
            car_first_miles: 10_000,
            car_after: Money::sterling(25),
            passenger: Money::sterling(5),
            motorcycle: Money::sterling(24),
            bicycle: Money::sterling(20),
        },
        receipts_for: [FareKind::Train, FareKind::Taxi, FareKind::Parking].into(),
    }
}

pub(super) fn from_april() -> PutInForce {
    PutInForce { from: date(2027, 4, 6), to: None }
}

pub(super) fn drafted() -> Event {
    Event::Drafted { rates: Box::new(rates()), authors: [AUTHOR].into() }
}

pub(super) fn approved() -> Event {
    Event::Approved { rates: Box::new(rates()), approved_by: APPROVER }
}

pub(super) fn put_in_force() -> Event {
    let PutInForce { from, to } = from_april();
    Event::PutInForce { from, to }
}

pub(super) fn until_approved() -> Vec<Event> {
    vec![drafted(), approved()]
}

pub(super) fn until_in_force() -> Vec<Event> {
    vec![drafted(), approved(), put_in_force()]
}
