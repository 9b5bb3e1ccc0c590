//! The figures on a rate card: what is paid for time and work, by the mile, and for which fares a
//! receipt is needed. Computes nothing.

use std::collections::BTreeSet;

use contracts::Money;
use contracts::money::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wording::Wording;

const PAYMENT_RATES_MAX: usize = 20;
const BANDS_MAX: usize = 10;
const NAME_CHARACTERS_MAX: usize = 80;

/// All figures of one card, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// What staff and people call the card.
    #[schema(max_length = 80)]
    pub name: String,
    /// For time and work; none where only expenses are paid.
    #[schema(max_items = 20)]
    pub payments: Vec<PaymentRate>,
    /// By the mile.
    pub mileage: MileageRates,
    /// Fares that a ticket or receipt is asked for. Costs of access needs are never asked about.
    pub receipts_for: BTreeSet<FareKind>,
}

/// What is paid for one kind of activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRate {
    /// Short name by which an activity says what it is paid by, such as `decision_meeting`.
    #[schema(max_length = 40)]
    pub code: String,
    /// What people call it.
    #[schema(max_length = 80)]
    pub name: String,
    /// How it is reckoned.
    pub basis: Basis,
}

/// How an involvement payment is reckoned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Basis {
    /// By how long it took, in bands; the shortest first.
    ByTime {
        /// The last has no end.
        #[schema(max_items = 10)]
        bands: Vec<Band>,
    },
    /// The same for every piece of work, such as a document read.
    PerPiece {
        /// For one.
        amount: Money,
    },
}

/// A stretch of time for which one amount is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Where it ends; the last band does not.
    pub up_to: Option<UpTo>,
    /// What is paid.
    pub amount: Money,
}

/// The end of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpTo {
    /// After so many.
    pub minutes: u32,
    /// On which side exactly so many fall.
    pub edge: Edge,
}

/// On which side of a band's end its very minute falls. Schemes differ, and the difference is a half
/// day's pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Exactly so many minutes still belong to the band: "up to and including 4 hours".
    Inclusive,
    /// Exactly so many belong to the next: "4 hours or longer".
    Exclusive,
}

/// What is paid for one mile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MileageRates {
    /// By car, for the first miles of a tax year.
    pub car: Money,
    /// How many miles of a tax year are paid at the first rate.
    pub car_first_miles: u32,
    /// By car, for the miles after those.
    pub car_after: Money,
    /// More for each other person involved who is given a lift.
    pub passenger: Money,
    /// By motorcycle.
    pub motorcycle: Money,
    /// By bicycle.
    pub bicycle: Money,
}

/// What a fare was paid for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FareKind {
    /// A bus or tram.
    Bus,
    /// A train.
    Train,
    /// A taxi.
    Taxi,
    /// Parking a car.
    Parking,
}

impl Rates {
    /// The one currency of the card.
    pub fn currency(&self) -> Currency {
        self.mileage.car.currency
    }

    /// What is paid for activities of this code.
    pub fn payment(&self, code: &str) -> Option<&PaymentRate> {
        self.payments.iter().find(|it| it.code == code)
    }

    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("name", &self.name, NAME_CHARACTERS_MAX);
        wording.at_most("payments", self.payments.len(), PAYMENT_RATES_MAX);
        for (place, it) in self.payments.iter().enumerate() {
            wording.code(&format!("payments[{place}].code"), &it.code);
            wording.line(&format!("payments[{place}].name"), &it.name, NAME_CHARACTERS_MAX);
            if let Basis::ByTime { bands } = &it.basis {
                wording.at_most(&format!("payments[{place}].basis.bands"), bands.len(), BANDS_MAX);
            }
        }
        wording.found()
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn every_problem_names_its_field() {
        assert_eq!(rates().malformed(), []);
        let mut rates = rates();
        rates.name = " ".to_owned();
        rates.payments[0].code = "Two Words".to_owned();
        rates.payments[1].name = "A\nB".to_owned();
        rates.payments[1].basis =
            Basis::ByTime { bands: vec![Band { up_to: None, amount: Money::sterling(1) }; 11] };
        let fields: Vec<String> = rates.malformed().into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            ["name", "payments[0].code", "payments[1].name", "payments[1].basis.bands"]
        );
    }

    #[test]
    fn an_activity_finds_what_it_is_paid_by() {
        let rates = rates();
        assert_eq!(rates.payment("reading").map(|it| it.name.as_str()), Some("Reading a document"));
        assert_eq!(rates.payment("Reading"), None);
        assert_eq!(rates.currency(), Currency::Gbp);
    }
}
