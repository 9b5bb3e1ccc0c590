//! Put in force: from a day on, these values hold. Never from a day that has passed, as decisions
//! were made under what held then.

use std::ops::RangeInclusive;

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Setting, Values};
use crate::london;
use crate::wording::Wording;

/// Years that anybody here lives to see.
const YEARS: RangeInclusive<i16> = 2000..=2200;
/// Reminders of one policy.
const REMINDERS_MAX: usize = 50;
/// No nation keeps as many in a year.
const BANK_HOLIDAYS_MAX: usize = 60;

/// Asked by whoever may set. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutInForce {
    /// The first day on which they hold.
    #[schema(value_type = String, format = Date)]
    pub effective_from: Date,
    /// What holds.
    pub values: Values,
}

impl PutInForce {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        match &self.values {
            Values::SelectionRules(_) => {}
            Values::TermPolicy(it) => {
                wording.at_most("values.reminders", it.reminders.len(), REMINDERS_MAX);
            }
            Values::WorkingCalendar(it) => {
                let days = it.bank_holidays.len();
                wording.at_most("values.bank_holidays", days, BANK_HOLIDAYS_MAX);
                if !YEARS.contains(&it.year) {
                    wording.problem("values.year", "Please give a year from 2000 to 2200.");
                }
            }
        }
        wording.found()
    }

    /// From today on. Where two versions begin on the same day, the later corrects the earlier.
    pub fn decide(self, state: &Setting, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { effective_from, values } = self;
        if state.versions.first().is_some_and(|it| it.values.name() != values.name()) {
            return Err(Refusal::OtherSetting);
        }
        let same_day = state.versions.iter().rfind(|it| it.effective_from == effective_from);
        if same_day.is_some_and(|it| it.values == values) {
            return Ok(Vec::new());
        }
        if effective_from < london::day_of(occasion.taken_at) {
            return Err(Refusal::BeginsInThePast);
        }
        let found = values.nonsense();
        if !found.is_empty() {
            return Err(Refusal::Nonsense { found });
        }
        let version = state.versions.last().map_or(0, |it| it.version).saturating_add(1);
        Ok(vec![Event::PutInForce { version, effective_from, values: Box::new(values) }])
    }
}

#[cfg(test)]
mod stories {
    use eventstore::Refusal as _;
    use jiff::civil::date;

    use super::super::samples::*;
    use super::super::{About, Audience, Command, Nonsense, Reminder, TermPolicy, When};
    use super::*;
    use crate::story::{at, online};

    fn put(effective_from: Date, values: Values) -> Command {
        Command::PutInForce(PutInForce { effective_from, values })
    }

    fn nonsense_in(values: &Values) -> Vec<Nonsense> {
        values.nonsense()
    }

    #[test]
    fn values_hold_from_today_or_a_later_day_and_each_version_is_counted() {
        let today = date(2027, 1, 1);
        let now = at("2027-01-01T08:00:00Z");
        given(vec![])
            .when(online(LEAD, now), put(today, Values::SelectionRules(rules())))
            .then(in_force_from_january());
        given(vec![in_force_from_january()])
            .when(online(LEAD, now), put(date(2027, 4, 1), Values::SelectionRules(stricter())))
            .then(stricter_from_april());
    }

    #[test]
    fn told_twice_it_is_put_in_force_once_even_when_its_day_has_passed() {
        given(vec![in_force_from_january(), stricter_from_april()])
            .when(
                online(LEAD, at("2027-05-01T08:00:00Z")),
                put(date(2027, 1, 1), Values::SelectionRules(rules())),
            )
            .then_nothing();
    }

    #[test]
    fn what_is_taken_back_before_its_day_is_a_version_more() {
        given(vec![in_force_from_january(), stricter_from_april()])
            .when(
                online(LEAD, at("2027-02-01T08:00:00Z")),
                put(date(2027, 4, 1), Values::SelectionRules(rules())),
            )
            .then(Event::PutInForce {
                version: 3,
                effective_from: date(2027, 4, 1),
                values: Box::new(Values::SelectionRules(rules())),
            });
    }

    #[test]
    fn nothing_holds_from_a_day_that_has_passed() {
        given(vec![])
            .when(
                // Half past midnight in London, still the evening before in Greenwich.
                online(LEAD, at("2027-06-30T23:30:00Z")),
                put(date(2027, 6, 30), Values::SelectionRules(rules())),
            )
            .then_refused(Refusal::BeginsInThePast);
    }

    #[test]
    fn one_setting_s_stream_takes_no_other_s_values() {
        given(vec![in_force_from_january()])
            .when(
                online(LEAD, at("2027-02-01T08:00:00Z")),
                put(date(2027, 3, 1), Values::TermPolicy(terms())),
            )
            .then_refused(Refusal::OtherSetting);
    }

    #[test]
    fn values_that_nobody_could_keep_are_refused_with_every_reason() {
        let mut rules = rules();
        rules.minimum_members = 1;
        rules.essential_minimum = 5;
        let refusal = Refusal::Nonsense {
            found: vec![Nonsense::PanelOfOne, Nonsense::EssentialMinimumBeyondScale],
        };
        assert_eq!(
            refusal.to_string(),
            "These values cannot hold: a panel has at least two members; the least score for an \
             essential criterion lies beyond the scale."
        );
        let codes: Vec<String> = refusal.reasons().into_iter().map(|it| it.code).collect();
        assert_eq!(codes, ["panel_of_one", "essential_minimum_beyond_scale"]);
        given(vec![])
            .when(
                online(LEAD, at("2027-01-01T08:00:00Z")),
                put(date(2027, 1, 1), Values::SelectionRules(rules)),
            )
            .then_refused(refusal);
    }

    #[test]
    fn panels_can_be_made_up_and_scales_used() {
        let found = |change: fn(&mut super::super::SelectionRules)| {
            let mut rules = rules();
            change(&mut rules);
            nonsense_in(&Values::SelectionRules(rules))
        };
        assert_eq!(found(|_| ()), []);
        assert_eq!(found(|it| it.minimum_involvees = 0), []);
        assert_eq!(found(|it| it.minimum_involvees = 3), [Nonsense::MoreInvolveesThanMembers]);
        assert_eq!(
            found(|it| it.scale_max = 0),
            [Nonsense::ScaleOfOnePoint, Nonsense::EssentialMinimumBeyondScale]
        );
        assert_eq!(found(|it| it.scale_max = 21), [Nonsense::ScaleTooFine]);
        assert_eq!(found(|it| it.essential_minimum = it.scale_max), []);
    }

    #[test]
    fn terms_have_a_length_and_reminders_lie_within_them() {
        let found = |change: fn(&mut TermPolicy)| {
            let mut terms = terms();
            change(&mut terms);
            nonsense_in(&Values::TermPolicy(terms))
        };
        let reminder =
            |when| Reminder { when, audience: Audience::Coordinator, about: About::PlanSuccession };
        assert_eq!(found(|_| ()), []);
        assert_eq!(found(|it| it.months = 0), [Nonsense::TermOfNoLength]);
        assert_eq!(found(|it| it.months = 121), [Nonsense::TermTooLong]);
        assert_eq!(found(|it| it.consecutive_terms_max = 0), [Nonsense::NoTermAllowed]);
        assert_eq!(found(|it| it.break_months = 121), [Nonsense::BreakTooLong]);
        assert_eq!(found(|it| it.overlap_days = 24 * 28), [Nonsense::OverlapAsLongAsTheTerm]);
        assert_eq!(found(|it| it.overlap_days = 24 * 28 - 1), []);
        assert_eq!(found(|it| it.months = 6), [Nonsense::ReminderBeforeTheTerm]);
        assert_eq!(found(|it| it.months = 7), []);
        for (when, nonsense) in [
            (When::DaysBefore { days: 24 * 28 }, vec![Nonsense::ReminderBeforeTheTerm]),
            (When::DaysBefore { days: 24 * 28 - 1 }, vec![]),
            (When::MonthsBefore { months: 6 }, vec![Nonsense::ReminderTwice]),
        ] {
            let mut terms = terms();
            terms.reminders.push(reminder(when));
            assert_eq!(nonsense_in(&Values::TermPolicy(terms)), nonsense);
        }
    }

    #[test]
    fn a_calendar_holds_its_own_year() {
        let found = |bank_holidays: &[Date]| {
            let mut calendar = calendar();
            calendar.bank_holidays = bank_holidays.to_vec();
            nonsense_in(&Values::WorkingCalendar(calendar))
        };
        let (new_year, boxing_day) = (date(2027, 1, 1), date(2027, 12, 28));
        assert_eq!(found(&[new_year, boxing_day]), []);
        assert_eq!(found(&[]), [Nonsense::NoBankHolidays]);
        assert_eq!(found(&[date(2028, 1, 3)]), [Nonsense::BankHolidayOfAnotherYear]);
        assert_eq!(found(&[new_year, new_year]), [Nonsense::BankHolidayTwice]);
    }
}
