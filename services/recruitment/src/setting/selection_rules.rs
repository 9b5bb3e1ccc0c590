//! How panels are made up and how they score. Nothing here is a panel's own decision.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Nonsense;

/// Finer than this, two assessors' points mean different things.
const SCALE_MAX: u8 = 20;

/// What holds for panels whose selection is begun while it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectionRules {
    /// How many members a panel has at least, and how many must be free to decide on each applicant.
    pub minimum_members: u8,
    /// How many of them are people involved, at least.
    pub minimum_involvees: u8,
    /// The highest score; the lowest is 0.
    pub scale_max: u8,
    /// The lowest score, on average, at which an essential criterion is met.
    pub essential_minimum: u8,
}

impl SelectionRules {
    /// What a trust may begin with: two members, one of them involved; 0 to 4, of which 2 for what
    /// is essential.
    pub const SUGGESTED: Self =
        Self { minimum_members: 2, minimum_involvees: 1, scale_max: 4, essential_minimum: 2 };

    pub(super) fn nonsense(self) -> Vec<Nonsense> {
        let checks = [
            (self.minimum_members < 2, Nonsense::PanelOfOne),
            (self.minimum_involvees > self.minimum_members, Nonsense::MoreInvolveesThanMembers),
            (self.scale_max == 0, Nonsense::ScaleOfOnePoint),
            (self.scale_max > SCALE_MAX, Nonsense::ScaleTooFine),
            (self.essential_minimum > self.scale_max, Nonsense::EssentialMinimumBeyondScale),
        ];
        checks.into_iter().filter(|(holds, _)| *holds).map(|(_, nonsense)| nonsense).collect()
    }
}
