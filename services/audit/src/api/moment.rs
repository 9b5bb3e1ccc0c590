//! Moments in an address: an instant, or a day as people here count days.

use eventstore::clock::local_zone;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use web::Problem;

const HOW: &str = "A moment is an instant, such as 2026-12-01T09:30:00Z, or a day, such as \
                   2026-12-01.";

/// The first instant meant.
pub(super) fn first(given: Option<&String>) -> Result<Option<Timestamp>, Problem> {
    given.map(|text| read(text, start_of)).transpose()
}

/// The last instant meant: of a day, its last.
pub(super) fn last(given: Option<&String>) -> Result<Option<Timestamp>, Problem> {
    given.map(|text| read(text, end_of)).transpose()
}

fn read(text: &str, of_day: fn(Date) -> Option<Timestamp>) -> Result<Timestamp, Problem> {
    let unreadable = || Problem::parameter(HOW);
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| unreadable())?;
    of_day(day).ok_or_else(unreadable)
}

fn start_of(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(local_zone()).ok()?.timestamp())
}

fn end_of(day: Date) -> Option<Timestamp> {
    start_of(day.tomorrow().ok()?)?.checked_sub(SignedDuration::from_micros(1)).ok()
}

#[cfg(test)]
mod stories {
    use super::*;

    fn told(given: &str) -> (String, String) {
        let given = given.to_owned();
        let text = |at: Result<Option<Timestamp>, Problem>| at.unwrap().unwrap().to_string();
        (text(first(Some(&given))), text(last(Some(&given))))
    }

    #[test]
    fn a_day_goes_from_midnight_to_midnight_where_people_are() {
        let (from, to) = told("2026-06-01");
        assert_eq!(from, "2026-05-31T23:00:00Z");
        assert_eq!(to, "2026-06-01T22:59:59.999999Z");
        assert_eq!(told("2026-06-01T09:00:00Z").1, "2026-06-01T09:00:00Z");
        assert_eq!(last(None), Ok(None));
    }

    #[test]
    fn what_is_no_moment_is_a_400_and_is_not_repeated() {
        for bad in ["Jane", "", "2026-13-01", "yesterday"] {
            let problem = last(Some(&bad.to_owned())).unwrap_err();
            assert_eq!(problem.body().status, 400, "{bad}");
            assert!(!problem.body().detail.contains("Jane"));
        }
    }
}
