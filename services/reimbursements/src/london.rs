//! Civil days as people here live them. Nothing here reads a clock: every instant is given.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The zone in which days begin.
pub const ZONE: &str = "Europe/London";

/// The day it is at an instant.
pub fn day_of(at: Timestamp) -> Date {
    // The rules of every zone are bundled with the program, so the fallback is never taken.
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC).to_datetime(at).date()
}

/// A day as people are told it, such as `4 January 2027`.
pub fn told(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_begin_an_hour_before_greenwich_in_summer() {
        assert_eq!(day_of("2027-07-01T23:30:00Z".parse().unwrap()), date(2027, 7, 2));
        assert_eq!(day_of("2027-01-01T23:30:00Z".parse().unwrap()), date(2027, 1, 1));
        assert_eq!(told(date(2027, 1, 4)), "4 January 2027");
    }
}
