//! Who is let in, and that the table and the routes agree.

use crate::access::{AccessRule, AccessTable, OnBehalf};
use crate::fixture::{ANA, PRIVATE, TABLE, World, routes};
use crate::role::Role;
use crate::token::RoleClaim;
use http::Request;

fn anonymous(path: &str) -> Request<axum::body::Body> {
    Request::get(path).body(axum::body::Body::empty()).unwrap()
}

#[tokio::test]
async fn what_is_open_to_visitors_is_open_to_everyone() {
    let world = World::new().await;
    assert_eq!(world.send(anonymous("/v1/open")).await.body, "false");
    assert_eq!(world.get("/v1/open", &[]).await.body, "true");
}

#[tokio::test]
async fn nobody_else_comes_in_without_signing_in() {
    let world = World::new().await;
    for path in ["/v1/mine", "/v1/staff", "/v1/panics"] {
        let answer = world.send(anonymous(path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "access.sign_in"));
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"involvement\"");
    }
}

#[tokio::test]
async fn a_bad_sign_in_is_no_visit_even_where_visitors_may_come() {
    let world = World::new().await;
    for given in [PRIVATE, "Bearer", "Bearer ", "Basic amFuZTpkb2U=", "Bearer a.b.c"] {
        let request = Request::get("/v1/open").header("authorization", given);
        let answer = world.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "access.sign_in_again"),
            "{given}"
        );
        assert!(answer.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    }
    let twice = world.request("GET", "/v1/open", &[]).with("authorization", "Bearer a.b.c");
    assert_eq!(world.send(twice.empty()).await.status, 401);
}

#[tokio::test]
async fn a_token_for_another_audience_opens_nothing() {
    let world = World::new().await;
    let mut claims = serde_json::to_value(world.issuer.claims("me", &[])).unwrap();
    claims["aud"] = "payroll".into();
    let token = world.issuer.key.sign(&world.issuer.key.header(), &claims);
    let request = Request::get("/v1/mine").header("authorization", format!("Bearer {token}"));
    let answer = world.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "access.sign_in_again"));
}

#[tokio::test]
async fn an_issuer_that_is_away_is_our_trouble_and_not_the_persons() {
    let mut world = World::new().await;
    world.issuer.stop().await;
    let answer = world.get("/v1/mine", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "server.unavailable"));
}

#[tokio::test]
async fn only_a_listed_role_comes_in() {
    let world = World::new().await;
    for role in Role::ALL {
        let claim = RoleClaim { person: Some(ANA), ..RoleClaim::everywhere(role) };
        let answer = world.get("/v1/staff", &[claim]).await;
        let expected = if role == Role::Coordinator { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{role:?}");
    }
}

#[tokio::test]
async fn a_route_that_the_table_forgot_is_closed_to_all() {
    let world = World::new().await;
    let every: Vec<RoleClaim> = Role::ALL.into_iter().map(RoleClaim::everywhere).collect();
    let answer = world.get("/v1/forgotten", &every).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "access.forbidden"));
    assert_eq!(world.send(anonymous("/v1/forgotten")).await.status, 403);
}

#[tokio::test]
async fn looking_without_the_body_takes_the_same_right() {
    let world = World::new().await;
    let head = |roles: &[RoleClaim]| world.request("HEAD", "/v1/staff", roles).empty();
    assert_eq!(world.send(head(&[])).await.status, 403);
    assert_eq!(world.send(head(&[RoleClaim::everywhere(Role::Coordinator)])).await.status, 200);
}

#[tokio::test]
async fn acting_for_someone_is_refused_where_the_rule_does_not_allow_it() {
    let world = World::new().await;
    let roles = [RoleClaim::everywhere(Role::Coordinator)];
    let request = world
        .request("GET", "/v1/mine", &roles)
        .with("involvement-on-behalf-of", &ANA.to_string())
        .with("involvement-taken", "phone");
    assert_eq!(world.send(request.empty()).await.code(), "access.forbidden");
}

#[test]
fn the_table_and_the_routes_agree() {
    assert_eq!(TABLE.compare(routes().get_openapi()), Vec::<String>::new());
}

#[test]
fn every_difference_between_table_and_routes_is_named() {
    const fn rule(method: &'static str, path: &'static str, roles: &'static [Role]) -> AccessRule {
        AccessRule { method, path, roles, on_behalf: OnBehalf::Never }
    }
    static TABLE: AccessTable = AccessTable(&[
        rule("GET", "/v1/open", &[Role::Visitor]),
        rule("GET", "/v1/open", &[Role::Auditor]),
        rule("GET", "/v1/mine", &[]),
        rule("POST", "/v1/things", &[Role::Visitor]),
        rule("DELETE", "/v1/things", &[Role::Involvee]),
    ]);
    let differences = TABLE.compare(routes().get_openapi());
    for expected in [
        "GET /v1/staff has no rule; nobody may use it",
        "GET /v1/open has more than one rule",
        "GET /v1/mine is open to nobody",
        "POST /v1/things cannot be open to visitors",
        "DELETE /v1/things has a rule but no route",
    ] {
        assert!(differences.iter().any(|told| told == expected), "{expected}: {differences:?}");
    }
}
