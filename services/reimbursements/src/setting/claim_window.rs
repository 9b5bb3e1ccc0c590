//! For how long after an activity people can claim for it. The room of claims asks for it; nothing
//! here closes anything by itself.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Nonsense;

/// The shortest window found with any trust or body is four weeks.
const CLOSE_DAYS_MIN: u16 = 28;
const CLOSE_DAYS_MAX: u16 = 731;

/// Days from the day of the activity. Days on which the person was away do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimWindow {
    /// After so many, the person is reminded.
    pub warn_days: u16,
    /// After so many, staff say why a claim is taken all the same.
    pub close_days: u16,
}

impl ClaimWindow {
    /// What a trust begins with. No trust's own figure is known.
    pub const SUGGESTED: Self = Self { warn_days: 30, close_days: 90 };

    /// The last day on which people claim without more ado; none beyond the calendar's end.
    pub fn last_day(self, activity_on: Date, days_away: u16) -> Option<Date> {
        let days: Span = (i64::from(self.close_days) + i64::from(days_away)).days();
        activity_on.checked_add(days).ok()
    }

    pub(super) fn nonsense(self) -> Vec<Nonsense> {
        let checks = [
            (self.close_days < CLOSE_DAYS_MIN, Nonsense::WindowTooShort),
            (self.close_days > CLOSE_DAYS_MAX, Nonsense::WindowTooLong),
            (self.warn_days >= self.close_days, Nonsense::RemindedAfterItCloses),
        ];
        checks.into_iter().filter(|(holds, _)| *holds).map(|(_, nonsense)| nonsense).collect()
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_window_closes_so_many_days_after_the_activity() {
        let window = ClaimWindow::SUGGESTED;
        assert_eq!(window.last_day(date(2027, 1, 1), 0), Some(date(2027, 4, 1)));
        assert_eq!(window.last_day(Date::MAX, 0), None);
    }

    #[test]
    fn it_waits_while_someone_is_away() {
        let window = ClaimWindow::SUGGESTED;
        assert_eq!(window.last_day(date(2027, 1, 1), 30), Some(date(2027, 5, 1)));
    }
}
