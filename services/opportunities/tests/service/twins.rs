//! One command sent a thousand times at once is one command; a thousand commands for what can happen
//! once make it happen once. `TWINS` asks for more of them.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, at_once, send};

use crate::world::{World, advert, world};

const TWINS_USUAL: usize = 1_000;

#[expect(clippy::disallowed_methods, reason = "who runs a test says here how many")]
fn twins() -> usize {
    std::env::var("TWINS").ok().and_then(|it| it.parse().ok()).unwrap_or(TWINS_USUAL)
}

/// A service that has been asked before: it has all its connections, and is not making them while a
/// thousand wait.
async fn asked_before() -> World {
    let world = world().await;
    let ana = world.ana.clone();
    let warm = at_once(world.running.address, 120, move |http, place| {
        if place > 0 {
            return http.request(Method::GET, Some(&ana), "/v1/settings");
        }
        let request = http.request(Method::POST, Some(&ana), "/v1/opportunities");
        request.header("idempotency-key", "before").json(&json!({}))
    });
    assert!(warm.await.iter().all(|it| it.status < 300));
    world
}

fn seen(answer: &Answer) -> (u16, String, Option<String>) {
    let etag = answer.headers.get("etag").map(|it| it.to_str().unwrap().to_owned());
    (answer.status, answer.text.clone(), etag)
}

/// The command again, as it was or changed in one way.
async fn again(world: &World, path: &str, body: &Value, if_match: Option<&str>) -> Answer {
    let request = world.http.request(Method::POST, Some(&world.ana), path);
    let request = request.header("idempotency-key", "one").json(body);
    send(match if_match {
        Some(version) => request.header("if-match", version),
        None => request,
    })
    .await
}

/// Under the same key, only the same request gets an answer.
async fn is_kept(world: &World, first: &Answer) {
    const PATH: &str = "/v1/opportunities";
    assert_eq!(seen(&again(world, PATH, &advert(), None).await), seen(first));
    let mut other = advert();
    other["advert"]["places"] = json!(3);
    let revise = format!("{PATH}/{}/revise", first.id());
    let asked = format!("{PATH}?x=1");
    for (path, body, if_match) in [
        (PATH, &other, None),
        (&revise, &advert(), None),
        (&asked, &advert(), None),
        (PATH, &advert(), Some("\"1\"")),
        (PATH, &json!({}), Some("\"0\"")),
    ] {
        let answer = again(world, path, body, if_match).await.expect(422);
        assert_eq!(answer.code(), "command.key_reused", "{path} {if_match:?}");
    }
    assert_eq!(world.count_events().await, 2, "one before, and this one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_twins_are_one_command_with_one_answer_also_after_a_restart() {
    let world = asked_before().await;
    let ana = world.ana.clone();
    let answers = at_once(world.running.address, twins(), move |http, _| {
        let request = http.request(Method::POST, Some(&ana), "/v1/opportunities");
        request.header("idempotency-key", "one").json(&advert())
    })
    .await;
    assert_eq!(answers.len(), twins());
    let first = answers[0].clone().expect(201);
    for answer in &answers {
        assert_eq!(seen(answer), seen(&first));
    }
    is_kept(&world, &first).await;
    let world = world.restarted().await;
    is_kept(&world, &first).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_approvals_at_once_one_is_stored() {
    let world = asked_before().await;
    let id = world.ana_drafts("draft", &advert()).await;
    world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(200);
    let (fay, path) = (world.fay.clone(), format!("/v1/opportunities/{id}/approve"));
    let answers = at_once(world.running.address, twins(), move |http, place| {
        let request = http.request(Method::POST, Some(&fay), &path);
        request.header("idempotency-key", format!("approval-{place}")).json(&json!({}))
    })
    .await;
    for answer in &answers {
        assert!([200, 409].contains(&answer.status), "{}", answer.text);
    }
    assert!(answers.iter().any(|it| it.status == 200));
    let approved: i64 = sqlx::query_scalar(
        "select count(*) from log.event where event_type = 'opportunity.approved.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!((approved, world.count_events().await), (1, 4));
}

#[tokio::test]
async fn the_version_that_was_seen_is_one_number_or_is_not_taken() {
    let world = world().await;
    let id = world.ana_drafts("draft", &advert()).await;
    let path = format!("/v1/opportunities/{id}/revise");
    let mut n_sent = 0;
    let mut revise = async |versions: &[&str]| {
        n_sent += 1;
        let mut said = advert();
        said["advert"]["places"] = json!(n_sent);
        let mut request = world.http.request(Method::POST, Some(&world.ana), &path);
        for version in versions {
            request = request.header("if-match", *version);
        }
        let before = world.count_events().await;
        let answer =
            send(request.header("idempotency-key", format!("k{n_sent}")).json(&said)).await;
        (answer.status, answer.code().to_owned(), world.count_events().await - before)
    };
    for unreadable in [
        &["W/\"1\""][..],
        &["\"1\", \"2\""],
        &["1, 2"],
        &["\"1\"", "\"1\""],
        &["\"1\"", "*"],
        &["yesterday"],
        &["\"-1\""],
        &["+1"],
        &["1.0"],
        &["0x1"],
        &["\"\""],
        &[""],
        &["\"1"],
        &["\u{661}"],
        &["99999999999999999999"],
    ] {
        let expected = (400, "request.header".to_owned(), 0);
        assert_eq!(revise(unreadable).await, expected, "{unreadable:?}");
    }
    for stale in ["\"0\"", "\"2\"", "9223372036854775807"] {
        assert_eq!(revise(&[stale]).await, (412, "command.stale".to_owned(), 0), "{stale}");
    }
    // No command needs a version; whoever names none, or any, takes what there is.
    for current in [&["\"1\""][..], &["2"], &["*"], &[]] {
        assert_eq!(revise(current).await, (200, String::new(), 1), "{current:?}");
    }
}
