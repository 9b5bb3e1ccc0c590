//! Which days of a year are bank holidays in a nation. Nothing here knows the day it is.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Nonsense;

/// Bank holidays differ between the nations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nation {
    /// England.
    England,
    /// Northern Ireland.
    NorthernIreland,
    /// Scotland.
    Scotland,
    /// Wales.
    Wales,
}

impl Nation {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::England => "england",
            Self::NorthernIreland => "northern_ireland",
            Self::Scotland => "scotland",
            Self::Wales => "wales",
        }
    }
}

/// A year's bank holidays in a nation, as published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkingCalendar {
    /// Where they are kept.
    pub nation: Nation,
    /// In which year.
    #[schema(minimum = 2000, maximum = 2200)]
    pub year: i16,
    /// The days themselves.
    #[schema(value_type = Vec<String>, max_items = 60, format = Date)]
    pub bank_holidays: Vec<Date>,
}

impl WorkingCalendar {
    pub(super) fn nonsense(&self) -> Vec<Nonsense> {
        let elsewhere = self.bank_holidays.iter().any(|it| it.year() != self.year);
        let repeated = |(place, it)| self.bank_holidays.iter().take(place).any(|other| other == it);
        let checks = [
            (self.bank_holidays.is_empty(), Nonsense::NoBankHolidays),
            (elsewhere, Nonsense::BankHolidayOfAnotherYear),
            (self.bank_holidays.iter().enumerate().any(repeated), Nonsense::BankHolidayTwice),
        ];
        checks.into_iter().filter(|(holds, _)| *holds).map(|(_, nonsense)| nonsense).collect()
    }
}
