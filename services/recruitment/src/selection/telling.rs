//! On which mornings outcomes may be told: Monday to Thursday, neither on nor before a bank holiday,
//! so that nobody is left alone with the news and nobody to ring. Reads no clock.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use super::Refusal;
use crate::london;
use crate::setting::WorkingCalendar;

/// The hour at which outcomes go out.
const FIRST_HOUR: i8 = 9;
/// The hour from which it is too late in the day.
const LAST_HOUR: i8 = 12;

/// The next morning after `now`, and the bank holidays it was chosen by. Refuses to choose where a
/// year's calendar is not known.
pub(super) fn next_morning(
    now: Timestamp,
    calendars: &[WorkingCalendar],
) -> Result<(Timestamp, BTreeSet<Date>), Refusal> {
    let bank_holidays: BTreeSet<Date> =
        calendars.iter().flat_map(|it| it.bank_holidays.iter().copied()).collect();
    let known = |day: Date| calendars.iter().any(|it| it.year == day.year());
    let lacking = Refusal::CalendarLacking { year: london::day_of(now).year() };
    let (day, tell_at) = mornings(now, &bank_holidays).next().ok_or(lacking)?;
    for needed in [day, day.tomorrow().unwrap_or(day)] {
        if !known(needed) {
            return Err(Refusal::CalendarLacking { year: needed.year() });
        }
    }
    Ok((tell_at, bank_holidays))
}

/// Another morning, where one passed unused.
pub(super) fn another_morning(now: Timestamp, bank_holidays: &BTreeSet<Date>) -> Option<Timestamp> {
    mornings(now, bank_holidays).next().map(|(_, tell_at)| tell_at)
}

/// Whether it is such a morning now.
pub(super) fn is_morning(now: Timestamp, bank_holidays: &BTreeSet<Date>) -> bool {
    let hour = london::hour_of(now);
    suits(london::day_of(now), bank_holidays) && (FIRST_HOUR..LAST_HOUR).contains(&hour)
}

fn mornings(
    after: Timestamp,
    bank_holidays: &BTreeSet<Date>,
) -> impl Iterator<Item = (Date, Timestamp)> {
    std::iter::successors(Some(london::day_of(after)), |day| day.tomorrow().ok())
        .filter(|day| suits(*day, bank_holidays))
        .filter_map(|day| Some((day, london::at_hour(day, FIRST_HOUR)?)))
        .filter(move |(_, tell_at)| *tell_at > after)
}

fn suits(day: Date, bank_holidays: &BTreeSet<Date>) -> bool {
    let early_in_the_week = match day.weekday() {
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => true,
        Weekday::Friday | Weekday::Saturday | Weekday::Sunday => false,
    };
    let holiday_tomorrow = day.tomorrow().is_ok_and(|it| bank_holidays.contains(&it));
    early_in_the_week && !bank_holidays.contains(&day) && !holiday_tomorrow
}

#[cfg(test)]
mod stories {
    use super::super::samples::calendar;
    use super::*;
    use crate::story::at;

    fn told_at(approved: &str) -> String {
        let (tell_at, _) = next_morning(at(approved), &[calendar(2026), calendar(2027)]).unwrap();
        tell_at.to_string()
    }

    #[test]
    fn outcomes_are_told_on_the_next_morning_from_monday_to_thursday() {
        for (approved, told) in [
            ("2027-02-15T16:00:00Z", "2027-02-16T09:00:00Z"),
            ("2027-02-16T08:59:59Z", "2027-02-16T09:00:00Z"),
            ("2027-02-16T09:00:00Z", "2027-02-17T09:00:00Z"),
            ("2027-02-18T10:00:00Z", "2027-02-22T09:00:00Z"),
            ("2027-02-19T08:00:00Z", "2027-02-22T09:00:00Z"),
            ("2027-02-21T23:00:00Z", "2027-02-22T09:00:00Z"),
        ] {
            assert_eq!(told_at(approved), told, "approved {approved}");
        }
    }

    #[test]
    fn never_on_a_bank_holiday_and_never_on_the_day_before_one() {
        // Good Friday is 26 March, Easter Monday the 29th: Thursday would leave people alone.
        assert_eq!(told_at("2027-03-24T10:00:00Z"), "2027-03-30T08:00:00Z");
        // Christmas 2026 is a Friday, with the Monday after it in lieu of Boxing Day.
        assert_eq!(told_at("2026-12-23T10:00:00Z"), "2026-12-29T09:00:00Z");
    }

    #[test]
    fn nine_o_clock_follows_summer_time() {
        assert_eq!(told_at("2027-07-05T10:00:00Z"), "2027-07-06T08:00:00Z");
    }

    #[test]
    fn no_morning_is_chosen_by_a_calendar_that_is_not_known() {
        let only_2027 = [calendar(2027)];
        assert_eq!(
            next_morning(at("2027-12-30T10:00:00Z"), &only_2027),
            Err(Refusal::CalendarLacking { year: 2028 })
        );
        assert_eq!(
            next_morning(at("2027-02-15T16:00:00Z"), &[]),
            Err(Refusal::CalendarLacking { year: 2027 })
        );
    }

    #[test]
    fn a_morning_ends_at_noon() {
        let none = BTreeSet::new();
        assert!(!is_morning(at("2027-02-16T08:59:59Z"), &none));
        assert!(is_morning(at("2027-02-16T09:00:00Z"), &none));
        assert!(is_morning(at("2027-02-16T11:59:59Z"), &none));
        assert!(!is_morning(at("2027-02-16T12:00:00Z"), &none));
        assert!(!is_morning(at("2027-02-19T09:00:00Z"), &none));
    }
}
