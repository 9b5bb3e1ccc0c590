//! What is asked of a panel's work. Personal texts are named field by field where they need mending;
//! what depends on how far the work has come is the room's to judge.

use contracts::personal::{OutcomeReasonKind, PanelNoteKind};
use contracts::{ApplicationId, PersonId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError, text};

use super::super::given::{Given, check_if_given};
use crate::selection::{Decision, DeclareConflict, Member};

type GivenNote = Given<PanelNoteKind>;
type GivenReason = Given<OutcomeReasonKind>;

/// No panel is larger.
const MEMBERS_MAX: usize = 20;
/// A criterion's code is a short name.
const CODE_CHARS_MAX: usize = 80;

/// Who decides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PanelBody {
    /// Everyone who is to be on the panel.
    #[schema(max_items = 20)]
    pub(super) members: Vec<Member>,
}

/// One score.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScoreBody {
    /// Which application.
    pub(super) application: ApplicationId,
    /// On which criterion, by its code.
    #[schema(max_length = 80)]
    pub(super) criterion: String,
    /// How many points.
    pub(super) points: u8,
    /// On what evidence. The person it is about may ask to see it.
    pub(super) evidence: GivenNote,
}

/// What the panel decided on one application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionBody {
    /// On which application.
    pub(super) application: ApplicationId,
    /// What.
    pub(super) decision: Decision,
    /// Why, in words for the person.
    pub(super) reason: Option<GivenReason>,
    /// What else belongs on record. The person it is about may ask to see it.
    pub(super) internal_reason: Option<GivenNote>,
    /// Whether it goes against the panel's own scores; the internal reason then says why.
    #[serde(default)]
    pub(super) outside_panel_advice: bool,
}

/// That the outcome may be told.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalBody {
    /// Whom people can reach on the day they are told.
    pub(super) reachable: PersonId,
}

impl Body for DeclareConflict {}

impl Body for ApprovalBody {}

impl Body for PanelBody {
    fn malformed(&self) -> Vec<FieldError> {
        if self.members.len() > MEMBERS_MAX {
            let problem = format!("Please name at most {MEMBERS_MAX} members.");
            return vec![FieldError::new("members", problem)];
        }
        Vec::new()
    }
}

impl Body for ScoreBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        text::line("criterion", &self.criterion, CODE_CHARS_MAX, &mut errors);
        self.evidence.check("evidence", &mut errors);
        errors
    }
}

impl Body for DecisionBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_if_given(self.reason.as_ref(), "reason", &mut errors);
        check_if_given(self.internal_reason.as_ref(), "internal_reason", &mut errors);
        errors
    }
}
