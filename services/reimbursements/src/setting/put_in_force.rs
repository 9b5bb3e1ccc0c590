//! Put in force: from a day on, these values hold. Never from a day that has passed, as people relied
//! on what held then.

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Setting, Values};
use crate::london;

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
    use eventstore::{Refusal as _, Room as _, UniqueKey};
    use jiff::civil::date;

    use super::super::samples::*;
    use super::super::{ClaimWindow, Command, Nonsense};
    use super::*;
    use crate::story::{at, online};

    fn put(effective_from: Date, window: ClaimWindow) -> Command {
        Command::PutInForce(PutInForce { effective_from, values: Values::ClaimWindow(window) })
    }

    #[test]
    fn values_hold_from_today_or_a_later_day_and_each_version_is_counted() {
        let now = at("2027-01-01T08:00:00Z");
        given(vec![])
            .when(online(LEAD, now), put(date(2027, 1, 1), ClaimWindow::SUGGESTED))
            .then(in_force_from_january());
        given(vec![in_force_from_january()])
            .when(online(LEAD, now), put(date(2027, 4, 1), LONGER))
            .then(longer_from_april());
    }

    #[test]
    fn told_twice_it_is_put_in_force_once_even_when_its_day_has_passed() {
        given(vec![in_force_from_january(), longer_from_april()])
            .when(
                online(LEAD, at("2027-05-01T08:00:00Z")),
                put(date(2027, 1, 1), ClaimWindow::SUGGESTED),
            )
            .then_nothing();
    }

    #[test]
    fn nothing_holds_from_a_day_that_has_passed() {
        // Half past midnight in London, still the evening before in Greenwich.
        let now = at("2027-06-30T23:30:00Z");
        given(vec![])
            .when(online(LEAD, now), put(date(2027, 6, 30), LONGER))
            .then_refused(Refusal::BeginsInThePast);
    }

    #[test]
    fn values_that_nobody_could_keep_are_refused_with_every_reason() {
        let refusal = Refusal::Nonsense {
            found: vec![Nonsense::WindowTooShort, Nonsense::RemindedAfterItCloses],
        };
        assert_eq!(
            refusal.to_string(),
            "These values cannot hold: people have at least 28 days in which to claim; people are \
             reminded before the time to claim has passed."
        );
        let codes: Vec<String> = refusal.reasons().into_iter().map(|it| it.code).collect();
        assert_eq!(codes, ["window_too_short", "reminded_after_it_closes"]);
        given(vec![])
            .when(
                online(LEAD, at("2027-01-01T08:00:00Z")),
                put(date(2027, 1, 1), ClaimWindow { warn_days: 27, close_days: 27 }),
            )
            .then_refused(refusal);
    }

    #[test]
    fn a_window_is_neither_too_short_nor_too_long() {
        let found = |warn_days, close_days| {
            Values::ClaimWindow(ClaimWindow { warn_days, close_days }).nonsense()
        };
        assert_eq!(found(0, 28), []);
        assert_eq!(found(30, 731), []);
        assert_eq!(found(0, 27), [Nonsense::WindowTooShort]);
        assert_eq!(found(30, 732), [Nonsense::WindowTooLong]);
        assert_eq!(found(90, 90), [Nonsense::RemindedAfterItCloses]);
    }

    #[test]
    fn no_setting_stands_in_for_another() {
        let key = UniqueKey { scope: "setting", value: String::new() };
        assert_eq!(Setting::taken(&key), Refusal::OtherSetting);
    }
}
