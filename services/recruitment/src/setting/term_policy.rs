//! How long someone serves, how often again, and when people are reminded that a term ends.
//! Reminders fall on civil days at 09:00; nothing here knows the day it is.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Nonsense;
use crate::london;

pub use contracts::recruitment::{About, Audience};

/// Ten years.
const MONTHS_MAX: u16 = 120;
/// The hour at which reminders on civil days go out.
const REMINDER_HOUR: i8 = 9;
/// No month is shorter.
const DAYS_IN_MONTH_MIN: u16 = 28;

/// What holds for terms that begin while it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermPolicy {
    /// Length of a term.
    pub months: u16,
    /// How many terms in the same place may follow one another.
    pub consecutive_terms_max: u8,
    /// Break before standing again for the same place, once those are served.
    pub break_months: u16,
    /// How long predecessor and successor serve side by side.
    pub overlap_days: u16,
    /// End-of-term reminders.
    #[schema(max_items = 50)]
    pub reminders: Vec<Reminder>,
}

/// One end-of-term reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// When it falls due.
    pub when: When,
    /// Who is told.
    pub audience: Audience,
    /// Of what.
    pub about: About,
}

/// A day counted from the last day of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// Months before it; where a month lacks that day, on the month's last.
    MonthsBefore {
        /// How many.
        months: u16,
    },
    /// Days before it.
    DaysBefore {
        /// How many.
        days: u16,
    },
    /// The last day itself.
    OnTheDay,
    /// Days after it.
    DaysAfter {
        /// How many.
        days: u16,
    },
}

impl When {
    /// The day, for a term that ends on `last_day`; `None` beyond the calendar's ends.
    pub fn day(self, last_day: Date) -> Option<Date> {
        match self {
            Self::MonthsBefore { months } => last_day.checked_sub(i64::from(months).months()).ok(),
            Self::DaysBefore { days } => last_day.checked_sub(i64::from(days).days()).ok(),
            Self::OnTheDay => Some(last_day),
            Self::DaysAfter { days } => last_day.checked_add(i64::from(days).days()).ok(),
        }
    }

    /// That day at 09:00 in London.
    pub fn due_at(self, last_day: Date) -> Option<Timestamp> {
        london::at_hour(self.day(last_day)?, REMINDER_HOUR)
    }

    fn lies_before_a_term_of(self, months: u16) -> bool {
        match self {
            Self::MonthsBefore { months: before } => before >= months,
            Self::DaysBefore { days } => days >= months.saturating_mul(DAYS_IN_MONTH_MIN),
            Self::OnTheDay | Self::DaysAfter { .. } => false,
        }
    }
}

impl TermPolicy {
    /// What a trust may begin with: two years, renewed once, a year's break.
    pub fn suggested() -> Self {
        let reminder = |when, audience, about| Reminder { when, audience, about };
        Self {
            months: 24,
            consecutive_terms_max: 2,
            break_months: 12,
            overlap_days: 0,
            reminders: vec![
                reminder(
                    When::MonthsBefore { months: 6 },
                    Audience::Coordinator,
                    About::PlanSuccession,
                ),
                reminder(
                    When::MonthsBefore { months: 3 },
                    Audience::InvolveeAndChair,
                    About::ReviewTalk,
                ),
                reminder(
                    When::MonthsBefore { months: 1 },
                    Audience::InvolveeAndChair,
                    About::EndOrRenewal,
                ),
                reminder(When::DaysBefore { days: 7 }, Audience::InvolveeAndChair, About::LastWeek),
                reminder(When::OnTheDay, Audience::Involvee, About::ThankYou),
                reminder(
                    When::DaysAfter { days: 30 },
                    Audience::Involvee,
                    About::LastCallForClaims,
                ),
            ],
        }
    }

    pub(super) fn nonsense(&self) -> Vec<Nonsense> {
        let early = |it: &Reminder| it.when.lies_before_a_term_of(self.months);
        let repeated = |(place, it)| self.reminders.iter().take(place).any(|other| other == it);
        let term_days_min = self.months.saturating_mul(DAYS_IN_MONTH_MIN);
        let checks = [
            (self.months == 0, Nonsense::TermOfNoLength),
            (self.months > MONTHS_MAX, Nonsense::TermTooLong),
            (self.consecutive_terms_max == 0, Nonsense::NoTermAllowed),
            (self.break_months > MONTHS_MAX, Nonsense::BreakTooLong),
            (
                self.months > 0 && self.overlap_days >= term_days_min,
                Nonsense::OverlapAsLongAsTheTerm,
            ),
            (self.months > 0 && self.reminders.iter().any(early), Nonsense::ReminderBeforeTheTerm),
            (self.reminders.iter().enumerate().any(repeated), Nonsense::ReminderTwice),
        ];
        checks.into_iter().filter(|(holds, _)| *holds).map(|(_, nonsense)| nonsense).collect()
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn reminders_lead_up_to_the_last_day_and_follow_it() {
        let last_day = date(2027, 8, 31);
        let due: Vec<String> = TermPolicy::suggested()
            .reminders
            .iter()
            .map(|it| it.when.due_at(last_day).unwrap().to_string())
            .collect();
        assert_eq!(
            due,
            [
                "2027-02-28T09:00:00Z",
                "2027-05-31T08:00:00Z",
                "2027-07-31T08:00:00Z",
                "2027-08-24T08:00:00Z",
                "2027-08-31T08:00:00Z",
                "2027-09-30T08:00:00Z",
            ]
        );
    }

    #[test]
    fn beyond_the_calendar_nothing_falls_due() {
        assert_eq!(When::DaysAfter { days: 1 }.day(Date::MAX), None);
        assert_eq!(When::MonthsBefore { months: 1 }.due_at(Date::MIN), None);
    }
}
