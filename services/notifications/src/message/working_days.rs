//! By when a human is to have done something: in working days of the country, weekends left out.
//! Holidays are not known here, so a clock may run over one; it never runs out on anybody.

use eventstore::clock::{local_date, local_zone};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan as _};

/// Whoever asked to be told by phone gets no written word before two working days have passed, so
/// that is how long a call may take.
const WORKING_DAYS: u8 = 2;
/// When a working day ends.
const CLOSES_AT_HOUR: i8 = 17;

/// The end of the second working day after this.
pub(super) fn act_by(from: Timestamp) -> Timestamp {
    let mut day = local_date(from);
    for _ in 0..WORKING_DAYS {
        day = next_working_day(day);
    }
    day.at(CLOSES_AT_HOUR, 0, 0, 0)
        .to_zoned(local_zone())
        .map_or(from, |end_of_day| end_of_day.timestamp())
}

fn next_working_day(day: Date) -> Date {
    let mut next = day.saturating_add(1.day());
    while matches!(next.weekday(), Weekday::Saturday | Weekday::Sunday) && next < Date::MAX {
        next = next.saturating_add(1.day());
    }
    next
}

#[cfg(test)]
mod stories {
    use super::act_by;

    #[test]
    fn two_working_days_are_given_and_weekends_are_none() {
        for (from, until) in [
            ("2026-12-01T09:00:00Z", "2026-12-03T17:00:00Z"),
            ("2026-12-03T23:59:00Z", "2026-12-07T17:00:00Z"),
            ("2026-12-05T09:00:00Z", "2026-12-08T17:00:00Z"),
            ("2027-07-01T09:00:00Z", "2027-07-05T16:00:00Z"),
        ] {
            assert_eq!(act_by(from.parse().unwrap()).to_string(), until);
        }
    }
}
