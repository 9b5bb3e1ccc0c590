//! Where the room's stories start from: a person, staff, and what was given.

use contracts::personal::BankAccount;
use contracts::{PersonId, Sealed};
use uuid::Uuid;

use super::{Event, Payee};
use crate::story::Given;

pub(super) const PERSON: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(2));

pub(super) fn given(history: Vec<Event>) -> Given<Payee> {
    Given(history)
}

pub(super) fn an_account() -> Sealed<BankAccount> {
    Sealed::new(PERSON, "YWNjb3VudA".to_owned())
}

pub(super) fn another_account() -> Sealed<BankAccount> {
    Sealed::new(PERSON, "YW5vdGhlcg".to_owned())
}

pub(super) fn given_by_the_person() -> Event {
    Event::AccountGiven { account: an_account(), read_back: false }
}

pub(super) fn given_later() -> Event {
    Event::AccountGiven { account: another_account(), read_back: false }
}
