//! What is in a payment run and what it adds up to. Expenses and involvement payments are summed
//! apart; their total is the file's, and is shown to nobody as what they were paid.

use contracts::money::{Currency, Money};
use contracts::{ClaimId, PersonId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::payment::{Kind, PaymentFailure, Totals};

/// A payment run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The day it is planned for.
    pub run_on: Date,
    /// In the order in which they were added.
    pub entries: Vec<Entry>,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What is paid.
    pub of: PartOf,
    /// To whom.
    pub person: PersonId,
    /// Of which kind it is.
    pub kind: Kind,
    /// How much.
    pub amount: Money,
    /// What stands beside it on the person's bank statement.
    pub reference: String,
    /// What came of it.
    pub standing: EntryStanding,
}

/// A part of a claim.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct PartOf {
    /// Which claim.
    pub claim: ClaimId,
    /// Which part of it.
    pub part: u8,
}

/// What came of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryStanding {
    /// Nothing is known yet.
    Pending,
    /// It was paid.
    Paid {
        /// On which day.
        on: Date,
    },
    /// It did not arrive.
    Failed {
        /// Why, as far as the bank says.
        reason: PaymentFailure,
    },
}

/// What a locked run adds up to, for comparing with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RunControl)]
pub struct Control {
    /// How many payments.
    pub count: u32,
    /// All expenses.
    pub expenses: Money,
    /// All involvement payments.
    pub payments: Money,
    /// What leaves the account.
    pub total: Money,
}

impl Run {
    pub(super) fn on(run_on: Date) -> Self {
        Self { run_on, entries: Vec::new() }
    }

    /// One payment; `None` where there is no such.
    pub fn entry(&self, of: PartOf) -> Option<&Entry> {
        self.entries.iter().find(|it| it.of == of)
    }

    pub(super) fn stand(&mut self, of: PartOf, standing: EntryStanding) {
        for it in self.entries.iter_mut().filter(|it| it.of == of) {
            it.standing = standing;
        }
    }

    /// The currency of all of it; `None` while there is nothing in it.
    pub(super) fn currency(&self) -> Option<Currency> {
        self.entries.first().map(|it| it.amount.currency)
    }

    /// What it adds up to; `None` where there is nothing in it, or no sum of it.
    pub fn control(&self) -> Option<Control> {
        let nothing = Totals::nothing(self.currency()?);
        let Totals { expenses, payments } =
            self.entries.iter().try_fold(nothing, |sums, it| sums.with(it.kind, it.amount))?;
        let count = u32::try_from(self.entries.len()).ok()?;
        Some(Control { count, expenses, payments, total: expenses.plus(payments)? })
    }
}
