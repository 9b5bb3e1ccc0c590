//! One command followed by its trace through two services that run as processes of their own, as a
//! collector sees it; and a collector that is away or silent, which costs nobody anything.

use std::time::Duration;

use boot::Clock;
use serde_json::json;
use testkit::{Http, Issuer, until};
use tokio::time::Instant;
use uuid::Uuid;

use crate::collector::{Collected, Collector, attributes, hex};
use crate::conditions::a_nats;
use crate::gatekeeper::{Gatekeeper, keeps_gates_if_told_to};

/// Everything that may be said of a span.
const MAY_BE_SAID: [&str; 10] = [
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "involvement.room",
    "involvement.outcome",
    "involvement.commands",
    "involvement.fact",
    "involvement.subscriber",
    "involvement.view",
    "involvement.policy",
];
const CALLER: &str = "00f067aa0ba902b7";

async fn is_ready(http: &Http) {
    until(|| async { http.get(None, "/health/ready", "").await.status == 200 }).await;
}

/// The one span of this name, once it has come.
async fn one(collector: &Collector, trace: &str, service: &str, name: &str) -> Collected {
    until(|| async { !collector.named(trace, service, name).is_empty() }).await;
    collector.named(trace, service, name).remove(0)
}

fn says(of: &Collected, name: &str, value: &str) {
    let said = attributes(&of.span.attributes);
    assert_eq!(said.get(name).map(String::as_str), Some(value), "{of:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_trace_leads_a_collector_from_a_request_to_a_neighbours_view_and_names_nobody() {
    const THIS_STORY: &str = "tracing_along::one_trace_leads_a_collector_from_a_request_to_a_neighbours_view_and_names_nobody";
    const HERE: &str = "recruitment";
    const THERE: &str = "opportunities";
    if keeps_gates_if_told_to().await {
        return;
    }
    let (nats, collector) = (a_nats().await, Collector::start().await);
    let issuer = Issuer::start(&Clock::machine()).await;
    let person = issuer.person("ana", &json!([]));
    let databases = (testkit::database("gates").await, testkit::database("gates").await);
    let told = |name| [name, nats.url.as_str(), collector.endpoint.as_str()];
    let mut here = Gatekeeper::traced((&databases.0, &issuer, THIS_STORY), told(HERE));
    let mut there = Gatekeeper::traced((&databases.1, &issuer, THIS_STORY), told(THERE));
    is_ready(&here.http()).await;
    is_ready(&there.http()).await;

    let (gate, trace) = (Uuid::now_v7(), Uuid::now_v7().simple().to_string());
    let path = format!("/v1/gates/{gate}");
    let request = here.http().request(reqwest::Method::POST, Some(&person), &path);
    let request = request
        .header("idempotency-key", "Zacanary-key")
        .header("traceparent", format!("00-{trace}-{CALLER}-01"))
        .json(&json!({ "badge": "Zacanary badge" }));
    testkit::send(request).await.expect(201);

    let asked = one(&collector, &trace, HERE, "http.request").await;
    assert_eq!(hex(&asked.span.parent_span_id), CALLER);
    says(&asked, "http.route", "/v1/gates/{gate}");
    says(&asked, "http.response.status_code", "201");
    let command = one(&collector, &trace, HERE, "command").await;
    assert_eq!(command.span.parent_span_id, asked.span.span_id);
    says(&command, "involvement.outcome", "accepted");
    // A commit is nobody's alone: it is linked to each command in it.
    let is_linked = |it: &Collected| {
        let mut links = it.span.links.iter();
        links.any(|link| link.span_id == command.span.span_id && hex(&link.trace_id) == trace)
    };
    until(|| async { collector.all().iter().any(is_linked) }).await;
    let commit = collector.all().into_iter().find(is_linked).unwrap();
    assert_eq!((commit.span.name.as_str(), commit.service.as_str()), ("commit", HERE));

    // What follows later or elsewhere follows from the request.
    for (service, name) in
        [(HERE, "view"), (HERE, "policy"), (HERE, "relay"), (THERE, "fact"), (THERE, "view")]
    {
        let one = one(&collector, &trace, service, name).await;
        assert_eq!(one.span.parent_span_id, asked.span.span_id, "{service}: {name}");
        assert!(one.span.end_time_unix_nano >= one.span.start_time_unix_nano);
        assert!(one.span.start_time_unix_nano >= asked.span.start_time_unix_nano, "{name}");
    }
    let heard = one(&collector, &trace, THERE, "fact").await;
    let answered = one(&collector, &trace, THERE, "command").await;
    assert_eq!(answered.span.parent_span_id, heard.span.span_id);

    for Collected { span, service } in collector.all() {
        for (name, value) in attributes(&span.attributes) {
            assert!(MAY_BE_SAID.contains(&name.as_str()), "{service}: {} says {name}", span.name);
            let names_somebody = value.contains("anary") || value.contains(&gate.to_string());
            assert!(!names_somebody, "{name} of {} is {value}", span.name);
        }
        assert!(span.events.is_empty() && span.trace_state.is_empty());
    }
    here.close_the_pipe();
    there.close_the_pipe();
    for keeper in [here, there] {
        let (status, log) = keeper.ended().await;
        assert!(status.success());
        assert!(!log.contains("traces are not taken"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_silent_or_away_is_told_of_once_and_no_command_waits_for_it() {
    const THIS_STORY: &str = "tracing_along::a_collector_that_is_silent_or_away_is_told_of_once_and_no_command_waits_for_it";
    if keeps_gates_if_told_to().await {
        return;
    }
    let (silent, gone) = (Collector::silent().await, Collector::silent().await);
    let away = gone.endpoint.clone();
    drop(gone);
    let issuer = Issuer::start(&Clock::machine()).await;
    let person = issuer.person("ana", &json!([]));
    for (endpoint, told_at_least) in [(silent.endpoint.as_str(), 0), (away.as_str(), 1)] {
        let database = testkit::database("gates").await;
        let told = ["recruitment", "", endpoint];
        let mut keeper = Gatekeeper::traced((&database, &issuer, THIS_STORY), told);
        let http = keeper.http();
        is_ready(&http).await;
        let began = Instant::now();
        for n in 0..20 {
            let path = format!("/v1/gates/{}", Uuid::now_v7());
            let body = json!({ "badge": "" });
            http.post(&person, &path, &n.to_string(), &body).await.expect(201);
        }
        // Less than what the silent one keeps a single request waiting.
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        let closing = Instant::now();
        keeper.close_the_pipe();
        let (status, log) = keeper.ended().await;
        assert!(status.success());
        assert!(closing.elapsed() < Duration::from_secs(8), "{:?}", closing.elapsed());
        let times = log.matches("traces are not taken").count();
        // The silent one may be given up only after the process has ended.
        assert!((told_at_least..=1).contains(&times), "{times} times: {log}");
    }
}
