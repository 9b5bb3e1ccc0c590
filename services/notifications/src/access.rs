//! Who may use which route. What is not listed here, nobody may. Whose messages they are, the routes
//! ask besides.

use web::{AccessRule, OnBehalf, Role};

const STAFF: &[Role] = &[Role::Coordinator, Role::EngagementLead];
/// Who reads messages of others, of the localities of their role.
pub(crate) const STAFF_READERS: &[Role] = &[Role::Coordinator, Role::EngagementLead, Role::Auditor];
const OWN: &[Role] = &[Role::Involvee];

const fn rule(method: &'static str, path: &'static str, roles: &'static [Role]) -> AccessRule {
    AccessRule { method, path, roles, on_behalf: OnBehalf::Never }
}

/// The access table.
pub static RULES: &[AccessRule] = &[
    rule("GET", "/v1/my/messages", OWN),
    rule("GET", "/v1/messages", STAFF_READERS),
    rule("GET", "/v1/messages/{message}", STAFF_READERS),
    rule("POST", "/v1/messages/{message}/send-again", STAFF),
    rule("POST", "/v1/messages/{message}/release", STAFF),
    rule("POST", "/v1/messages/{message}/record-call", STAFF),
    rule("POST", "/v1/messages/{message}/record-given", STAFF),
    rule("GET", "/v1/exports", STAFF_READERS),
    rule("GET", "/v1/today", STAFF),
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
