//! The year by which miles are counted: from 6 April to 5 April.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// A tax year, named by the year in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaxYear(pub i16);

impl TaxYear {
    /// The one a day belongs to.
    pub fn of(day: Date) -> Self {
        if day >= date(day.year(), 4, 6) { Self(day.year()) } else { Self(day.year() - 1) }
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn a_tax_year_begins_on_the_sixth_of_april() {
        assert_eq!(TaxYear::of(date(2027, 4, 5)), TaxYear(2026));
        assert_eq!(TaxYear::of(date(2027, 4, 6)), TaxYear(2027));
        assert_eq!(TaxYear::of(date(2027, 12, 31)), TaxYear(2027));
        assert_eq!(TaxYear::of(date(2028, 1, 1)), TaxYear(2027));
    }
}
