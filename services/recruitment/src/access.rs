//! Who may use which route. What is not listed here, nobody may. Whose record, application or group
//! it is, the routes ask besides.

use web::{AccessRule, OnBehalf, Role};

const STAFF: &[Role] = &[Role::Coordinator, Role::EngagementLead];
const THEMSELVES: &[Role] = &[Role::Involvee];
const STAFF_OR_THEMSELVES: &[Role] = &[Role::Coordinator, Role::EngagementLead, Role::Involvee];
const ANYONE_SIGNED_IN: &[Role] =
    &[Role::Coordinator, Role::EngagementLead, Role::Auditor, Role::Involvee];
/// Who sits on a panel stands in no token, so the routes of a selection ask the room.
const ANYONE_WITH_A_PART: &[Role] =
    &[Role::Coordinator, Role::EngagementLead, Role::Approver, Role::Involvee];
const STAFF_OR_APPROVERS: &[Role] = &[Role::Coordinator, Role::EngagementLead, Role::Approver];
const APPROVERS: &[Role] = &[Role::Approver, Role::EngagementLead];
const SETTERS: &[Role] = &[Role::EngagementLead, Role::Administrator];
const READERS_OF_SETTINGS: &[Role] =
    &[Role::EngagementLead, Role::Administrator, Role::Coordinator, Role::Auditor];

const fn rule(
    method: &'static str,
    path: &'static str,
    roles: &'static [Role],
    on_behalf: OnBehalf,
) -> AccessRule {
    AccessRule { method, path, roles, on_behalf }
}

/// The access table. A supporter may do what protects a person or helps them take part; where mail
/// goes, what they are called and what they agree to, the person says to us themselves.
pub static RULES: &[AccessRule] = &[
    rule("POST", "/v1/people", THEMSELVES, OnBehalf::Never),
    rule("GET", "/v1/people", STAFF, OnBehalf::Never),
    rule("POST", "/v1/people/search", STAFF, OnBehalf::Never),
    rule("POST", "/v1/people/typed-in", STAFF, OnBehalf::Never),
    rule("GET", "/v1/people/{person}", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("GET", "/v1/people/{person}/involvement", STAFF, OnBehalf::Never),
    rule("POST", "/v1/people/{person}/change-preferences", THEMSELVES, OnBehalf::Staff),
    rule("POST", "/v1/people/{person}/rename", THEMSELVES, OnBehalf::Staff),
    rule("POST", "/v1/people/{person}/record-access-need", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/people/{person}/come-of-age", STAFF, OnBehalf::Never),
    rule("POST", "/v1/people/{person}/give-consent", THEMSELVES, OnBehalf::Staff),
    rule("POST", "/v1/people/{person}/withdraw-consent", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/people/{person}/link-account", STAFF, OnBehalf::Never),
    rule("POST", "/v1/people/{person}/unlink-account", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("POST", "/v1/people/{person}/name-supporter", THEMSELVES, OnBehalf::Staff),
    rule("POST", "/v1/people/{person}/end-support", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/people/{person}/go-away", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/people/{person}/come-back", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("GET", "/v1/my/involvement", THEMSELVES, OnBehalf::Never),
    rule("GET", "/v1/my/readers", THEMSELVES, OnBehalf::Never),
    rule(
        "POST",
        "/v1/opportunities/{opportunity}/applications",
        THEMSELVES,
        OnBehalf::StaffOrSupporter,
    ),
    rule("GET", "/v1/opportunities/{opportunity}/applications", STAFF, OnBehalf::Never),
    rule("GET", "/v1/applications/{application}", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("POST", "/v1/applications/{application}/withdraw", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("GET", "/v1/groups", ANYONE_SIGNED_IN, OnBehalf::Never),
    rule("POST", "/v1/groups", STAFF, OnBehalf::Never),
    rule("GET", "/v1/groups/{group}", ANYONE_SIGNED_IN, OnBehalf::Never),
    rule("POST", "/v1/groups/{group}/rename", STAFF, OnBehalf::Never),
    rule("POST", "/v1/groups/{group}/close", STAFF, OnBehalf::Never),
    rule("POST", "/v1/groups/{group}/seats", STAFF, OnBehalf::Never),
    rule("POST", "/v1/seats/{seat}/reserve", STAFF, OnBehalf::Never),
    rule("POST", "/v1/seats/{seat}/release", STAFF, OnBehalf::Never),
    rule("POST", "/v1/seats/{seat}/abolish", STAFF, OnBehalf::Never),
    rule("GET", "/v1/settings", READERS_OF_SETTINGS, OnBehalf::Never),
    rule("POST", "/v1/settings/{kind}", SETTERS, OnBehalf::Never),
    rule("GET", "/v1/today", STAFF_OR_APPROVERS, OnBehalf::Never),
    rule("GET", "/v1/opportunities/{opportunity}/selection", ANYONE_WITH_A_PART, OnBehalf::Never),
    rule("POST", "/v1/opportunities/{opportunity}/selection/panel", STAFF, OnBehalf::Never),
    rule(
        "POST",
        "/v1/opportunities/{opportunity}/selection/conflicts",
        STAFF_OR_THEMSELVES,
        OnBehalf::Staff,
    ),
    rule(
        "POST",
        "/v1/opportunities/{opportunity}/selection/scores",
        STAFF_OR_THEMSELVES,
        OnBehalf::Staff,
    ),
    rule(
        "POST",
        "/v1/opportunities/{opportunity}/selection/lock",
        STAFF_OR_THEMSELVES,
        OnBehalf::Staff,
    ),
    rule(
        "POST",
        "/v1/opportunities/{opportunity}/selection/decide",
        STAFF_OR_THEMSELVES,
        OnBehalf::Staff,
    ),
    rule("POST", "/v1/opportunities/{opportunity}/selection/approve", APPROVERS, OnBehalf::Never),
    rule("POST", "/v1/seats/{seat}/appointments", STAFF, OnBehalf::Never),
    rule("GET", "/v1/appointments/{appointment}", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("GET", "/v1/groups/{group}/holders", STAFF, OnBehalf::Never),
    rule("POST", "/v1/appointments/{appointment}/accept", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/appointments/{appointment}/decline", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/appointments/{appointment}/resign", THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/appointments/{appointment}/withdraw-offer", STAFF, OnBehalf::Never),
    rule("POST", "/v1/appointments/{appointment}/lapse", STAFF, OnBehalf::Never),
    rule("POST", "/v1/appointments/{appointment}/record-answer", STAFF, OnBehalf::Never),
    rule("POST", "/v1/appointments/{appointment}/renew", STAFF, OnBehalf::Never),
    rule("POST", "/v1/appointments/{appointment}/confirm-end", STAFF, OnBehalf::Never),
    rule("POST", "/v1/appointments/{appointment}/end", STAFF, OnBehalf::Never),
    rule("GET", "/v1/sessions", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("POST", "/v1/sessions", STAFF, OnBehalf::Never),
    rule("GET", "/v1/sessions/{session}", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("POST", "/v1/sessions/{session}/confirm", STAFF, OnBehalf::Never),
    rule("POST", "/v1/sessions/{session}/reschedule", STAFF, OnBehalf::Never),
    rule("POST", "/v1/sessions/{session}/cancel", STAFF, OnBehalf::Never),
    rule("POST", "/v1/sessions/{session}/attendance", STAFF, OnBehalf::Never),
    rule("POST", "/v1/sessions/{session}/follow-up", STAFF, OnBehalf::Never),
    rule("POST", "/v1/work", STAFF, OnBehalf::Never),
    rule("POST", "/v1/work/record", STAFF, OnBehalf::Never),
    rule("GET", "/v1/work/{work}", STAFF_OR_THEMSELVES, OnBehalf::Never),
    rule("POST", "/v1/work/{work}/record-done", STAFF_OR_THEMSELVES, OnBehalf::StaffOrSupporter),
    rule("POST", "/v1/work/{work}/accept", STAFF, OnBehalf::Never),
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
