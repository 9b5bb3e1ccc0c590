//! Where the room's stories start from: who sets, and what has been set.

use contracts::PersonId;
use jiff::civil::date;
use uuid::Uuid;

use super::{ClaimWindow, Event, Setting, Values};
use crate::story::Given;

pub(super) const LEAD: PersonId = PersonId::new(Uuid::from_u128(1));

pub(super) const LONGER: ClaimWindow = ClaimWindow { warn_days: 60, close_days: 180 };

pub(super) fn given(history: Vec<Event>) -> Given<Setting> {
    Given(history)
}

pub(super) fn in_force_from_january() -> Event {
    Event::PutInForce {
        version: 1,
        effective_from: date(2027, 1, 1),
        values: Box::new(Values::ClaimWindow(ClaimWindow::SUGGESTED)),
    }
}

pub(super) fn longer_from_april() -> Event {
    Event::PutInForce {
        version: 2,
        effective_from: date(2027, 4, 1),
        values: Box::new(Values::ClaimWindow(LONGER)),
    }
}
