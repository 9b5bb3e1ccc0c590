//! The roles people act in. Their names are permanent: they stand in tokens, access tables and in
//! the authority of every event. A role alone never decides; scope and relation do with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What someone may be to the trust.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Anyone at all, signed in or not.
    Visitor,
    /// A person acting for themselves. Whoever is signed in has this role without being given it.
    Involvee,
    /// Someone who helps one person, and may act for that person alone.
    Supporter,
    /// Staff of the involvement team, for some localities or for all.
    Coordinator,
    /// Leads the involvement team; everywhere.
    EngagementLead,
    /// Answers for single opportunities.
    OpportunityOwner,
    /// Chairs single groups.
    GroupChair,
    /// Sits on single selections.
    PanelMember,
    /// Approves what others have prepared.
    Approver,
    /// Answers for a budget.
    BudgetHolder,
    /// Pays.
    Finance,
    /// Reads the whole history.
    Auditor,
    /// Answers for people's data.
    InformationGovernance,
    /// Reads reports, in which nobody can be recognised.
    ReportReader,
    /// Keeps the installation going; sees nobody's data by it.
    Administrator,
}

impl Role {
    /// Every role, in the order of their declaration.
    pub const ALL: [Self; 15] = [
        Self::Visitor,
        Self::Involvee,
        Self::Supporter,
        Self::Coordinator,
        Self::EngagementLead,
        Self::OpportunityOwner,
        Self::GroupChair,
        Self::PanelMember,
        Self::Approver,
        Self::BudgetHolder,
        Self::Finance,
        Self::Auditor,
        Self::InformationGovernance,
        Self::ReportReader,
        Self::Administrator,
    ];

    /// The staff who may act for a person that cannot, or would rather not, use the system.
    pub const STAFF: [Self; 2] = [Self::Coordinator, Self::EngagementLead];

    /// The permanent name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Involvee => "involvee",
            Self::Supporter => "supporter",
            Self::Coordinator => "coordinator",
            Self::EngagementLead => "engagement_lead",
            Self::OpportunityOwner => "opportunity_owner",
            Self::GroupChair => "group_chair",
            Self::PanelMember => "panel_member",
            Self::Approver => "approver",
            Self::BudgetHolder => "budget_holder",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::InformationGovernance => "information_governance",
            Self::ReportReader => "report_reader",
            Self::Administrator => "administrator",
        }
    }

    /// The role of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role reaches only what its holder stands in a relation to (themselves, the
    /// person supported, their own opportunity, group or selection), so that no locality opens
    /// anything by it. The service knows these relations; no token does.
    pub const fn needs_relation(self) -> bool {
        match self {
            Self::Visitor
            | Self::Involvee
            | Self::Supporter
            | Self::OpportunityOwner
            | Self::GroupChair
            | Self::PanelMember => true,
            Self::Coordinator
            | Self::EngagementLead
            | Self::Approver
            | Self::BudgetHolder
            | Self::Finance
            | Self::Auditor
            | Self::InformationGovernance
            | Self::ReportReader
            | Self::Administrator => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn every_role_is_found_by_its_stored_name() {
        for role in Role::ALL {
            assert_eq!(Role::named(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        assert_eq!(Role::named("Coordinator"), None);
    }
}
