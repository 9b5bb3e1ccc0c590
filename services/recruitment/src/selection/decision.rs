//! What a panel can decide on an application, and how it is kept. Nothing here decides.

use contracts::{ApplicationId, PersonId, Sealed};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::personal::{OutcomeReason, PanelNote};

/// A panel's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// A place is offered.
    Offer,
    /// No place now, but perhaps one later.
    Reserve {
        /// The last day on which one may be offered.
        #[schema(value_type = String, format = Date)]
        until: Date,
    },
    /// Not selected this time.
    NotSelected,
}

/// A decision on one application, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// Why, in words for the person and under their key.
    pub reason: Option<Sealed<OutcomeReason>>,
    /// What else belongs on record, under the person's key; they may ask to see it.
    pub internal_reason: Option<Sealed<PanelNote>>,
    /// Whether it goes against the panel's own scores, and says so.
    pub outside_panel_advice: bool,
}

/// A decision as approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedDecision {
    /// On which application.
    pub application: ApplicationId,
    /// On whom.
    pub applicant: PersonId,
    /// What.
    pub decision: Decision,
}
