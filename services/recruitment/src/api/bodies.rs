//! How each command's body is checked before anything is decided: what is malformed is said field by
//! field. The checks stand with the commands; here they only meet the edge.

use std::collections::BTreeSet;

use contracts::opportunities::Constituency;
use contracts::{GroupId, OpportunityId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError};

use super::given::{GivenAwayReason, GivenName, GivenNeed, GivenWithdrawalReason, check_if_given};
use crate::involvee::{
    Format, GiveConsent, LinkAccount, NameSupporter, UnlinkAccount, WithdrawConsent,
};
use crate::setting::PutInForce;
use crate::{group, seat};

/// A command that needs no words.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenameBody {
    /// What the person is called from now on.
    pub(super) name: GivenName,
}

/// What someone needs in order to take part; nothing at all where they need nothing any more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessNeedBody {
    /// In their own words.
    #[serde(default)]
    pub(super) need: Option<GivenNeed>,
    /// In which formats they read.
    #[serde(default)]
    pub(super) formats: BTreeSet<Format>,
}

/// Being away for a while.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GoAwayBody {
    /// Why, if they wish to say; for the coordinator alone.
    #[serde(default)]
    pub(super) reason: Option<GivenAwayReason>,
}

/// Taking an application back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawBody {
    /// Why, if they wish to say. Nobody has to, and care is not affected.
    #[serde(default)]
    pub(super) reason: Option<GivenWithdrawalReason>,
}

/// Which opportunity is to fill a seat, or does so no longer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpportunityBody {
    /// Which.
    pub(super) opportunity: OpportunityId,
}

/// One more place in a group.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeatBody {
    /// What its holder does.
    pub(super) role: seat::SeatRole,
    /// Who it is for; left out, anyone.
    pub(super) constituency: Option<Constituency>,
    /// Area it belongs to, from the trust's own list; left out, everywhere.
    #[schema(max_length = 80)]
    pub(super) locality: Option<String>,
}

impl SeatBody {
    /// The description of a seat in this group.
    pub(super) fn within(self, group: GroupId) -> seat::Description {
        let Self { role, constituency, locality } = self;
        seat::Description { group, role, constituency, locality }
    }
}

/// What a room found, as the edge tells it.
pub(super) fn fields(malformed: Vec<(String, String)>) -> Vec<FieldError> {
    malformed.into_iter().map(|(field, problem)| FieldError::new(field, problem)).collect()
}

impl Body for Nothing {}

impl Body for OpportunityBody {}

impl Body for WithdrawConsent {}

impl Body for LinkAccount {}

impl Body for UnlinkAccount {}

impl Body for NameSupporter {}

impl Body for PutInForce {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RenameBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.name.check("name", &mut errors);
        errors
    }
}

impl Body for AccessNeedBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_if_given(self.need.as_ref(), "need", &mut errors);
        errors
    }
}

impl Body for GoAwayBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_if_given(self.reason.as_ref(), "reason", &mut errors);
        errors
    }
}

impl Body for WithdrawBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_if_given(self.reason.as_ref(), "reason", &mut errors);
        errors
    }
}

impl Body for GiveConsent {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for group::Charter {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for group::Rename {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for group::Close {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for SeatBody {
    fn malformed(&self) -> Vec<FieldError> {
        fields(self.clone().within(GroupId::default()).malformed())
    }
}

impl Body for seat::Abolish {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}
