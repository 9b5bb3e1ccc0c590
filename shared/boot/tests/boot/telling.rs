//! What stands in the log: one trace from a request through the relay to another service's policy and
//! what it commands; and of what broke off, its place and nothing that was worked on.

use std::sync::Once;

use boot::telemetry;
use serde_json::{Value, json};
use testkit::until;
use uuid::Uuid;

use crate::conditions::{a_nats, settings};
use crate::gate::{FOLLOWED, behind};
use crate::house::{BREAKS, house, house_with};

/// The lines with this text, each a JSON object of its own with what every line has.
fn lines(with: &str) -> Vec<Value> {
    let lines = testkit::logged(with).into_iter().map(|line| {
        let line: Value = serde_json::from_str(&line).unwrap();
        for name in ["timestamp", "level", "service", "build", "message", "target"] {
            assert!(line[name].is_string(), "{name} in {line}");
        }
        assert_eq!(line["build"], boot::BUILD);
        line
    });
    lines.collect()
}

/// What breaks off in this process is told as in a service's own.
fn breaks_are_told() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            telemetry::broke_off(panic);
            usual(panic);
        }));
    });
}

#[tokio::test]
async fn one_trace_leads_from_a_request_through_the_relay_to_what_another_services_policy_commands()
{
    let nats = a_nats().await;
    let (here, there) = (settings(&nats, "recruitment"), settings(&nats, "opportunities"));
    let here = house_with("recruitment", |config| config.nats = Some(here)).await;
    let there = house_with("opportunities", |config| config.nats = Some(there)).await;
    here.is_well().await;
    there.is_well().await;
    let (gate, trace) = (Uuid::now_v7(), Uuid::now_v7().simple().to_string());
    let request =
        here.http.request(reqwest::Method::POST, Some(&here.person), &format!("/v1/gates/{gate}"));
    let request = request
        .header("idempotency-key", "one")
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .json(&json!({ "badge": FOLLOWED }));
    testkit::send(request).await.expect(201);
    until(|| async { there.entered(behind(gate)).await.0 == 1 }).await;
    until(|| async { there.entered(gate).await.0 == 1 }).await;

    // The request, its own policy's answer, both facts, and the neighbour's answer to each.
    let all = || lines(&trace);
    let within = |span: &str| {
        let outcome = |line: &Value| {
            line["message"] == "a command has its outcome" && line["within"]["span"] == span
        };
        all().into_iter().filter(outcome).count()
    };
    until(|| async { within("fact") == 2 }).await;
    assert_eq!((within("http.request"), within("policy")), (1, 1));
    // Here and there two events, each in the log's stream and in the facts'.
    let on_its_way = || all().iter().filter(|it| it["message"] == "a fact is on its way").count();
    until(|| async { on_its_way() == 8 }).await;
    let all = all();
    let said = |message: &str| all.iter().filter(|line| line["message"] == message).count();
    assert_eq!(said("answered"), 1);
    assert!(all.iter().all(|line| line["trace_id"] == trace.as_str()));
    let answered = all.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!(
        (answered["service"].as_str(), answered["level"].as_str()),
        (Some("recruitment"), Some("INFO"))
    );

    let traces: Vec<String> =
        sqlx::query_scalar("select meta::json ->> 'traceparent' from log.event")
            .fetch_all(&there.pool)
            .await
            .unwrap();
    assert_eq!(traces.len(), 2);
    assert!(traces.iter().all(|traceparent| traceparent.contains(&trace)), "{traces:?}");
}

#[tokio::test]
async fn a_fired_timer_has_the_trace_of_what_all_that_followed_shares() {
    let house = house().await;
    let gate = Uuid::now_v7();
    let plan = format!("/v1/gates/{gate}/plan");
    let body = json!({ "at": "2026-01-01T00:00:00Z" });
    house.http.post(&house.person, &plan, "plan", &body).await.expect(201);
    let correlation: Uuid = sqlx::query_scalar(
        "select (meta::json ->> 'correlation_id')::uuid from log.event where stream_id = $1
             order by version limit 1",
    )
    .bind(gate)
    .fetch_one(&house.pool)
    .await
    .unwrap();
    let trace = correlation.simple().to_string();
    until(|| async { !lines(&trace).is_empty() }).await;
    until(|| async { lines(&trace).iter().any(|line| line["message"] == "a timer fired") }).await;
    assert!(lines(&trace).iter().any(|line| line["message"] == "a command has its outcome"));
}

#[tokio::test]
async fn what_breaks_off_is_told_by_its_place_without_what_was_worked_on_and_the_service_goes_on() {
    breaks_are_told();
    let house = house().await;
    house.is_well().await;
    let trace = Uuid::now_v7().simple().to_string();
    let request = house.http.request(reqwest::Method::GET, Some(&house.person), "/v1/panics");
    let request = request.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    let answer = testkit::send(request).await.expect(500);
    assert_eq!(answer.code(), "server.fault");
    assert!(!answer.text.contains("Jane"));
    let broke_off = "the program broke off at a place where it must not";
    let told = lines(&trace);
    let told = told.iter().find(|line| line["message"] == broke_off).unwrap();
    assert!(told["place"].as_str().unwrap().contains("house.rs:"), "{told}");
    assert_eq!(told["level"], "ERROR");

    let gate = Uuid::now_v7();
    house.temper.store(BREAKS, std::sync::atomic::Ordering::SeqCst);
    house.enters(gate, "one", "Jane's badge").await.expect(201);
    house.lacks("view").await;
    assert!(lines("").iter().any(|line| line["message"] == "a stream is parked"));
    assert!(lines("").iter().all(|line| !line.to_string().contains("Jane")));
}
