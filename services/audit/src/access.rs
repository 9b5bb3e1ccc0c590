//! Who may use which route. What is not listed here, nobody may. How much of a history each reader
//! sees, `reading` says.

use web::{AccessRule, OnBehalf, Role};

/// Also open to people for their own history, and to coordinators for opportunities of theirs.
const TIMELINE_READERS: &[Role] = &[
    Role::Auditor,
    Role::InformationGovernance,
    Role::EngagementLead,
    Role::Coordinator,
    Role::Involvee,
];
const RECORD_READERS: &[Role] = &[Role::Auditor, Role::InformationGovernance];
/// Whether chains hold tells nothing of anyone.
const CHAIN_READERS: &[Role] =
    &[Role::Auditor, Role::InformationGovernance, Role::EngagementLead, Role::Administrator];

const fn rule(path: &'static str, roles: &'static [Role]) -> AccessRule {
    AccessRule { method: "GET", path, roles, on_behalf: OnBehalf::Never }
}

/// The access table.
pub static RULES: &[AccessRule] = &[
    rule("/v1/timeline", TIMELINE_READERS),
    rule("/v1/records", RECORD_READERS),
    rule("/v1/records/{source}/{position}", RECORD_READERS),
    rule("/v1/chain", CHAIN_READERS),
    rule("/v1/chain/{source}/verify", CHAIN_READERS),
];

#[cfg(test)]
mod tests {
    use web::AccessTable;

    #[test]
    fn every_route_has_its_rule_and_every_rule_its_route() {
        let openapi = crate::api::routes().into_openapi();
        assert_eq!(AccessTable(super::RULES).compare(&openapi), Vec::<String>::new());
    }
}
