//! The house around the routes: what everyone gets, whatever they asked.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Request;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Limits, serve};
use crate::fixture::{PRIVATE, World};
use crate::role::Role;
use crate::token::RoleClaim;

fn anonymous(method: &str, path: &str) -> Request<axum::body::Body> {
    Request::builder().method(method).uri(path).body(axum::body::Body::empty()).unwrap()
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let world = World::new().await;
    let answer = world.send(anonymous("GET", &format!("/v1/{PRIVATE}"))).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "access.unknown"));
    let answer = world.get(&format!("/v1/things/{PRIVATE}"), &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "access.unknown"));
    let answer = world.send(anonymous("DELETE", "/v1/things")).await;
    assert_eq!((answer.status, answer.code().as_str()), (405, "request.method"));
    assert_eq!(answer.headers["allow"], "POST");
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_not_repeated() {
    let world = World::new().await;
    let roles = [RoleClaim::everywhere(Role::Coordinator)];
    let answer = world.get(&format!("/v1/staff?first={PRIVATE}"), &roles).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "request.parameter"));
    assert_eq!(world.get("/v1/staff?first=7", &roles).await.body, "7");
    let answer = world.get("/v1/staff?first=7&after=%00", &roles).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "request.parameter"));
    let answer = world.get("/v1/things/%00", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "access.unknown"));
}

#[tokio::test]
async fn a_route_that_repeats_the_request_in_a_bare_error_is_not_let_through() {
    let world = World::new().await;
    let answer = world.get("/v1/things/00000000-0000-0000-0000-000000000001", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "request.unusable"));
}

#[tokio::test]
async fn a_panic_is_a_500_with_a_reference_and_not_a_word_of_it() {
    let world = World::new().await;
    let answer = world.get("/v1/panics", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "server.fault"));
    assert!(answer.body.contains("\"reference\""));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let world =
        World::with(Limits { time_max: Duration::from_millis(20), ..Limits::default() }).await;
    let answer = world.get("/v1/waits", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "server.too_slow"));
    assert_eq!(answer.headers["retry-after"], "2");
}

#[tokio::test]
async fn too_many_at_once_are_asked_to_come_back_but_health_is_always_told() {
    let world = World::with(Limits { in_flight_max: 1, ..Limits::default() }).await;
    let (first, (second, health)) = tokio::join!(world.get("/v1/waits", &[]), async {
        let second = world.get("/v1/open", &[]).await;
        let health = world.send(anonymous("GET", "/health/live")).await;
        world.gate.notify_one();
        (second, health)
    });
    assert_eq!((second.status, second.code().as_str()), (503, "server.busy"));
    assert_eq!((first.status, health.status), (200, 204));
    assert_eq!(world.get("/v1/open", &[]).await.status, 200);
}

#[tokio::test]
async fn a_body_over_the_limit_of_all_routes_never_reaches_one() {
    let world = World::with(Limits { body_bytes_max: 100, ..Limits::default() }).await;
    let request = world.request("POST", "/v1/things", &[]).with("content-length", "101");
    let answer = world.send(request.json(PRIVATE.repeat(10))).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "request.too_large"));
}

#[tokio::test]
async fn no_answer_is_kept_or_guessed_at_by_a_browser() {
    let world = World::new().await;
    for path in ["/v1/open", "/v1/nothing", "/openapi.json", "/health/ready"] {
        let answer = world.send(anonymous("GET", path)).await;
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn the_description_tells_what_every_route_has_in_common() {
    let world = World::new().await;
    let answer = world.send(anonymous("GET", "/openapi.json")).await;
    let api: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    assert_eq!(api["info"]["title"], "Involvement: things");
    assert!(api["info"]["contact"].is_null(), "nobody else answers for it");
    let post = &api["paths"]["/v1/things"]["post"];
    let headers: Vec<&str> = post["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    assert_eq!(headers[..2], ["Idempotency-Key", "If-Match"]);
    assert!(headers.contains(&"Involvement-On-Behalf-Of"));
    for status in ["400", "401", "403", "404", "409", "412", "413", "415", "422", "500", "503"] {
        let content = &post["responses"][status]["content"]["application/problem+json"];
        assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{status}");
    }
    assert!(post["responses"].get("default").is_none(), "nothing else is ever answered");
    for name in ["Problem", "FieldError", "Reason", "Keep", "OpportunityId"] {
        assert!(api["components"]["schemas"][name].is_object(), "{name}");
    }
    assert_eq!(post["security"], serde_json::json!([{ "bearer": [] }]));
    let open = &api["paths"]["/v1/open"]["get"]["security"];
    assert_eq!(*open, serde_json::json!([{ "bearer": [] }, {}]));
}

#[tokio::test]
async fn health_tells_which_part_is_not_well() {
    let world = World::new().await;
    world.readiness.expect(crate::Condition::Database);
    let answer = world.send(anonymous("GET", "/health/ready")).await;
    let expected =
        r#"{"ready":false,"conditions":[{"name":"database","ok":false,"reason":"starting"}]}"#;
    assert_eq!((answer.status, answer.body.as_str()), (503, expected));
    world.readiness.ok(crate::Condition::Database);
    assert_eq!(world.send(anonymous("GET", "/health/ready")).await.status, 200);
    assert_eq!(world.send(anonymous("GET", "/health/live")).await.status, 204);
}

#[tokio::test]
async fn a_stop_lets_a_running_request_come_to_its_end() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/waits", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(serve(listener, world.app.clone(), stop.clone()));
    let token = world.issuer.token("me", &[]);
    let request = reqwest::Client::new().get(url).bearer_auth(token).send();
    let ((), answer) = tokio::join!(
        async {
            world.waiting.notified().await;
            stop.cancel();
            world.gate.notify_one();
        },
        request
    );
    assert_eq!(answer.unwrap().status(), 200);
    assert!(tasks.join_next().await.unwrap().unwrap().is_ok());
}

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_of_every_request_and_nothing_of_what_was_in_it() {
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(move || written.clone())
        .finish();
    // For the whole process: one for this thread alone would miss what other tests met first. What
    // they log is judged along with it.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::callsite::rebuild_interest_cache();
    let world = World::new().await;
    let traced = |method, path: &str| {
        let given = format!("00-{TRACE_ID}-00f067aa0ba902b7-01");
        world.request(method, path, &[]).with("traceparent", &given)
    };
    world.send(traced("GET", &format!("/v1/open?q={PRIVATE}")).empty()).await;
    world.send(traced("GET", "/v1/panics").empty()).await;
    world.send(traced("POST", "/v1/things").with("idempotency-key", PRIVATE).empty()).await;
    world.get(&format!("/v1/{PRIVATE}"), &[]).await;
    world.send(anonymous(PRIVATE, "/v1/open")).await;
    world.get(&format!("/v1/things/{PRIVATE}"), &[]).await;
    let key = |key| world.request("POST", "/v1/things", &[]).with("idempotency-key", key);
    let body = format!("{{\"title\":\"{PRIVATE}\"}}");
    world.send(key(PRIVATE).json(body)).await;
    world.send(key("k").with("if-match", PRIVATE).with("traceparent", PRIVATE).empty()).await;
    let bad = Request::get("/v1/mine").header("authorization", format!("Bearer {PRIVATE}"));
    world.send(bad.body(axum::body::Body::empty()).unwrap()).await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains(PRIVATE), "{log}");
    let ours: Vec<&str> = log.lines().filter(|line| line.contains(TRACE_ID)).collect();
    for (route, expected) in [
        ("/v1/open", "status=200"),
        ("/v1/panics", "a route panicked"),
        ("/v1/panics", "status=500"),
        ("/v1/things", "the database cannot be reached in time"),
        ("/v1/things", "status=503"),
    ] {
        let route = format!("route=\"{route}\"");
        let is_told = ours.iter().any(|line| line.contains(&route) && line.contains(expected));
        assert!(is_told, "{route} with {expected} is missing in {ours:#?}");
    }
}
