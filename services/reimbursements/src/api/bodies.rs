//! How each command's body is checked before anything is decided: what is malformed is said field by
//! field. The checks stand with the commands; here they only meet the edge.

use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError};

use super::given::GivenNote;
use crate::claim::{Answer, AnswerQuery, Approve, Authorise, Item, Query, Submission};
use crate::payment_batch::{MarkFailed, MarkPaid, Open, PartOf};
use crate::rate_card::{Draft, PutInForce};

/// A command that needs no words.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl Body for Nothing {}

/// A part to be taken into a run by hand.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddBody {
    /// What is to be paid.
    pub(super) of: PartOf,
    /// Whether the person was asked, and said yes to two involvement payments in one run.
    #[serde(default)]
    pub(super) agreed_to_share: bool,
}

impl Body for AddBody {}

fn fields(malformed: Vec<(String, String)>) -> Vec<FieldError> {
    malformed.into_iter().map(|(field, problem)| FieldError::new(field, problem)).collect()
}

fn note_of(item: &Item<GivenNote>) -> Option<&GivenNote> {
    match item {
        Item::InvolvementPayment { .. } => None,
        Item::Mileage { note, .. } | Item::Fare { note, .. } => note.as_ref(),
    }
}

impl Body for Submission<GivenNote> {
    fn malformed(&self) -> Vec<FieldError> {
        let mut found = fields(Self::malformed(self));
        for (place, item) in self.lines.iter().enumerate() {
            if let Some(note) = note_of(item) {
                note.check(format!("lines[{place}].note"), &mut found);
            }
        }
        found
    }
}

impl Body for AnswerQuery<GivenNote> {
    fn malformed(&self) -> Vec<FieldError> {
        let mut found = Vec::new();
        match &self.answer {
            Answer::Explained { note } => note.check("answer.note".to_owned(), &mut found),
            Answer::Corrected { item } => {
                if let Some(note) = note_of(item) {
                    note.check("answer.item.note".to_owned(), &mut found);
                }
            }
        }
        found
    }
}

impl Body for Query {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for Approve {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for Authorise {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for Draft {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for PutInForce {}
impl Body for Open {}
impl Body for MarkPaid {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}
impl Body for MarkFailed {}
