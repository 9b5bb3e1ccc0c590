//! A command's way in as far as the database, which is not there: everything before it is judged,
//! and what reaches it is a 503 with a reference.

use std::convert::Infallible;

use axum::body::Body as Stream;

use super::{is_json, key, read_body};
use crate::fixture::{ANA, Answer, Asking, Keep, PRIVATE, World};
use crate::role::Role;
use crate::token::RoleClaim;

const BODY: &str = "{\"title\":\"A thing\"}";

fn keep(world: &World, roles: &[RoleClaim]) -> Asking {
    world.request("POST", "/v1/things", roles)
}

async fn sent(world: &World, headers: &[(&str, &str)], roles: &[RoleClaim]) -> Answer {
    let asking =
        headers.iter().fold(keep(world, roles), |asking, (name, value)| asking.with(name, value));
    world.send(asking.json(BODY)).await
}

#[tokio::test]
async fn a_command_that_cannot_be_looked_up_is_a_503_with_a_reference() {
    let world = World::new().await;
    let answer = sent(&world, &[("idempotency-key", "k-1")], &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "server.unavailable"));
    assert_eq!(answer.headers["retry-after"], "2");
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let reference = body["reference"].as_str().unwrap();
    assert_eq!(body["instance"], format!("urn:uuid:{reference}"));
    for inside in ["127.0.0.1", "postgres", "sqlx", "pool", "connection"] {
        assert!(!answer.body.contains(inside), "{}", answer.body);
    }
}

#[tokio::test]
async fn every_command_needs_one_usable_key() {
    let world = World::new().await;
    let long = "k".repeat(201);
    for bad in ["", " ", "two words", "ключ", &long] {
        let answer = sent(&world, &[("idempotency-key", bad)], &[]).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "command.key_missing"), "{bad}");
    }
    assert_eq!(sent(&world, &[], &[]).await.code(), "command.key_missing");
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    assert_eq!(sent(&world, &twice, &[]).await.code(), "command.key_missing");
    let longest = [("idempotency-key", long.strip_suffix('k').unwrap())];
    assert_eq!(sent(&world, &longest, &[]).await.status, 503);
}

#[tokio::test]
async fn a_body_over_the_commands_limit_is_turned_away_however_it_comes() {
    let world = World::new().await;
    let big = format!("{{\"title\":\"{}\"}}", PRIVATE.repeat(100));
    let said = keep(&world, &[])
        .with("idempotency-key", "k")
        .with("content-length", &big.len().to_string());
    let answer = world.send(said.json(big.clone())).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "request.too_large"));
    let big = big.into_bytes();
    let pieces: Vec<_> = big.chunks(100).map(<[u8]>::to_vec).map(Ok::<_, Infallible>).collect();
    let stream = Stream::from_stream(futures::stream::iter(pieces));
    let unsaid = keep(&world, &[]).with("idempotency-key", "k");
    let answer = world.send(unsaid.json(stream)).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "request.too_large"));
}

#[tokio::test]
async fn a_body_is_json_or_nothing() {
    let world = World::new().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"] {
        let asking = keep(&world, &[]).with("idempotency-key", "k").with("content-type", kind);
        let answer = world.send(asking.body(PRIVATE)).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "request.media_type"), "{kind}");
    }
    let bare = keep(&world, &[]).with("idempotency-key", "k").body(PRIVATE);
    assert_eq!(world.send(bare).await.status, 415);
    assert!(is_json(&"Application/JSON; charset=utf-8".parse().unwrap()));
    let empty = keep(&world, &[]).with("idempotency-key", "k").empty();
    assert_eq!(world.send(empty).await.status, 503, "an empty body goes on to the database");
}

#[tokio::test]
async fn a_version_is_a_number_in_quotes_or_bare() {
    let world = World::new().await;
    for (given, expected) in [
        ("\"7\"", 503),
        ("7", 503),
        ("*", 503),
        ("\"\"", 400),
        ("-1", 400),
        ("+1", 400),
        ("W/\"7\"", 400),
        ("\"7\", \"8\"", 400),
        ("99999999999999999999", 400),
        (PRIVATE, 400),
    ] {
        let answer = sent(&world, &[("idempotency-key", "k"), ("if-match", given)], &[]).await;
        assert_eq!(answer.status, expected, "{given}");
        assert_ne!(answer.code(), "");
    }
}

#[tokio::test]
async fn acting_for_someone_takes_the_right_and_the_words_that_go_with_it() {
    let world = World::new().await;
    let ana = ANA.to_string();
    let key = ("idempotency-key", "k");
    let her = ("involvement-on-behalf-of", ana.as_str());
    let phone = ("involvement-taken", "phone");
    let staff = [RoleClaim::within(Role::Coordinator, &["north"])];
    let supporter = [RoleClaim::supporter_of(ANA)];
    assert_eq!(sent(&world, &[key, her, phone], &staff).await.status, 503);
    assert_eq!(sent(&world, &[key, her], &supporter).await.status, 503);
    assert_eq!(sent(&world, &[key, her, phone], &[]).await.status, 403);
    assert_eq!(sent(&world, &[key, her], &staff).await.status, 400);
    assert_eq!(
        sent(&world, &[key, ("involvement-on-behalf-of", PRIVATE)], &staff).await.code(),
        "request.header"
    );
    assert_eq!(sent(&world, &[key, phone], &staff).await.code(), "request.header");
}

#[tokio::test]
async fn a_visitor_gives_no_commands() {
    let world = World::new().await;
    let request = http::Request::post("/v1/things").header("idempotency-key", "k");
    assert_eq!(world.send(request.body(Stream::from(BODY)).unwrap()).await.status, 401);
}

#[test]
fn keys_are_taken_as_they_are() {
    let headers = [("idempotency-key".parse().unwrap(), "\"8e03978e\"".parse().unwrap())];
    assert_eq!(key(&headers.into_iter().collect()).unwrap(), "\"8e03978e\"");
}

#[test]
fn a_body_that_can_be_read_is_yet_judged_by_its_own_rules() {
    let good: Keep = read_body(BODY.as_bytes()).unwrap();
    assert_eq!(good.title, "A thing");
    let long = format!("{{\"title\":\"{PRIVATE}\"}}");
    let problem = read_body::<Keep>(long.as_bytes()).unwrap_err();
    assert_eq!((problem.body().status, problem.body().errors.len()), (422, 1));
    assert_eq!(problem.body().errors[0].field, "title");
    assert!(!serde_json::to_string(problem.body()).unwrap().contains(PRIVATE));
}
