//! Nobody gets in by a door that was forgotten.

use recruitment::access::RULES;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, send};
use uuid::Uuid;
use web::Role;

use crate::world::{World, advert, form, registration, world};

/// A body that each command would take from someone who may give it.
fn body(path: &str) -> Value {
    let registration = registration();
    match path.rsplit('/').next().unwrap_or_default() {
        "people" => registration,
        "typed-in" => json!({"taken": "phone", "registration": registration}),
        "search" | "rename" => json!({"name": "Canary"}),
        "change-preferences" => json!({"preferences": registration["preferences"]}),
        "give-consent" => json!({"consent": "named_in_public", "wording_version": "1"}),
        "withdraw-consent" => json!({"consent": "opportunity_news"}),
        "link-account" => json!({"account": Uuid::now_v7(), "why": "lost_account",
            "evidence": ["met_in_person", "signature"]}),
        "unlink-account" => json!({"account": Uuid::now_v7(), "why": "asked_by_person"}),
        "name-supporter" => json!({"supporter": Uuid::now_v7()}),
        "applications" => form(),
        "groups" => json!({"name": "A", "kind": "forum", "locality": null, "reports_to": null,
            "purpose": "B", "review_on": null, "seats_planned": null}),
        "seats" => json!({"role": "member", "constituency": null, "locality": null}),
        "close" | "abolish" | "withdraw-offer" => json!({"reason": "A"}),
        "lapse" | "confirm-end" => json!({"contact": {"by": "phone", "on": "2027-01-11"}}),
        "record-answer" => json!({"answer": "renew", "by": "phone"}),
        "renew" => json!({"term_ending_on": "2029-02-28", "agreed_with_person": true}),
        "end" => json!({"grounds": {"kind": "role_ended"}, "last_day": "2027-03-01",
            "contact": {"by": "phone", "on": "2027-01-11"}}),
        "reschedule" => json!({"starts_at": "2027-03-02T13:00:00Z", "zone": "Europe/London",
            "length_minutes": 60, "papers_due_on": null, "reason": "A"}),
        "cancel" => json!({"reason": "A", "by": "trust"}),
        "attendance" => json!({"lasted_minutes": 60, "entries": []}),
        "follow-up" => json!({"person": Uuid::now_v7(), "outcome": "excused",
            "contact": {"by": "phone", "on": "2027-01-11"}}),
        "panel" => json!({"members": []}),
        "conflicts" => json!({"application": Uuid::now_v7(), "conflict": "knows_the_person"}),
        "scores" => json!({"application": Uuid::now_v7(), "criterion": "listening", "points": 2,
            "evidence": "A"}),
        "decide" => json!({"application": Uuid::now_v7(), "decision": {"kind": "offer"}}),
        "approve" => json!({"reachable": Uuid::now_v7()}),
        "appointments" => json!({"person": Uuid::now_v7(), "starts_on": "2027-03-01",
            "answer_by": "2027-02-01", "terms_version": "A"}),
        "resign" => json!({"last_day": "2027-02-01"}),
        "record-done" => json!({"done_on": "2027-01-11", "minutes": 30}),
        "reserve" | "release" => json!({"opportunity": Uuid::now_v7()}),
        "{kind}" => json!({"effective_from": "2027-02-01", "values": {"kind": "selection_rules",
            "minimum_members": 2, "minimum_involvees": 1, "scale_max": 4,
            "essential_minimum": 2}}),
        _ => json!({}),
    }
}

struct Things {
    opportunity: String,
    application: String,
    group: String,
    seat: String,
    appointment: String,
    session: String,
    work: String,
}

/// Something of everything, none of it the stranger's.
async fn things(world: &World) -> Things {
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    let application = world.applies(&world.ana, opportunity, "k").await.expect(201).id();
    let group = world.give(&world.ella, "/v1/groups", body("groups")).await.expect(201).id();
    let terms = json!({"effective_from": "2027-01-11", "values": {"kind": "term_policy",
        "months": 24, "consecutive_terms_max": 2, "break_months": 12, "overlap_days": 0,
        "reminders": []}});
    world.give(&world.ella, "/v1/settings/term_policy", terms).await.expect(201);
    let seats = format!("/v1/groups/{group}/seats");
    let seat = world.give(&world.ella, &seats, body("seats")).await.expect(201).id();
    let ana = world.ana.id;
    let mut offer = body("appointments");
    offer["person"] = json!(ana);
    let offers = format!("/v1/seats/{seat}/appointments");
    let appointment = world.give(&world.ella, &offers, offer).await.expect(201).id();
    let plan = json!({"group": group, "title": "A", "starts_at": "2027-03-01T13:00:00Z",
        "zone": "Europe/London", "length_minutes": 60, "mode": "online", "venue": "B",
        "invited": [ana]});
    let session = world.give(&world.ella, "/v1/sessions", plan).await.expect(201).id();
    let task = json!({"person": ana, "group": group, "kind": "other", "what": "A",
        "asked_on": "2027-01-11", "due_on": null});
    let work = world.give(&world.ella, "/v1/work", task).await.expect(201).id();
    let opportunity = opportunity.to_string();
    Things { opportunity, application, group, seat, appointment, session, work }
}

async fn tries(
    world: &World,
    who: Option<&Person>,
    things: &Things,
    method: &str,
    template: &str,
) -> Answer {
    let path = template
        .replace("{person}", &world.ana.id.to_string())
        .replace("{opportunity}", &things.opportunity)
        .replace("{application}", &things.application)
        .replace("{group}", &things.group)
        .replace("{seat}", &things.seat)
        .replace("{appointment}", &things.appointment)
        .replace("{session}", &things.session)
        .replace("{work}", &things.work)
        .replace("{kind}", "selection_rules");
    let request = world.http.request(Method::from_bytes(method.as_bytes()).unwrap(), who, &path);
    let request = match method {
        "GET" => request,
        _ => request.header("idempotency-key", Uuid::now_v7().to_string()).json(&body(template)),
    };
    send(request).await
}

#[tokio::test]
async fn without_signing_in_nobody_gets_anywhere() {
    let world = world().await;
    let things = things(&world).await;
    for rule in RULES {
        let answer = tries(&world, None, &things, rule.method, rule.path).await;
        assert_eq!(answer.status, 401, "{} {}", rule.method, rule.path);
        assert!(!rule.roles.contains(&Role::Visitor));
    }
}

#[tokio::test]
async fn a_stranger_gets_only_what_is_everybodys_or_their_own() {
    // Their own entry and application, who read either, what a group is, and sessions they are invited
    // to, of which there are none. This list may only shrink.
    const OPEN: [(&str, &str); 7] = [
        ("POST", "/v1/people"),
        ("GET", "/v1/my/involvement"),
        ("GET", "/v1/my/readers"),
        ("GET", "/v1/groups"),
        ("GET", "/v1/groups/{group}"),
        ("GET", "/v1/sessions"),
        ("POST", "/v1/opportunities/{opportunity}/applications"),
    ];
    let world = world().await;
    let things = things(&world).await;
    for rule in RULES {
        let answer = tries(&world, Some(&world.ben), &things, rule.method, rule.path).await;
        let (method, path) = (rule.method, rule.path);
        if OPEN.contains(&(method, path)) {
            assert!((200..300).contains(&answer.status), "{method} {path}: {}", answer.text);
        } else {
            assert!([403, 404].contains(&answer.status), "{method} {path}: {}", answer.text);
        }
        assert!(!answer.text.contains("01632 960171") || path == "/v1/my/involvement");
    }
}

#[tokio::test]
async fn staff_of_another_locality_reach_neither_its_people_nor_what_is_theirs() {
    const THEIRS: [&str; 6] =
        ["{person}", "{application}", "{opportunity}", "{appointment}", "{session}", "{work}"];
    let world = world().await;
    let things = things(&world).await;
    let of_people_and_applications = RULES.iter().filter(|rule| {
        THEIRS.iter().any(|name| rule.path.contains(name))
            && rule.roles.contains(&Role::Coordinator)
    });
    let mut n_tried = 0;
    for rule in of_people_and_applications {
        let answer = tries(&world, Some(&world.dev), &things, rule.method, rule.path).await;
        assert!([403, 404].contains(&answer.status), "{} {}", rule.method, rule.path);
        n_tried += 1;
    }
    assert!(n_tried >= 6, "{n_tried}");
}
