//! Civil days and hours as people here live them. Nothing here reads a clock: every instant is given.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The zone in which days begin and people are told times.
pub const ZONE: &str = "Europe/London";

/// The day it is at an instant.
pub fn day_of(at: Timestamp) -> Date {
    zone().to_datetime(at).date()
}

/// The hour of the day it is at an instant, 0 to 23.
pub fn hour_of(at: Timestamp) -> i8 {
    zone().to_datetime(at).hour()
}

/// An hour of a day, on the hour; `None` beyond the calendar's ends.
pub fn at_hour(day: Date, hour: i8) -> Option<Timestamp> {
    let local = day.to_datetime(jiff::civil::Time::new(hour, 0, 0, 0).ok()?);
    zone().to_timestamp(local).ok()
}

/// An instant as people are told it, in a zone by name.
pub fn told(at: Timestamp, zone: &str) -> String {
    match at.in_tz(zone) {
        Ok(local) => local.strftime("%H:%M on %-d %B %Y").to_string(),
        Err(_) => at.to_string(),
    }
}

// The rules of every zone are bundled with the program, so the fallback is never taken.
fn zone() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_begin_an_hour_before_greenwich_in_summer() {
        let at = "2027-07-01T23:30:00Z".parse().unwrap();
        assert_eq!((day_of(at), hour_of(at)), (date(2027, 7, 2), 0));
        let at = "2027-01-01T23:30:00Z".parse().unwrap();
        assert_eq!((day_of(at), hour_of(at)), (date(2027, 1, 1), 23));
    }

    #[test]
    fn nine_o_clock_is_nine_o_clock_in_winter_and_summer() {
        let nine = |day| at_hour(day, 9).unwrap().to_string();
        assert_eq!(nine(date(2027, 1, 4)), "2027-01-04T09:00:00Z");
        assert_eq!(nine(date(2027, 7, 5)), "2027-07-05T08:00:00Z");
    }
}
