//! Where the room's stories start from: who sets, and what has been set.

use contracts::PersonId;
use jiff::civil::date;
use uuid::Uuid;

use super::{Event, Nation, SelectionRules, Setting, TermPolicy, Values, WorkingCalendar};
use crate::story::Given;

pub(super) const LEAD: PersonId = PersonId::new(Uuid::from_u128(1));

pub(super) fn given(history: Vec<Event>) -> Given<Setting> {
    Given(history)
}

pub(super) fn rules() -> SelectionRules {
    SelectionRules::SUGGESTED
}

pub(super) fn stricter() -> SelectionRules {
    SelectionRules { minimum_members: 3, ..rules() }
}

pub(super) fn terms() -> TermPolicy {
    TermPolicy::suggested()
}

pub(super) fn calendar() -> WorkingCalendar {
    WorkingCalendar {
        nation: Nation::England,
        year: 2027,
        bank_holidays: vec![
            date(2027, 1, 1),
            date(2027, 3, 26),
            date(2027, 3, 29),
            date(2027, 5, 3),
            date(2027, 5, 31),
            date(2027, 8, 30),
            date(2027, 12, 27),
            date(2027, 12, 28),
        ],
    }
}

pub(super) fn in_force_from_january() -> Event {
    Event::PutInForce {
        version: 1,
        effective_from: date(2027, 1, 1),
        values: Box::new(Values::SelectionRules(rules())),
    }
}

pub(super) fn stricter_from_april() -> Event {
    Event::PutInForce {
        version: 2,
        effective_from: date(2027, 4, 1),
        values: Box::new(Values::SelectionRules(stricter())),
    }
}
