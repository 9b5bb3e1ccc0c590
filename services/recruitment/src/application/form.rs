//! What an applicant writes. Equality answers have no place in it: nobody who decides sees any.

use contracts::Sealed;
use serde::{Deserialize, Serialize};

use crate::personal::{AccessNeed, ApplicationText};

/// An application as filled in, online or on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Answers to the published criteria.
    pub answers: Vec<Answer>,
    /// Why they are interested, as much as they wish to say.
    pub why: Option<Sealed<ApplicationText>>,
    /// Interests they declare, such as a post with a supplier.
    pub interests: Option<Sealed<ApplicationText>>,
    /// When they can come to a talk, and when they cannot.
    pub availability: Option<Sealed<ApplicationText>>,
    /// What they need in order to take part in how people are chosen.
    pub adjustments: Option<Sealed<AccessNeed>>,
    /// That they have read how what they write is used.
    pub data_use_understood: bool,
    /// That they have reached the youngest age for this, where their registration does not tell.
    pub of_required_age: bool,
}

/// An answer to one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The criterion's code.
    pub criterion: String,
    /// What they wrote.
    pub text: Sealed<ApplicationText>,
}
