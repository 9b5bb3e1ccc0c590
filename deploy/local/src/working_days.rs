//! Which days people work on: neither at a weekend nor on one of England's bank holidays, which are
//! reckoned from their rules. Computes; asks no clock.

use jiff::civil::{Date, Weekday, date};
use jiff::{Timestamp, ToSpan as _};

use crate::calendar::local;

/// The bank holidays of a year in England, in their order. Where one falls on a weekend, a weekday
/// after it stands for it. Days proclaimed for one year alone are for a trust to add.
pub fn bank_holidays(year: i16) -> Vec<Date> {
    let new_year = not_at_a_weekend(date(year, 1, 1));
    let easter = easter_sunday(year);
    let monday = |month, which| date(year, month, 1).nth_weekday_of_month(which, Weekday::Monday);
    let [christmas, boxing_day] = match date(year, 12, 25).weekday() {
        Weekday::Friday => [25, 28],
        Weekday::Saturday => [27, 28],
        // The Monday is Boxing Day itself, so Christmas is made up for on the Tuesday.
        Weekday::Sunday => [26, 27],
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => [25, 26],
    };
    let days = [
        Some(new_year),
        Some(easter.saturating_sub(2.days())),
        Some(easter.saturating_add(1.day())),
        monday(5, 1).ok(),
        monday(5, -1).ok(),
        monday(8, -1).ok(),
        Some(date(year, 12, christmas)),
        Some(date(year, 12, boxing_day)),
    ];
    days.into_iter().flatten().collect()
}

/// Easter by the Gregorian computus, in the form in which everything is a whole division.
fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (moons, century, in_century) = (y % 19, y / 100, y % 100);
    let moon_shift = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * moons + century - century / 4 - moon_shift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - full_moon - in_century % 4) % 7;
    let late = (moons + 11 * full_moon + 22 * weekday) / 451;
    // Counted from 22 March, the earliest Easter there is.
    date(year, 3, 22).saturating_add((full_moon + weekday - 7 * late).days())
}

fn not_at_a_weekend(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => day.saturating_add(2.days()),
        Weekday::Sunday => day.saturating_add(1.day()),
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday => day,
    }
}

/// Whether people work on it.
pub fn is_working(day: Date) -> bool {
    let at_a_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !at_a_weekend && !bank_holidays(day.year()).contains(&day)
}

/// The day, or the first working day after it.
pub fn on_or_after(day: Date) -> Date {
    let days = std::iter::successors(Some(day), |day| day.tomorrow().ok());
    days.into_iter().find(|day| is_working(*day)).unwrap_or(day)
}

/// The day, or the last working day before it.
pub fn on_or_before(day: Date) -> Date {
    let days = std::iter::successors(Some(day), |day| day.yesterday().ok());
    days.into_iter().find(|day| is_working(*day)).unwrap_or(day)
}

/// So many working days after a day.
pub fn after(day: Date, count: u8) -> Date {
    (0..count).fold(day, |day, _| on_or_after(day.saturating_add(1.day())))
}

/// A time of day, where people live.
pub fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    // A day at the very end of the calendar has no such time; nothing is ever due on it.
    local(day.at(hour, minute, 0, 0)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod stories {
    use jiff::civil::{Date, date};

    use super::{after, bank_holidays, easter_sunday, is_working, on_or_after, on_or_before};

    fn days(year: i16, days: [(i8, i8); 8]) -> Vec<Date> {
        days.into_iter().map(|(month, day)| date(year, month, day)).collect()
    }

    #[test]
    fn the_bank_holidays_are_those_that_were_published() {
        for (year, published) in [
            (2016, [(1, 1), (3, 25), (3, 28), (5, 2), (5, 30), (8, 29), (12, 26), (12, 27)]),
            (2026, [(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]),
            (2027, [(1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)]),
            (2028, [(1, 3), (4, 14), (4, 17), (5, 1), (5, 29), (8, 28), (12, 25), (12, 26)]),
        ] {
            assert_eq!(bank_holidays(year), days(year, published), "{year}");
        }
    }

    #[test]
    fn easter_is_where_the_moon_puts_it() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2024, 3, 31),
            (2025, 4, 20),
            (2038, 4, 25),
            (2049, 4, 18),
            (2285, 3, 22),
        ] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    #[test]
    fn every_year_has_eight_bank_holidays_and_all_on_weekdays() {
        for year in 1900..2200 {
            let days = bank_holidays(year);
            assert_eq!(days.len(), 8, "{year}");
            assert!(days.is_sorted() && days.iter().all(|day| day.year() == year), "{year}");
            assert!(days.iter().all(|day| day.weekday().to_monday_one_offset() < 6), "{year}");
        }
    }

    #[test]
    fn working_days_pass_over_weekends_and_holidays() {
        // Easter of 2027: Good Friday is 26 March, the Monday 29 March.
        assert!(is_working(date(2027, 3, 25)) && !is_working(date(2027, 3, 26)));
        assert_eq!(on_or_after(date(2027, 3, 26)), date(2027, 3, 30));
        assert_eq!(on_or_before(date(2027, 3, 29)), date(2027, 3, 25));
        assert_eq!(on_or_after(date(2027, 3, 25)), date(2027, 3, 25));
        assert_eq!(after(date(2027, 3, 25), 1), date(2027, 3, 30));
        assert_eq!(after(date(2027, 12, 24), 3), date(2027, 12, 31));
        assert_eq!(after(date(2027, 12, 31), 1), date(2028, 1, 4));
        assert_eq!(on_or_after(Date::MAX), Date::MAX);
    }
}
