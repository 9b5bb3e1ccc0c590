//! The demonstration's year, and what a date without a year means in it. Computes; asks no clock.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::folder::{DataFolder, FolderTrouble};

/// The year in which the story is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    year: i16,
}

impl Calendar {
    /// A calendar of this year.
    pub const fn of(year: i16) -> Self {
        Self { year }
    }

    /// The calendar of a data folder: the year after its first start, for good.
    pub fn kept_in(folder: &DataFolder, today: Date) -> Result<Self, FolderTrouble> {
        if let Some(year) = folder.read("year")?.and_then(|text| text.parse().ok()) {
            return Ok(Self { year });
        }
        let year = today.year().saturating_add(1);
        folder.write_private("year", year.to_string().as_bytes())?;
        Ok(Self { year })
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// A day given as `MM-DD`.
    pub fn day(self, text: &str) -> Option<Date> {
        let (month, day) = text.split_once('-')?;
        let two_digits = |it: &str| it.len() == 2 && it.bytes().all(|byte| byte.is_ascii_digit());
        if !two_digits(month) || !two_digits(day) {
            return None;
        }
        Date::new(self.year, month.parse().ok()?, day.parse().ok()?).ok()
    }

    /// An instant given as `MM-DD HH:MM`, local time. One that the clocks skip in spring is the same
    /// time later by the hour skipped; one that comes twice in autumn is the first of the two.
    pub fn instant(self, text: &str) -> Option<Timestamp> {
        let (day, time) = text.split_once(' ')?;
        local(self.day(day)?.to_datetime(minute(time)?))
    }
}

/// `HH:MM`, and nothing else.
fn minute(text: &str) -> Option<Time> {
    let shaped = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
    if shaped { text.parse().ok() } else { None }
}

/// The instant of a closing as a notice tells it: `YYYY-MM-DDTHH:MM`, or a day to its last minute.
pub fn published(text: &str) -> Option<Timestamp> {
    let moment = match text.split_once('T') {
        Some((day, time)) => date(day)?.to_datetime(minute(time)?),
        None => date(text)?.at(23, 59, 0, 0),
    };
    local(moment)
}

/// `YYYY-MM-DD`, and nothing else.
fn date(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

/// The instant of a time of day where people live.
pub fn local(moment: DateTime) -> Option<Timestamp> {
    Some(moment.to_zoned(zone()).ok()?.timestamp())
}

/// An instant as people here read it.
pub fn told_locally(at: Timestamp) -> Zoned {
    at.to_zoned(zone())
}

fn zone() -> TimeZone {
    eventstore::clock::local_zone()
}

#[cfg(test)]
mod stories {
    use super::{Calendar, published};

    const OF_2027: Calendar = Calendar::of(2027);

    fn utc(text: &str) -> String {
        OF_2027.instant(text).unwrap().to_string()
    }

    #[test]
    fn winter_and_summer_time_are_an_hour_apart() {
        assert_eq!(utc("01-12 09:00"), "2027-01-12T09:00:00Z");
        assert_eq!(utc("07-12 09:00"), "2027-07-12T08:00:00Z");
    }

    #[test]
    fn the_hour_that_spring_skips_is_the_next_one() {
        assert_eq!(utc("03-28 00:59"), "2027-03-28T00:59:00Z");
        assert_eq!(utc("03-28 01:30"), "2027-03-28T01:30:00Z");
        assert_eq!(utc("03-28 02:00"), "2027-03-28T01:00:00Z");
    }

    #[test]
    fn the_hour_that_comes_twice_in_autumn_is_the_first() {
        assert_eq!(utc("10-31 01:30"), "2027-10-31T00:30:00Z");
        assert_eq!(utc("10-31 02:00"), "2027-10-31T02:00:00Z");
    }

    #[test]
    fn what_is_no_date_of_the_year_is_none() {
        for text in
            ["02-29 09:00", "13-01 09:00", "01-12", "01-12 9:00", "01-12 24:00", "1-12 09:00", ""]
        {
            assert_eq!(OF_2027.instant(text), None, "{text}");
        }
        assert!(Calendar::of(2028).instant("02-29 09:00").is_some());
    }

    #[test]
    fn a_published_closing_is_an_instant_or_the_end_of_a_day() {
        assert_eq!(published("2024-12-08T23:59").unwrap().to_string(), "2024-12-08T23:59:00Z");
        assert_eq!(published("2025-08-17").unwrap().to_string(), "2025-08-17T22:59:00Z");
        for text in ["8 December 2024", "2024-02-30", "2024-12-08T25:00", "", "2024-12-08 23:59"] {
            assert_eq!(published(text), None, "{text}");
        }
    }
}
