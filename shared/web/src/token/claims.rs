//! What a token says, as it is written: read here, and signed by whoever runs an issuer of our own.
//! A role we do not know, or one that is written wrongly, grants nothing.

use std::collections::BTreeMap;

use contracts::PersonId;
use serde::{Deserialize, Serialize};

use crate::caller::Grant;
use crate::role::Role;

/// The claim that holds the roles unless the configuration names another.
pub(super) const ROLES: &str = "roles";
/// How many roles one token may grant.
const ROLES_MAX: usize = 64;

/// The claims of an access token. Times are whole seconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// Whom it names, in the issuer's own way.
    pub sub: String,
    /// For whom it is meant.
    pub aud: Audience,
    /// When it ends.
    pub exp: i64,
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// When it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Everything else, the roles among it.
    #[serde(flatten)]
    pub others: BTreeMap<String, serde_json::Value>,
}

/// One audience or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

/// One role as a token grants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleClaim {
    /// The role's permanent name.
    pub role: String,
    /// For which localities; an empty list means all. A coordinator's grant that says nothing of
    /// localities grants nothing, so that a forgotten mapping never opens everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub localities: Option<Vec<String>>,
    /// For a supporter, the one person supported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl RoleClaim {
    /// A role that holds everywhere.
    pub fn everywhere(role: Role) -> Self {
        Self { role: role.name().to_owned(), localities: Some(Vec::new()), person: None }
    }

    /// A role for these localities.
    pub fn within(role: Role, localities: &[&str]) -> Self {
        let localities = localities.iter().map(|name| (*name).to_owned()).collect();
        Self { role: role.name().to_owned(), localities: Some(localities), person: None }
    }

    /// The supporter of one person.
    pub fn supporter_of(person: PersonId) -> Self {
        Self { role: Role::Supporter.name().to_owned(), localities: None, person: Some(person) }
    }

    fn grant(self) -> Option<Grant> {
        let role = Role::named(&self.role)?;
        match role {
            Role::Coordinator if self.localities.is_none() => return None,
            Role::Supporter if self.person.is_none() => return None,
            Role::Visitor
            | Role::Involvee
            | Role::Supporter
            | Role::Coordinator
            | Role::EngagementLead
            | Role::OpportunityOwner
            | Role::GroupChair
            | Role::PanelMember
            | Role::Approver
            | Role::BudgetHolder
            | Role::Finance
            | Role::Auditor
            | Role::InformationGovernance
            | Role::ReportReader
            | Role::Administrator => {}
        }
        Some(Grant { role, localities: self.localities.unwrap_or_default(), person: self.person })
    }
}

impl Claims {
    /// Puts roles into the claim that is read unless the configuration names another.
    #[must_use]
    pub fn with_roles(mut self, roles: &[RoleClaim]) -> Self {
        let roles = serde_json::to_value(roles).unwrap_or_default();
        self.others.insert(ROLES.to_owned(), roles);
        self
    }

    pub(super) fn grants(&self, roles_claim: &str) -> Vec<Grant> {
        let Some(serde_json::Value::Array(roles)) = self.others.get(roles_claim) else {
            return Vec::new();
        };
        roles
            .iter()
            .take(ROLES_MAX)
            .filter_map(|role| RoleClaim::deserialize(role).ok()?.grant())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use contracts::PersonId;
    use serde_json::json;

    use super::{Audience, Claims, RoleClaim};
    use crate::role::Role;

    fn claims(roles: serde_json::Value) -> Claims {
        let mut claims = Claims {
            iss: "https://issuer.example".to_owned(),
            sub: "someone".to_owned(),
            aud: Audience::One("involvement".to_owned()),
            exp: 0,
            nbf: None,
            iat: None,
            others: std::collections::BTreeMap::new(),
        };
        claims.others.insert("roles".to_owned(), roles);
        claims
    }

    #[test]
    fn roles_written_wrongly_grant_nothing() {
        for role in [
            json!("coordinator"),
            json!({ "role": "coordinator" }),
            json!({ "role": "coordinator", "localities": null }),
            json!({ "role": "coordinator", "localities": "north" }),
            json!({ "role": "Coordinator", "localities": [] }),
            json!({ "role": "supporter" }),
            json!({ "role": "supporter", "person": "somebody" }),
            json!({ "role": "emperor", "localities": [] }),
        ] {
            assert!(claims(json!([role])).grants("roles").is_empty(), "{role}");
        }
        assert!(claims(json!({ "role": "auditor" })).grants("roles").is_empty());
        assert!(claims(json!([{ "role": "auditor" }])).grants("groups").is_empty());
    }

    #[test]
    fn what_is_signed_is_what_is_read() {
        let person = PersonId::new(uuid::Uuid::from_u128(7));
        let roles = [
            RoleClaim::within(Role::Coordinator, &["north"]),
            RoleClaim::everywhere(Role::Finance),
            RoleClaim::supporter_of(person),
        ];
        let grants = claims(json!([])).with_roles(&roles).grants("roles");
        let roles: Vec<Role> = grants.iter().map(|grant| grant.role).collect();
        assert_eq!(roles, [Role::Coordinator, Role::Finance, Role::Supporter]);
        assert_eq!(grants[0].localities, ["north"]);
        assert!(grants[1].localities.is_empty());
        assert_eq!(grants[2].person, Some(person));
    }
}
