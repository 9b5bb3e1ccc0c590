//! Whether someone may hold another term now, or has a break before standing again. Pure arithmetic
//! on the terms they have held; it decides nothing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{TermRule, last_day};

/// One earlier holding of a place to which the same rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its first day.
    pub from: Date,
    /// Its last day; where it still runs, the day its term ends.
    pub last_day: Date,
    /// How many terms it comprised. A term begun counts whole, however soon it ended.
    pub terms: u8,
}

/// Whether someone may begin a term on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They may.
    Free {
        /// Which of their consecutive terms it would be, from 1.
        number: u8,
    },
    /// Their terms are used up, and the break is not over.
    OnBreak {
        /// Which of their consecutive terms it would be.
        number: u8,
        /// From which day they may begin.
        free_from: Date,
    },
}

/// From which day someone may begin again whose last day this was: the day after as many whole
/// months. `None` beyond the calendar's ends.
pub fn free_from(last: Date, break_months: u16) -> Option<Date> {
    let first_of_break = last.tomorrow().ok()?;
    if break_months == 0 {
        return Some(first_of_break);
    }
    last_day(first_of_break, break_months)?.tomorrow().ok()
}

impl TermRule {
    /// How someone stands who has held these terms and would begin another on `starts_on`. Terms are
    /// consecutive where less than the whole break lay between them; a longer pause begins the count
    /// anew, whether or not it was asked for.
    pub fn standing(&self, held: &[Held], starts_on: Date) -> Option<Standing> {
        let mut latest_first = held.to_vec();
        latest_first.sort_by_key(|it| std::cmp::Reverse((it.last_day, it.from)));
        let mut next_from = starts_on;
        let mut terms: u8 = 0;
        for it in &latest_first {
            if free_from(it.last_day, self.break_months)? <= next_from {
                break;
            }
            terms = terms.saturating_add(it.terms);
            next_from = next_from.min(it.from);
        }
        let number = terms.saturating_add(1);
        match latest_first.first() {
            Some(latest) if number > self.consecutive_terms_max => {
                let free_from = free_from(latest.last_day, self.break_months)?;
                Some(Standing::OnBreak { number, free_from })
            }
            Some(_) | None => Some(Standing::Free { number }),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;

    /// Two years, one renewal, a year's break.
    fn rule() -> TermRule {
        TermRule {
            rule_version: "term_policy.1".to_owned(),
            months: 24,
            consecutive_terms_max: 2,
            break_months: 12,
            ladder: Vec::new(),
        }
    }

    fn held(from: Date, last_day: Date, terms: u8) -> Held {
        Held { from, last_day, terms }
    }

    fn standing(held: &[Held], starts_on: Date) -> Standing {
        rule().standing(held, starts_on).unwrap()
    }

    /// Counted by hand, on a wall calendar.
    #[test]
    fn a_break_is_over_on_the_day_after_its_months() {
        let by_hand = [
            (date(2027, 2, 28), 12, date(2028, 3, 1)),
            (date(2028, 2, 29), 12, date(2029, 3, 1)),
            (date(2027, 12, 31), 12, date(2029, 1, 1)),
            (date(2027, 8, 30), 6, date(2028, 3, 1)),
            (date(2027, 8, 14), 6, date(2028, 2, 15)),
            (date(2027, 8, 14), 0, date(2027, 8, 15)),
        ];
        for (last, months, expected) in by_hand {
            assert_eq!(free_from(last, months), Some(expected), "{last} and {months} months");
        }
        assert_eq!(free_from(Date::MAX, 1), None);
    }

    #[test]
    fn whoever_has_held_nothing_begins_with_the_first_term() {
        assert_eq!(standing(&[], date(2027, 3, 1)), Standing::Free { number: 1 });
    }

    #[test]
    fn after_one_term_a_second_may_follow_at_once() {
        let first = held(date(2025, 3, 1), date(2027, 2, 28), 1);
        assert_eq!(standing(&[first], date(2027, 3, 1)), Standing::Free { number: 2 });
        assert_eq!(standing(&[first], date(2027, 9, 1)), Standing::Free { number: 2 });
    }

    #[test]
    fn after_two_a_break_comes_first_and_then_the_count_begins_anew() {
        let both = held(date(2023, 3, 1), date(2027, 2, 28), 2);
        let on_break = Standing::OnBreak { number: 3, free_from: date(2028, 3, 1) };
        assert_eq!(standing(&[both], date(2027, 3, 1)), on_break);
        assert_eq!(standing(&[both], date(2028, 2, 29)), on_break);
        assert_eq!(standing(&[both], date(2028, 3, 1)), Standing::Free { number: 1 });
    }

    #[test]
    fn terms_in_two_appointments_count_together_in_whichever_order_they_are_told() {
        let first = held(date(2023, 3, 1), date(2025, 2, 28), 1);
        let second = held(date(2025, 6, 1), date(2027, 5, 31), 1);
        let on_break = Standing::OnBreak { number: 3, free_from: date(2028, 6, 1) };
        assert_eq!(standing(&[first, second], date(2027, 6, 1)), on_break);
        assert_eq!(standing(&[second, first], date(2027, 6, 1)), on_break);
    }

    #[test]
    fn a_pause_as_long_as_the_break_parts_earlier_terms_from_later_ones() {
        let first = held(date(2020, 3, 1), date(2024, 2, 29), 2);
        let second = held(date(2025, 3, 1), date(2027, 2, 28), 1);
        assert_eq!(standing(&[first, second], date(2027, 3, 1)), Standing::Free { number: 2 });
    }

    #[test]
    fn where_no_break_is_asked_for_nobody_waits() {
        let rule = TermRule { break_months: 0, ..rule() };
        let both = held(date(2023, 3, 1), date(2027, 2, 28), 2);
        assert_eq!(rule.standing(&[both], date(2027, 3, 1)), Some(Standing::Free { number: 1 }));
    }
}
