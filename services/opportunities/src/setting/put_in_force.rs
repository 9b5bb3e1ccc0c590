//! Put in force: from a day on, these values hold. Never from a day that has passed, as people
//! relied on what held then.

use eventstore::Occasion;
use eventstore::clock::local_date;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Setting, Values};

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
        if effective_from < local_date(occasion.taken_at) {
            return Err(Refusal::BeginsInThePast);
        }
        match values {
            Values::AdvertRules { minimum_advert_days: 1..=366 } => {}
            Values::AdvertRules { .. } => return Err(Refusal::AdvertLength),
        }
        let version = state.versions.last().map_or(0, |it| it.version).saturating_add(1);
        Ok(vec![Event::PutInForce { version, effective_from, values }])
    }
}

#[cfg(test)]
mod stories {
    use contracts::PersonId;
    use cqrs_es::Aggregate as _;
    use cqrs_es::test::{AggregateResultValidator, TestFramework};
    use eventstore::{Asked, Room as _, Taken, UniqueKey};
    use jiff::civil::date;

    use super::super::Command;
    use super::*;

    const NEW_YEAR: Date = date(2027, 1, 1);

    fn rules(minimum_advert_days: u16) -> Values {
        Values::AdvertRules { minimum_advert_days }
    }

    fn in_force(version: u32, effective_from: Date, days: u16) -> Event {
        Event::PutInForce { version, effective_from, values: rules(days) }
    }

    fn put(
        history: Vec<Event>,
        now: &str,
        effective_from: Date,
        days: u16,
    ) -> AggregateResultValidator<Setting> {
        let now = now.parse().unwrap();
        let occasion = Occasion {
            taken_at: now,
            received_at: now,
            taken: Taken::Online,
            actor: PersonId::default(),
            on_behalf_of: None,
        };
        let command = Command::PutInForce(PutInForce { effective_from, values: rules(days) });
        TestFramework::<Setting>::with(()).given(history).when(Asked { occasion, command })
    }

    #[test]
    fn values_hold_from_today_or_a_later_day_and_each_version_is_counted() {
        put(vec![], "2027-01-01T08:00:00Z", NEW_YEAR, 14)
            .then_expect_events(vec![in_force(1, NEW_YEAR, 14)]);
        let april = date(2027, 4, 1);
        put(vec![in_force(1, NEW_YEAR, 14)], "2027-01-01T08:00:00Z", april, 21)
            .then_expect_events(vec![in_force(2, april, 21)]);
    }

    #[test]
    fn told_twice_it_is_put_in_force_once_even_when_its_day_has_passed() {
        put(vec![in_force(1, NEW_YEAR, 14)], "2027-05-01T08:00:00Z", NEW_YEAR, 14)
            .then_expect_events(vec![]);
    }

    #[test]
    fn nothing_holds_from_a_day_that_has_passed() {
        // Half past midnight in London, still the evening before in Greenwich.
        put(vec![], "2027-06-30T23:30:00Z", date(2027, 6, 30), 14)
            .then_expect_error(Refusal::BeginsInThePast);
    }

    #[test]
    fn an_advert_runs_for_a_day_at_least_and_a_year_at_most() {
        for days in [0, 367] {
            put(vec![], "2027-01-01T08:00:00Z", NEW_YEAR, days)
                .then_expect_error(Refusal::AdvertLength);
        }
        for days in [1, 366] {
            put(vec![], "2027-01-01T08:00:00Z", NEW_YEAR, days)
                .then_expect_events(vec![in_force(1, NEW_YEAR, days)]);
        }
    }

    #[test]
    fn the_latest_day_that_has_come_holds_and_a_correction_for_the_same_day() {
        let mut setting = Setting::default();
        for event in [in_force(1, NEW_YEAR, 14), in_force(2, date(2027, 4, 1), 21)] {
            setting.apply(event);
        }
        let on = |setting: &Setting, day| setting.in_force(day).map(super::super::Version::cited);
        assert_eq!(on(&setting, date(2026, 12, 31)), None);
        assert_eq!(on(&setting, date(2027, 3, 31)).as_deref(), Some("advert_rules.1"));
        assert_eq!(on(&setting, date(2027, 4, 1)).as_deref(), Some("advert_rules.2"));
        setting.apply(in_force(3, date(2027, 4, 1), 28));
        assert_eq!(on(&setting, date(2027, 4, 1)).as_deref(), Some("advert_rules.3"));
    }

    #[test]
    fn no_setting_stands_in_for_another_and_none_waits_for_a_timer() {
        let key = UniqueKey { scope: "setting", value: String::new() };
        assert_eq!(Setting::taken(&key), Refusal::OtherSetting);
        assert!(Setting::due("anything").is_none());
    }
}
