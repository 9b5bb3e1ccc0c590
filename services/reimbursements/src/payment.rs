//! What a claim and a payment run both say of money: of which kind it is, how much of each kind, and
//! why a payment did not arrive. Nothing here adds expenses to involvement payments.

use contracts::money::{Currency, Money};
use serde::{Deserialize, Serialize};

pub use contracts::reimbursements::{PaymentFailure, PaymentKind as Kind};

/// Sums of both kinds, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// What taking part cost.
    pub expenses: Money,
    /// For time and work.
    pub payments: Money,
}

impl Totals {
    /// Nothing of either.
    pub const fn nothing(currency: Currency) -> Self {
        let nothing = Money { pence: 0, currency };
        Self { expenses: nothing, payments: nothing }
    }

    /// With one amount more; `None` where currencies differ or the sum leaves the range.
    pub fn with(self, kind: Kind, amount: Money) -> Option<Self> {
        match kind {
            Kind::Expenses => self.expenses.plus(amount).map(|expenses| Self { expenses, ..self }),
            Kind::InvolvementPayment => {
                self.payments.plus(amount).map(|payments| Self { payments, ..self })
            }
        }
    }

    /// One of the two.
    pub const fn of(self, kind: Kind) -> Money {
        match kind {
            Kind::Expenses => self.expenses,
            Kind::InvolvementPayment => self.payments,
        }
    }
}

/// Lines of one claim and one kind that were authorised together, and are paid together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Counts up from 1 within its claim.
    pub number: u8,
    /// Of which kind all of it is.
    pub kind: Kind,
    /// The claim's lines.
    pub lines: Vec<u8>,
    /// What they come to.
    pub amount: Money,
}

#[cfg(test)]
mod stories {
    use super::*;
    use crate::story::Seeded;

    #[test]
    fn the_two_kinds_are_summed_apart() {
        let totals = Totals::nothing(Currency::Gbp)
            .with(Kind::Expenses, Money::sterling(320))
            .and_then(|it| it.with(Kind::InvolvementPayment, Money::sterling(7_500)))
            .and_then(|it| it.with(Kind::Expenses, Money::sterling(5)))
            .unwrap();
        assert_eq!(totals.of(Kind::Expenses), Money::sterling(325));
        assert_eq!(totals.of(Kind::InvolvementPayment), Money::sterling(7_500));
    }

    #[test]
    fn pounds_and_euro_are_never_added() {
        let cent = Money { pence: 1, currency: Currency::Eur };
        for kind in Kind::ALL {
            assert_eq!(Totals::nothing(Currency::Gbp).with(kind, cent), None);
        }
    }

    #[test]
    fn no_penny_changes_sides_whatever_the_order() {
        for seed in 0..2_000 {
            let mut chance = Seeded(seed);
            let mut totals = Totals::nothing(Currency::Gbp);
            let (mut expenses, mut payments) = (0_i64, 0_i64);
            for _ in 0..chance.below(30) {
                let pence = i64::try_from(chance.below(100_000)).unwrap();
                let kind = if chance.below(2) == 0 {
                    expenses += pence;
                    Kind::Expenses
                } else {
                    payments += pence;
                    Kind::InvolvementPayment
                };
                totals = totals.with(kind, Money::sterling(pence)).unwrap();
            }
            assert_eq!(
                (totals.expenses.pence, totals.payments.pence),
                (expenses, payments),
                "seed {seed}"
            );
        }
    }
}
