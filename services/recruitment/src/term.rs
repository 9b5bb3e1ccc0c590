//! How long a place is held: the rule of a term, its civil dates, and the reminders before its end.
//! Every date is computed from a stored civil date, never by stepping from another computed one;
//! nothing here reads a clock.

pub mod standing;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::london::at_hour;
use crate::setting::{About, Audience, Reminder, TermPolicy, When};

pub use contracts::recruitment::WhyEnded;
pub use standing::{Held, Standing, free_from};

/// The rule a term is given under, copied from the setting in force; a decision keeps the rule it
/// was made under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermRule {
    /// Which version of the setting, such as `term_policy.3`.
    pub rule_version: String,
    /// Length of one term, in months; at least 1.
    pub months: u16,
    /// How many terms one person may hold one after another.
    pub consecutive_terms_max: u8,
    /// Break before standing again, once those are used up, in months.
    pub break_months: u16,
    /// What is asked before the end, of whom and when.
    pub ladder: Vec<Reminder>,
}

/// One term of one person, in civil days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Which of the person's consecutive terms this is, from 1.
    pub number: u8,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub ends_on: Date,
    /// The midnight after the last day, in London; until then the place is theirs.
    pub over_at: Timestamp,
}

/// A reminder that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    /// The step of the ladder, as `step` names it.
    pub step: String,
    /// Nine in the morning of its day, in London.
    pub due_at: Timestamp,
}

impl TermRule {
    /// The rule that a version of the setting makes.
    pub fn of(policy: &TermPolicy, rule_version: String) -> Self {
        Self {
            rule_version,
            months: policy.months,
            consecutive_terms_max: policy.consecutive_terms_max,
            break_months: policy.break_months,
            ladder: policy.reminders.clone(),
        }
    }

    /// The term of this length that begins on `from`; `None` beyond the calendar's ends.
    pub fn term(&self, number: u8, from: Date) -> Option<Term> {
        let ends_on = last_day(from, self.months)?;
        Some(Term { number, from, ends_on, over_at: midnight_after(ends_on)? })
    }

    /// The reminders of a term that are still to come at `now`. A step that would be due before the
    /// term begins has nothing to ask yet and is left out: so short terms get the end of a long
    /// ladder. So is what follows the end of a place rather than asking about it: thanks and the
    /// last call for claims belong to whoever hears that it ended.
    pub fn reminders(&self, term: &Term, now: Timestamp) -> Option<Vec<Armed>> {
        let mut armed = Vec::with_capacity(self.ladder.len());
        for it in self.ladder.iter().filter(|it| asks(**it)) {
            let due_at = it.when.due_at(term.ends_on)?;
            if term.from <= it.when.day(term.ends_on)? && now < due_at {
                armed.push(Armed { step: step(it), due_at });
            }
        }
        Some(armed)
    }

    /// Whether a later step of the ladder that reaches the same people has come due too.
    pub fn is_overtaken(&self, reminder: &Reminder, term: &Term, now: Timestamp) -> bool {
        let due_at = reminder.when.due_at(term.ends_on);
        let later = |it: &&Reminder| asks(**it) && reaches(it.audience, reminder.audience);
        self.ladder
            .iter()
            .filter(later)
            .filter_map(|it| it.when.due_at(term.ends_on))
            .any(|other| due_at < Some(other) && other <= now)
    }

    /// The ladder's reminder of this name.
    pub fn named(&self, name: &str) -> Option<&Reminder> {
        self.ladder.iter().find(|it| step(it) == name)
    }
}

fn asks(reminder: Reminder) -> bool {
    let about_the_end = match reminder.about {
        About::PlanSuccession | About::ReviewTalk | About::EndOrRenewal | About::LastWeek => true,
        About::ThankYou | About::LastCallForClaims => false,
    };
    let before_the_end = match reminder.when {
        When::MonthsBefore { .. } | When::DaysBefore { .. } | When::OnTheDay => true,
        When::DaysAfter { .. } => false,
    };
    about_the_end && before_the_end
}

fn reaches(audience: Audience, all_of: Audience) -> bool {
    audience == all_of || (audience, all_of) == (Audience::InvolveeAndChair, Audience::Involvee)
}

/// The permanent name of a step of a ladder, such as
/// `6-months-before-coordinator-plan-succession`: no two steps of one ladder share it.
pub fn step(reminder: &Reminder) -> String {
    let when = match reminder.when {
        When::MonthsBefore { months } => format!("{months}-months-before"),
        When::DaysBefore { days } => format!("{days}-days-before"),
        When::OnTheDay => "on-the-day".to_owned(),
        When::DaysAfter { days } => format!("{days}-days-after"),
    };
    let audience = match reminder.audience {
        Audience::Coordinator => "coordinator",
        Audience::Involvee => "involvee",
        Audience::InvolveeAndChair => "involvee-and-chair",
    };
    let about = match reminder.about {
        About::PlanSuccession => "plan-succession",
        About::ReviewTalk => "review-talk",
        About::EndOrRenewal => "end-or-renewal",
        About::LastWeek => "last-week",
        About::ThankYou => "thank-you",
        About::LastCallForClaims => "last-call-for-claims",
    };
    format!("{when}-{audience}-{about}")
}

/// The last day of a period of whole months that begins on `from`: the day before the day of the
/// same number, so 1 March to 29 February. Where the month of the end has no day of that number,
/// its last day: 29 February to 28 February, 31 August to the end of February. So no period is
/// longer or shorter than people would count on their fingers.
pub fn last_day(from: Date, months: u16) -> Option<Date> {
    let span = Span::new().try_months(months).ok()?;
    let same_number = from.checked_add(span).ok()?;
    if same_number.day() == from.day() { same_number.yesterday().ok() } else { Some(same_number) }
}

/// The moment a day is over, in London.
pub fn midnight_after(day: Date) -> Option<Timestamp> {
    at_hour(day.tomorrow().ok()?, 0)
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::*;
    use crate::story::at;

    const SIX_MONTHS: When = When::MonthsBefore { months: 6 };
    const A_MONTH: When = When::MonthsBefore { months: 1 };
    const A_WEEK: When = When::DaysBefore { days: 7 };

    fn rule(months: u16, ladder: &[When]) -> TermRule {
        let reminder = |when: &When| Reminder {
            when: *when,
            audience: Audience::Coordinator,
            about: About::EndOrRenewal,
        };
        TermRule {
            rule_version: "term_policy.1".to_owned(),
            months,
            consecutive_terms_max: 2,
            break_months: 12,
            ladder: ladder.iter().map(reminder).collect(),
        }
    }

    /// The instants of the reminders of a term that ends on this day.
    fn due(ladder: &[When], ends_on: Date) -> Vec<Timestamp> {
        let from = date(2020, 1, 1);
        let term = Term { number: 1, from, ends_on, over_at: midnight_after(ends_on).unwrap() };
        let armed = rule(12, ladder).reminders(&term, at("2019-12-01T00:00:00Z")).unwrap();
        armed.into_iter().map(|it| it.due_at).collect()
    }

    /// Counted by hand, on a wall calendar.
    #[test]
    fn a_term_ends_on_the_day_before_the_day_of_its_beginning() {
        let by_hand = [
            // The year runs into a leap year, and past one.
            (date(2027, 3, 1), 12, date(2028, 2, 29)),
            (date(2026, 3, 1), 12, date(2027, 2, 28)),
            (date(2028, 3, 1), 12, date(2029, 2, 28)),
            (date(2028, 2, 1), 12, date(2029, 1, 31)),
            // From the leap day itself.
            (date(2028, 2, 29), 12, date(2029, 2, 28)),
            (date(2028, 2, 29), 48, date(2032, 2, 28)),
            (date(2028, 2, 29), 24, date(2030, 2, 28)),
            (date(2028, 2, 29), 1, date(2028, 3, 28)),
            (date(2027, 2, 28), 12, date(2028, 2, 27)),
            // From a day that the last month lacks.
            (date(2027, 8, 31), 6, date(2028, 2, 29)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2027, 8, 30), 6, date(2028, 2, 29)),
            (date(2027, 8, 29), 6, date(2028, 2, 28)),
            (date(2026, 8, 29), 6, date(2027, 2, 28)),
            (date(2027, 1, 31), 1, date(2027, 2, 28)),
            (date(2027, 3, 31), 1, date(2027, 4, 30)),
            (date(2027, 5, 31), 18, date(2028, 11, 30)),
            // The plain ones.
            (date(2027, 1, 1), 12, date(2027, 12, 31)),
            (date(2027, 4, 15), 24, date(2029, 4, 14)),
            (date(2027, 12, 15), 3, date(2028, 3, 14)),
            (date(2027, 2, 1), 1, date(2027, 2, 28)),
        ];
        for (from, months, expected) in by_hand {
            assert_eq!(last_day(from, months), Some(expected), "{from} for {months} months");
        }
    }

    #[test]
    fn terms_that_follow_each_other_leave_no_day_between_and_share_none() {
        for from in [date(2028, 2, 29), date(2027, 8, 31), date(2027, 3, 1)] {
            let rule = rule(12, &[]);
            let first = rule.term(1, from).unwrap();
            let second = rule.term(2, first.ends_on.tomorrow().unwrap()).unwrap();
            assert_eq!(first.over_at, at_hour(second.from, 0).unwrap());
            assert!(second.ends_on > first.ends_on);
        }
    }

    #[test]
    fn a_later_beginning_never_ends_earlier() {
        for months in 1..=60 {
            let mut day = date(2027, 1, 1);
            while day < date(2029, 1, 1) {
                let next = day.tomorrow().unwrap();
                assert!(last_day(day, months) <= last_day(next, months), "{day}, {months} months");
                day = next;
            }
        }
    }

    /// Counted by hand, on a wall calendar: the last day, how long before it, and nine in the morning
    /// by the clock on the wall. The clocks go forward on 28 March 2027 and 26 March 2028, and back
    /// on 31 October 2027 and 29 October 2028.
    #[test]
    fn a_reminder_counts_back_from_the_last_day_to_nine_in_the_morning() {
        let months = |months| When::MonthsBefore { months };
        let days = |days| When::DaysBefore { days };
        let by_hand = [
            (date(2027, 8, 31), months(6), "2027-02-28T09:00:00Z"),
            (date(2028, 8, 31), months(6), "2028-02-29T09:00:00Z"),
            (date(2028, 8, 30), months(6), "2028-02-29T09:00:00Z"),
            (date(2028, 8, 29), months(6), "2028-02-29T09:00:00Z"),
            (date(2028, 2, 29), months(12), "2027-02-28T09:00:00Z"),
            (date(2028, 2, 29), months(6), "2027-08-29T08:00:00Z"),
            (date(2028, 2, 29), months(1), "2028-01-29T09:00:00Z"),
            (date(2027, 5, 31), months(3), "2027-02-28T09:00:00Z"),
            (date(2027, 3, 31), months(1), "2027-02-28T09:00:00Z"),
            (date(2027, 12, 31), months(1), "2027-11-30T09:00:00Z"),
            (date(2028, 3, 1), days(1), "2028-02-29T09:00:00Z"),
            (date(2027, 3, 1), days(1), "2027-02-28T09:00:00Z"),
            (date(2027, 1, 3), days(7), "2026-12-27T09:00:00Z"),
            (date(2027, 4, 28), months(1), "2027-03-28T08:00:00Z"),
            (date(2027, 4, 27), months(1), "2027-03-27T09:00:00Z"),
            (date(2027, 3, 27), When::OnTheDay, "2027-03-27T09:00:00Z"),
            (date(2027, 3, 28), When::OnTheDay, "2027-03-28T08:00:00Z"),
            (date(2027, 3, 29), days(1), "2027-03-28T08:00:00Z"),
            (date(2027, 3, 28), days(1), "2027-03-27T09:00:00Z"),
            (date(2027, 10, 30), When::OnTheDay, "2027-10-30T08:00:00Z"),
            (date(2027, 10, 31), When::OnTheDay, "2027-10-31T09:00:00Z"),
            (date(2027, 11, 7), days(7), "2027-10-31T09:00:00Z"),
            (date(2027, 11, 6), days(7), "2027-10-30T08:00:00Z"),
            (date(2028, 4, 30), months(6), "2027-10-30T08:00:00Z"),
            (date(2028, 4, 26), months(1), "2028-03-26T08:00:00Z"),
            (date(2028, 11, 29), months(1), "2028-10-29T09:00:00Z"),
        ];
        for (ends_on, when, expected) in by_hand {
            assert_eq!(due(&[when], ends_on), [at(expected)], "{when:?}, {ends_on}");
        }
    }

    #[test]
    fn each_reminder_counts_from_the_last_day_and_not_from_the_one_before_it() {
        // Going back from 31 May month by month would lead to 30 April, 30 March and 28 February.
        let ladder = [3, 2, 1].map(|months| When::MonthsBefore { months });
        let expected = ["2027-02-28T09:00:00Z", "2027-03-31T08:00:00Z", "2027-04-30T08:00:00Z"];
        assert_eq!(due(&ladder, date(2027, 5, 31)), expected.map(at));
    }

    #[test]
    fn a_day_is_over_at_midnight_by_the_clock_on_the_wall() {
        let by_hand = [
            (date(2027, 3, 27), "2027-03-28T00:00:00Z"),
            (date(2027, 3, 28), "2027-03-28T23:00:00Z"),
            (date(2027, 10, 30), "2027-10-30T23:00:00Z"),
            (date(2027, 10, 31), "2027-11-01T00:00:00Z"),
        ];
        for (day, midnight) in by_hand {
            assert_eq!(midnight_after(day), Some(at(midnight)), "{day}");
        }
    }

    #[test]
    fn a_reminder_whose_time_has_come_is_not_armed() {
        let rule = rule(12, &[A_MONTH, A_WEEK]);
        let term = rule.term(1, date(2027, 3, 1)).unwrap();
        let days = |now| {
            let armed = rule.reminders(&term, at(now)).unwrap();
            armed.into_iter().map(|it| it.due_at).collect::<Vec<_>>()
        };
        let (month, week) = (at("2028-01-29T09:00:00Z"), at("2028-02-22T09:00:00Z"));
        assert_eq!(days("2028-01-29T08:59:59Z"), [month, week]);
        assert_eq!(days("2028-01-29T09:00:00Z"), [week]);
        assert_eq!(days("2028-02-22T09:00:00Z"), []);
    }

    #[test]
    fn a_short_term_gets_the_end_of_a_long_ladder() {
        let rule = rule(3, &[SIX_MONTHS, A_MONTH]);
        let term = rule.term(1, date(2027, 9, 1)).unwrap();
        let armed = rule.reminders(&term, at("2027-01-01T00:00:00Z")).unwrap();
        assert_eq!(
            armed,
            [Armed {
                step: "1-months-before-coordinator-end-or-renewal".to_owned(),
                due_at: at("2027-10-30T08:00:00Z")
            }]
        );
    }

    #[test]
    fn what_follows_the_end_is_no_question_about_it() {
        let rule = TermRule::of(&TermPolicy::suggested(), "term_policy.1".to_owned());
        let term = rule.term(1, date(2027, 3, 1)).unwrap();
        let armed = rule.reminders(&term, at("2027-01-01T00:00:00Z")).unwrap();
        let steps: Vec<_> = armed.iter().map(|it| it.step.as_str()).collect();
        assert_eq!(
            steps,
            [
                "6-months-before-coordinator-plan-succession",
                "3-months-before-involvee-and-chair-review-talk",
                "1-months-before-involvee-and-chair-end-or-renewal",
                "7-days-before-involvee-and-chair-last-week",
            ]
        );
    }

    #[test]
    fn a_step_is_found_by_its_name() {
        let rule = TermRule::of(&TermPolicy::suggested(), "term_policy.1".to_owned());
        for reminder in &rule.ladder {
            assert_eq!(rule.named(&step(reminder)), Some(reminder));
        }
        assert_eq!(rule.named("on-the-moon"), None);
    }

    #[test]
    fn what_lies_beyond_the_calendar_is_no_date() {
        assert_eq!(last_day(Date::MAX, 1), None);
        assert_eq!(midnight_after(Date::MAX), None);
        assert_eq!(rule(1, &[]).term(1, Date::MAX), None);
    }
}
