//! A key makes a request repeatable: the same answer, byte for byte, and nothing twice.

use reqwest::Method;
use serde_json::json;
use testkit::send;

use crate::world::{advert, world};

#[tokio::test]
async fn the_same_request_gets_the_same_answer_also_after_a_restart() {
    let world = world().await;
    let first = world.http.post(&world.ana, "/v1/opportunities", "k", &advert()).await.expect(201);
    let world = world.restarted().await;
    let again = world.http.post(&world.ana, "/v1/opportunities", "k", &advert()).await.expect(201);
    assert_eq!((first.text, first.headers.get("etag")), (again.text, again.headers.get("etag")));
    let other = world.http.post(&world.ana, "/v1/opportunities", "k", &json!({})).await;
    assert_eq!(other.status, 422);
    assert_eq!(world.count_events().await, 1);
}

#[tokio::test]
async fn the_key_of_one_person_is_not_the_key_of_another() {
    let world = world().await;
    let one = world.http.post(&world.ana, "/v1/opportunities", "k", &advert()).await.expect(201);
    let two = world.http.post(&world.ben, "/v1/opportunities", "k", &advert()).await.expect(201);
    assert_ne!(one.id(), two.id());
}

#[tokio::test]
async fn without_a_key_nothing_is_done() {
    let world = world().await;
    let request = world.http.request(Method::POST, Some(&world.ana), "/v1/opportunities");
    let answer = send(request.json(&advert())).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(world.count_events().await, 0);
}

#[tokio::test]
async fn a_refusal_is_repeated_too() {
    let world = world().await;
    let id = world.ana_drafts("bare", &json!({})).await;
    let first = world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(409);
    world.give(&world.ana, &id, "revise", advert()).await.expect(200);
    let again = world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(409);
    assert_eq!(first.text, again.text);
}
