//! The settings of this service and what each may hold. Nothing here is free text or free JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Nation, Nonsense, SelectionRules, TermPolicy, WorkingCalendar};

/// From which the ids of this service's settings are derived.
const SETTINGS: Uuid = Uuid::from_u128(0x7365_7474_696e_6773_5f6f_665f_7265_6372);

/// One setting's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Values {
    /// How panels are made up and how they score.
    SelectionRules(SelectionRules),
    /// How long someone serves.
    TermPolicy(TermPolicy),
    /// A year's bank holidays in a nation.
    WorkingCalendar(WorkingCalendar),
}

impl Values {
    /// Which setting they are for.
    pub fn name(&self) -> Name {
        match self {
            Self::SelectionRules(_) => Name::SelectionRules,
            Self::TermPolicy(_) => Name::TermPolicy,
            Self::WorkingCalendar(it) => Name::WorkingCalendar { nation: it.nation, year: it.year },
        }
    }

    pub(super) fn nonsense(&self) -> Vec<Nonsense> {
        match self {
            Self::SelectionRules(it) => it.nonsense(),
            Self::TermPolicy(it) => it.nonsense(),
            Self::WorkingCalendar(it) => it.nonsense(),
        }
    }
}

/// Names a setting. Its `Display` is permanent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// How panels are made up and how they score.
    SelectionRules,
    /// How long someone serves.
    TermPolicy,
    /// A year's bank holidays in a nation; each is a setting of its own.
    WorkingCalendar {
        /// Where.
        nation: Nation,
        /// When.
        year: i16,
    },
}

impl Name {
    /// The setting's stream.
    pub fn stream(self) -> Uuid {
        Uuid::new_v5(&SETTINGS, self.to_string().as_bytes())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelectionRules => f.write_str("selection_rules"),
            Self::TermPolicy => f.write_str("term_policy"),
            Self::WorkingCalendar { nation, year } => {
                write!(f, "working_calendar.{}.{year}", nation.name())
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn a_setting_keeps_its_stream() {
        let england = Name::WorkingCalendar { nation: Nation::England, year: 2027 };
        let streams = [Name::SelectionRules, Name::TermPolicy, england].map(Name::stream);
        assert_eq!(
            streams.map(|it| it.to_string()),
            [
                "ff5477d3-74a6-595a-9e6c-6323d4b8f444",
                "e6d15547-a0bc-55fa-bdb6-d529de5cb5fa",
                "bbda2b63-8b88-55be-ba8a-876599ac11a1"
            ]
        );
    }

    #[test]
    fn each_nation_and_year_has_a_calendar_of_its_own() {
        let names = [Nation::England, Nation::NorthernIreland, Nation::Scotland, Nation::Wales]
            .map(|nation| Name::WorkingCalendar { nation, year: 2027 }.to_string());
        assert_eq!(
            names,
            [
                "working_calendar.england.2027",
                "working_calendar.northern_ireland.2027",
                "working_calendar.scotland.2027",
                "working_calendar.wales.2027"
            ]
        );
    }
}
