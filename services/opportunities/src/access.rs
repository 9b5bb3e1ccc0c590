//! Who may use which route. What is not listed here, nobody may.

use web::{AccessRule, OnBehalf, Role};

/// Who writes adverts.
pub(crate) const WRITERS: &[Role] =
    &[Role::Coordinator, Role::EngagementLead, Role::OpportunityOwner];
/// Who runs what was published.
pub(crate) const STAFF: &[Role] = &[Role::Coordinator, Role::EngagementLead];
/// Who lets an advert be published.
pub(crate) const APPROVERS: &[Role] = &[Role::Approver, Role::EngagementLead];
const SETTERS: &[Role] = &[Role::EngagementLead, Role::Administrator];
const STAFF_READERS: &[Role] = &[
    Role::Coordinator,
    Role::EngagementLead,
    Role::OpportunityOwner,
    Role::Approver,
    Role::Auditor,
];
const ANYONE: &[Role] = &[
    Role::Coordinator,
    Role::EngagementLead,
    Role::OpportunityOwner,
    Role::Approver,
    Role::Auditor,
    Role::Involvee,
    Role::Visitor,
];

const fn rule(
    method: &'static str,
    path: &'static str,
    roles: &'static [Role],
    on_behalf: OnBehalf,
) -> AccessRule {
    AccessRule { method, path, roles, on_behalf }
}

/// The access table.
pub static RULES: &[AccessRule] = &[
    rule("GET", "/v1/opportunities", ANYONE, OnBehalf::Never),
    rule("POST", "/v1/opportunities", WRITERS, OnBehalf::Never),
    rule("GET", "/v1/opportunities/{opportunity}", ANYONE, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/revise", WRITERS, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/submit-for-review", WRITERS, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/return", APPROVERS, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/approve", APPROVERS, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/open", STAFF, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/close", STAFF, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/extend-closing", STAFF, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/withdraw", STAFF, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/record-outcome", STAFF, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/record-publicity", STAFF, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/readvertise", STAFF, OnBehalf::Never),
    rule("GET", "/v1/today", STAFF_READERS, OnBehalf::Never),
    rule("GET", "/v1/settings", STAFF_READERS, OnBehalf::Never),
    rule("POST", "/v1/settings", SETTERS, OnBehalf::Never),
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
