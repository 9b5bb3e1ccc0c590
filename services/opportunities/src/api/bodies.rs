//! How each command's body is checked before anything is decided: what is malformed is said field by
//! field. The checks stand with the commands; here they only meet the edge.

use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError};

use crate::opportunity::approve::Approval;
use crate::opportunity::{
    Content, DraftAdvert, ExtendClosing, Internal, RecordOutcome, RecordPublicity,
    ReturnForRevision, Source, Withdraw,
};

/// A command that needs no words.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Body for Nothing {}

/// A new advert, complete or not.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Begin {
    /// What people will see.
    pub advert: DraftAdvert,
    /// What they will not.
    pub internal: Internal,
    /// The published notice it is taken from, if it is.
    pub source: Option<Source>,
}

impl Body for Begin {
    fn malformed(&self) -> Vec<FieldError> {
        let content = Content { advert: self.advert.clone(), internal: self.internal.clone() };
        let source = self.source.as_ref().map(Source::malformed).unwrap_or_default();
        fields(Content::malformed(&content).into_iter().chain(source).collect())
    }
}

fn fields(malformed: Vec<(String, String)>) -> Vec<FieldError> {
    malformed.into_iter().map(|(field, problem)| FieldError::new(field, problem)).collect()
}

impl Body for Content {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for ReturnForRevision {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for Approval {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for ExtendClosing {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for Withdraw {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RecordOutcome {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RecordPublicity {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}
