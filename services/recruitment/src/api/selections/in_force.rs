//! The settings a panel's work is judged by, as they hold on a day. Read from the settings' own
//! rooms, so that what was put in force a moment ago counts.

use jiff::civil::Date;
use web::Problem;

use super::super::State;
use crate::setting::{
    Name, Nation, SelectionRules, Setting, Values, Version, WorkingCalendar, in_force,
};

/// The version cited where a trust has put no rules of its own in force.
const SUGGESTED: u32 = 0;
const NATIONS: [Nation; 4] =
    [Nation::England, Nation::NorthernIreland, Nation::Scotland, Nation::Wales];

/// The rules for a panel.
pub(super) struct Rules {
    /// What they say.
    pub(super) values: SelectionRules,
    /// Which version they are.
    pub(super) version: u32,
}

/// Working calendars, and how they are cited.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Calendars {
    /// The bank holidays of each nation and year.
    pub(super) values: Vec<WorkingCalendar>,
    /// Such as `working_calendar.england.2027.1`.
    pub(super) cited: Vec<String>,
}

/// How a decision cites the rules its panel works under.
pub(super) fn cited(rules_version: u32) -> String {
    match rules_version {
        SUGGESTED => "selection_rules.suggested".to_owned(),
        version => format!("{}.{version}", Name::SelectionRules),
    }
}

impl State {
    /// The rules for panels that hold on a day; the suggested ones where none were put in force.
    pub(super) async fn selection_rules(&self, today: Date) -> Result<Rules, Problem> {
        let found = self.version_in_force(Name::SelectionRules, today).await?;
        Ok(match found {
            Some(Version { version, values: Values::SelectionRules(values), .. }) => {
                Rules { values, version }
            }
            Some(Version {
                values: Values::TermPolicy(_) | Values::WorkingCalendar(_), ..
            })
            | None => Rules { values: SelectionRules::SUGGESTED, version: SUGGESTED },
        })
    }

    /// This year's working calendars and the next's, of every nation whose calendar the trust keeps:
    /// people of two nations are told on no day before a holiday of either. A year counts as known
    /// once each of those nations' is.
    pub(super) async fn working_calendars(&self, today: Date) -> Result<Calendars, Problem> {
        let this_year = self.calendars_of(today.year(), &NATIONS, today).await?;
        let kept: Vec<Nation> = this_year.values.iter().map(|it| it.nation).collect();
        let next_year = self.calendars_of(today.year().saturating_add(1), &kept, today).await?;
        Ok(this_year.and_if_all_are_known(next_year))
    }

    async fn calendars_of(
        &self,
        year: i16,
        nations: &[Nation],
        today: Date,
    ) -> Result<Calendars, Problem> {
        let mut calendars = Calendars::default();
        // Put in force from its own first day, a year's calendar is known before that day.
        let on = Date::new(year, 1, 1).map_or(today, |first| today.max(first));
        for nation in nations {
            let name = Name::WorkingCalendar { nation: *nation, year };
            let Some(version) = self.version_in_force(name, on).await? else { continue };
            calendars.cited.push(version.cited());
            match version.values {
                Values::WorkingCalendar(calendar) => calendars.values.push(calendar),
                Values::SelectionRules(_) | Values::TermPolicy(_) => {}
            }
        }
        Ok(calendars)
    }

    async fn version_in_force(&self, name: Name, on: Date) -> Result<Option<Version>, Problem> {
        let loaded = self.edge.executor().load::<Setting>(name.stream()).await?;
        Ok(in_force(&loaded.room.versions, &name, on).cloned())
    }
}

impl Calendars {
    fn and_if_all_are_known(mut self, next_year: Self) -> Self {
        if next_year.values.len() == self.values.len() {
            self.values.extend(next_year.values);
            self.cited.extend(next_year.cited);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Calendars, Nation, WorkingCalendar, cited};

    fn calendars(year: i16, nations: &[Nation]) -> Calendars {
        let calendar = |nation: &Nation| WorkingCalendar {
            nation: *nation,
            year,
            bank_holidays: vec![date(year, 1, 1)],
        };
        let values: Vec<_> = nations.iter().map(calendar).collect();
        let cited = values.iter().map(|it| format!("{}.{}", it.nation.name(), it.year)).collect();
        Calendars { values, cited }
    }

    #[test]
    fn a_year_is_known_once_every_nation_of_the_trust_s_is() {
        let both = [Nation::England, Nation::Wales];
        let one_lacks = calendars(2027, &both).and_if_all_are_known(calendars(2028, &both[..1]));
        assert_eq!(one_lacks, calendars(2027, &both));
        let known = calendars(2027, &both).and_if_all_are_known(calendars(2028, &both));
        assert_eq!(known.cited, ["england.2027", "wales.2027", "england.2028", "wales.2028"]);
        assert_eq!(known.values.len(), 4);
    }

    #[test]
    fn what_a_trust_has_not_set_is_cited_as_suggested() {
        assert_eq!(cited(0), "selection_rules.suggested");
        assert_eq!(cited(3), "selection_rules.3");
    }
}
