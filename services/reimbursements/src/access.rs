//! Who may use which route. What is not listed here, nobody may. Whose claim it is, the routes ask
//! besides; who may sign what, the room says.

use web::{AccessRule, OnBehalf, Role};

const THEMSELVES: &[Role] = &[Role::Involvee];
const APPROVERS: &[Role] = &[Role::Approver];
const AUTHORISERS: &[Role] = &[Role::BudgetHolder, Role::Approver];
const SIGNERS: &[Role] = &[Role::Approver, Role::BudgetHolder];
const FINANCE: &[Role] = &[Role::Finance];
const FINANCE_READERS: &[Role] = &[Role::Finance, Role::Auditor];
const WAITED_FOR: &[Role] = &[Role::Approver, Role::BudgetHolder, Role::Finance];
const RATE_SETTERS: &[Role] = &[Role::Finance, Role::EngagementLead];
const SETTERS: &[Role] = &[Role::EngagementLead, Role::Administrator];
const SETTING_READERS: &[Role] = &[
    Role::Coordinator,
    Role::EngagementLead,
    Role::Approver,
    Role::BudgetHolder,
    Role::Finance,
    Role::Auditor,
    Role::Administrator,
];
const CLAIM_READERS: &[Role] = &[
    Role::Approver,
    Role::BudgetHolder,
    Role::Finance,
    Role::Auditor,
    Role::Supporter,
    Role::Involvee,
];
/// What is paid for what, people may know before they claim.
const ANYONE_SIGNED_IN: &[Role] = &[
    Role::Finance,
    Role::EngagementLead,
    Role::Approver,
    Role::BudgetHolder,
    Role::Auditor,
    Role::Involvee,
];

const fn rule(
    method: &'static str,
    path: &'static str,
    roles: &'static [Role],
    on_behalf: OnBehalf,
) -> AccessRule {
    AccessRule { method, path, roles, on_behalf }
}

/// The access table. A supporter helps with a claim and never with where its money goes.
pub static RULES: &[AccessRule] = &[
    rule("GET", "/v1/claims", WAITED_FOR, OnBehalf::Never),
    rule("POST", "/v1/claims", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("GET", "/v1/claims/{claim}", CLAIM_READERS, OnBehalf::Never),
    rule("POST", "/v1/claims/{claim}/query", SIGNERS, OnBehalf::Never),
    rule("POST", "/v1/claims/{claim}/answer-query", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/claims/{claim}/approve", APPROVERS, OnBehalf::Never),
    rule("POST", "/v1/claims/{claim}/authorise", AUTHORISERS, OnBehalf::Never),
    rule("POST", "/v1/claims/{claim}/withdraw", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("GET", "/v1/my/claims", THEMSELVES, OnBehalf::Never),
    rule("GET", "/v1/my/bank-account", THEMSELVES, OnBehalf::Never),
    rule("POST", "/v1/my/bank-account", THEMSELVES, OnBehalf::Staff),
    rule("GET", "/v1/rate-cards", ANYONE_SIGNED_IN, OnBehalf::Never),
    rule("POST", "/v1/rate-cards", RATE_SETTERS, OnBehalf::Never),
    rule("POST", "/v1/rate-cards/{card}/approve", RATE_SETTERS, OnBehalf::Never),
    rule("POST", "/v1/rate-cards/{card}/put-in-force", FINANCE, OnBehalf::Never),
    rule("GET", "/v1/settings", SETTING_READERS, OnBehalf::Never),
    rule("POST", "/v1/settings", SETTERS, OnBehalf::Never),
    rule("GET", "/v1/payment-batches", FINANCE_READERS, OnBehalf::Never),
    rule("POST", "/v1/payment-batches", FINANCE, OnBehalf::Never),
    rule("GET", "/v1/payment-batches/{batch}", FINANCE_READERS, OnBehalf::Never),
    rule("POST", "/v1/payment-batches/{batch}/add", FINANCE, OnBehalf::Never),
    rule("POST", "/v1/payment-batches/{batch}/lock", FINANCE, OnBehalf::Never),
    rule("GET", "/v1/payment-batches/{batch}/export", FINANCE, OnBehalf::Never),
    rule("POST", "/v1/payment-batches/{batch}/export", FINANCE, OnBehalf::Never),
    rule("POST", "/v1/payment-batches/{batch}/mark-paid", FINANCE, OnBehalf::Never),
    rule("POST", "/v1/payment-batches/{batch}/mark-failed", FINANCE, OnBehalf::Never),
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
