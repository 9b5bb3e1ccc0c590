//! The lines of a claim: what is asked for, what it comes to, and what is asked about it. An
//! involvement payment is a line of its own, and there only by the person's own yes.

use std::fmt;

use contracts::personal::CostNote;
use contracts::{Money, Sealed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::payment::Kind;
use crate::rate_card::{FareKind, Measure, Vehicle};

/// What one line asks for. A request's body holds notes as they were typed, `Item<CostNote>`; the
/// room knows them only sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub enum Item<Note = Sealed<CostNote>> {
    /// For time or work.
    InvolvementPayment {
        /// The person's yes. A payment that nobody said yes to is never owed.
        takes_payment: bool,
        /// How long it took or how much was done, in the person's view; as recorded where they do not
        /// say.
        #[serde(default)]
        measure: Option<Measure>,
        /// The person wants no more than this. What they would have had is written down nowhere.
        #[serde(default)]
        at_most: Option<Money>,
    },
    /// Miles.
    Mileage {
        /// How far, in tenths of a mile.
        tenths_of_miles: u32,
        /// By what.
        vehicle: Vehicle,
        /// Whether the journey was made so because of an access need. Nobody asks further then.
        #[serde(default)]
        access_need: bool,
        /// From where to where.
        note: Option<Note>,
    },
    /// A fare, or parking.
    Fare {
        /// For what.
        kind: FareKind,
        /// What was paid.
        amount: Money,
        /// Whether there is a ticket or receipt.
        receipt: bool,
        /// Whether it was needed because of an access need. Nobody asks for a receipt then.
        #[serde(default)]
        access_need: bool,
        /// What it was for.
        note: Option<Note>,
    },
}

impl<Note> Item<Note> {
    /// Of which kind the money is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::InvolvementPayment { .. } => Kind::InvolvementPayment,
            Self::Mileage { .. } | Self::Fare { .. } => Kind::Expenses,
        }
    }

    /// Whether another item is of the same sort, so that it can take this one's place.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A line with its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Counts up from 1 within its claim.
    pub number: u8,
    /// What is asked for.
    pub item: Item,
    /// What it comes to.
    pub amount: Money,
    /// How that was reckoned, in words for the person paid.
    pub working: String,
    /// What was asked about it at once, by rule; always a neutral question.
    pub question: Option<Question>,
}

/// What someone is asked about a line. It suspects nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// A fare that usually has a receipt has none.
    Receipt,
    /// A journey to what took place online or by telephone.
    Journey,
    /// Asked by a human, in their words.
    Asked {
        /// Theirs.
        words: String,
    },
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Receipt => {
                "Do you still have the ticket or receipt? If not, that is all right: please tell us \
                 in a few words what this was for."
            }
            Self::Journey => {
                "We have noted that this took place online or by telephone. Please tell us in a few \
                 words what the journey was for."
            }
            Self::Asked { words } => words,
        })
    }
}
