//! Where the room's stories start from: a person's expenses and fees, and histories of a run.

use contracts::{ClaimId, Money, PaymentBatchId, PersonId};
use eventstore::{Occasion, Taken};
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{Control, Event, PartOf, PaymentBatch, file_name};
use crate::payment::{Kind, PaymentFailure};
use crate::story::{Given, at, online};

pub(super) const PERSON: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const ANOTHER_PERSON: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const FINANCE: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const SYSTEM: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const BATCH: PaymentBatchId = PaymentBatchId::new(Uuid::from_u128(5));
pub(super) const CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(0x9f3a_22c4_1b07));
pub(super) const LATER_CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(0x9f3a_22c4_1b08));
pub(super) const EXPENSES: PartOf = PartOf { claim: CLAIM, part: 1 };
pub(super) const FEE: PartOf = PartOf { claim: CLAIM, part: 2 };
pub(super) const ANOTHER_FEE: PartOf = PartOf { claim: LATER_CLAIM, part: 1 };
pub(super) const RUN_ON: Date = date(2027, 5, 20);
pub(super) const FILE_HASH: &str =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

pub(super) fn given(history: Vec<Event>) -> Given<PaymentBatch> {
    Given(history)
}

/// Some days before the run.
pub(super) fn by_finance() -> Occasion {
    online(FINANCE, at("2027-05-14T10:00:00Z"))
}

/// Some days after it.
pub(super) fn afterwards() -> Occasion {
    online(FINANCE, at("2027-05-24T10:00:00Z"))
}

pub(super) fn by_policy() -> Occasion {
    Occasion { taken: Taken::Policy, actor: SYSTEM, ..by_finance() }
}

fn added(of: PartOf, kind: Kind, pence: i64, reference: &str) -> Event {
    Event::PartAdded {
        claim: of.claim,
        part: of.part,
        person: PERSON,
        kind,
        amount: Money::sterling(pence),
        reference: reference.to_owned(),
        agreed_to_share: false,
    }
}

pub(super) fn opened() -> Event {
    Event::Opened { run_on: RUN_ON }
}

pub(super) fn expenses_added() -> Event {
    added(EXPENSES, Kind::Expenses, 370, "9F3A22C41B07-1")
}

pub(super) fn fee_added() -> Event {
    added(FEE, Kind::InvolvementPayment, 7_500, "9F3A22C41B07-2")
}

pub(super) fn another_fee_added(agreed_to_share: bool) -> Event {
    Event::PartAdded {
        claim: ANOTHER_FEE.claim,
        part: ANOTHER_FEE.part,
        person: PERSON,
        kind: Kind::InvolvementPayment,
        amount: Money::sterling(2_500),
        reference: "9F3A22C41B08-1".to_owned(),
        agreed_to_share,
    }
}

pub(super) fn control() -> Control {
    Control {
        count: 2,
        expenses: Money::sterling(370),
        payments: Money::sterling(7_500),
        total: Money::sterling(7_870),
    }
}

pub(super) fn locked() -> Event {
    Event::Locked { control: control() }
}

pub(super) fn exported() -> Event {
    Event::Exported {
        file_name: file_name(BATCH, RUN_ON),
        file_hash: FILE_HASH.to_owned(),
        control: control(),
    }
}

pub(super) fn paid(of: PartOf) -> Event {
    Event::PartPaid { claim: of.claim, part: of.part, paid_on: RUN_ON }
}

pub(super) fn failed(of: PartOf) -> Event {
    let reason = PaymentFailure::AccountClosed;
    Event::PartFailed { claim: of.claim, part: of.part, reason }
}

pub(super) fn until_locked() -> Vec<Event> {
    vec![opened(), expenses_added(), fee_added(), locked()]
}

pub(super) fn until_exported() -> Vec<Event> {
    [until_locked(), vec![exported()]].concat()
}
