//! What the reimbursements service tells others: each fact is what one letter to one person says.
//! Expenses and involvement payments stand side by side and are never added; no account, no note and
//! no name of anyone who decided is ever in them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ClaimId, PersonId};
use crate::money::Money;

/// What money is for. The two take different routes: expenses give back what someone spent,
/// involvement payments are income.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// What taking part cost.
    Expenses,
    /// For time and work.
    InvolvementPayment,
}

impl PaymentKind {
    /// In the order in which they are listed.
    pub const ALL: [Self; 2] = [Self::Expenses, Self::InvolvementPayment];
}

/// Why a payment did not arrive: the bank's reason, which says nothing of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentFailure {
    /// The bank knows no such account.
    NoSuchAccount,
    /// The account was closed.
    AccountClosed,
    /// Name and account do not belong together, in the bank's view.
    DetailsDoNotAgree,
    /// The bank sent the money back.
    SentBack,
    /// It was taken out of the file before the bank acted on it.
    Stopped,
    /// The bank gave no reason that we know.
    NoReasonGiven,
}

/// What is asked about one line of a claim. All other lines go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineQuestion {
    /// Which line.
    pub line: u8,
    /// A neutral question, in words for the person.
    pub question: String,
}

/// A line that is not paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRefusal {
    /// Which line.
    pub line: u8,
    /// Completes "We cannot pay this line because".
    pub reason: String,
}

/// What others may rely on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A claim has arrived; the person is told that, and what is asked about it at once.
    #[serde(rename = "claim.received.v1")]
    Received {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
        /// The day of what is claimed for.
        activity_on: Date,
        /// What its expenses come to.
        expenses: Money,
        /// What its involvement payment comes to.
        payments: Money,
        /// What is asked about single lines at once; empty where nothing is.
        questions: Vec<LineQuestion>,
    },
    /// Something is asked about some lines.
    #[serde(rename = "claim.queried.v1")]
    Queried {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
        /// The day of what is claimed for.
        activity_on: Date,
        /// Which lines.
        lines: BTreeSet<u8>,
        /// A neutral question, in words for the person.
        question: String,
    },
    /// Some lines were decided. What was approved is paid once a third person has signed.
    #[serde(rename = "claim.decided.v1")]
    Decided {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
        /// The day of what is claimed for.
        activity_on: Date,
        /// Lines that will be paid.
        approved: Vec<u8>,
        /// Lines that will not, each with its reason.
        refused: Vec<LineRefusal>,
        /// Lines that are not decided yet.
        undecided: Vec<u8>,
        /// What the expense lines approved now come to.
        expenses: Money,
        /// What the involvement payment approved now comes to.
        payments: Money,
    },
    /// What was approved is due, from a day on.
    #[serde(rename = "claim.payable.v1")]
    Payable {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
        /// The day of what is claimed for.
        activity_on: Date,
        /// From which day it is due.
        payable_on: Date,
        /// What the expenses due now come to.
        expenses: Money,
        /// What the involvement payment due now comes to.
        payments: Money,
    },
    /// The person took the claim back.
    #[serde(rename = "claim.withdrawn.v1")]
    Withdrawn {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
    },
    /// One payment was made, of one kind.
    #[serde(rename = "claim.paid.v1")]
    Paid {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
        /// The day of what was claimed for.
        activity_on: Date,
        /// From which day it was due.
        payable_on: Date,
        /// On which day it was paid.
        paid_on: Date,
        /// What it is for.
        kind: PaymentKind,
        /// How much.
        amount: Money,
        /// What stands beside it on the bank statement; neutral.
        reference: String,
    },
    /// One payment did not arrive. It is made again once that can help.
    #[serde(rename = "claim.payment_failed.v1")]
    PaymentFailed {
        /// Which claim.
        claim: ClaimId,
        /// Whose.
        person: PersonId,
        /// The day of what was claimed for.
        activity_on: Date,
        /// What it is for.
        kind: PaymentKind,
        /// How much.
        amount: Money,
        /// Why, as far as the bank says.
        reason: PaymentFailure,
    },
}
