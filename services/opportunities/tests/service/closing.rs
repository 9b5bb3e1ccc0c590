//! Closings are instants, and timers only knock.

use serde_json::json;

use crate::world::{CLOSES, OPENS, advert, world};

#[tokio::test]
async fn it_closes_at_its_instant_and_not_before() {
    let world = world().await;
    let id = world.approved(&advert()).await;
    world.at(OPENS).await;
    let early = world.give(&world.ana, &id, "close", json!({})).await.expect(409);
    assert_eq!(early.code(), "opportunity.not_yet_time");
    world.at("2027-02-05T11:59:59Z").await;
    assert_eq!(world.stage(&id).await, "open");
    world.at(CLOSES).await;
    assert_eq!(world.stage(&id).await, "closed");
    let today = world.http.get(Some(&world.ana), "/v1/today", "").await.expect(200);
    assert_eq!(today.json["items"][0]["what"], "record_the_outcome");
    let approver = world.http.get(Some(&world.fay), "/v1/today", "").await.expect(200);
    assert_eq!(approver.json["items"], json!([]), "recording it is not for an approver");
}

#[tokio::test]
async fn a_closing_moved_later_is_kept_and_reopens_what_was_closed() {
    let world = world().await;
    let id = world.approved(&advert()).await;
    world.at(OPENS).await;
    world.at(CLOSES).await;
    let later = json!({"closing_at": "2027-02-12T12:00:00Z", "reason": "The post was late."});
    world.give(&world.ana, &id, "extend-closing", later).await.expect(200);
    assert_eq!(world.stage(&id).await, "open");
    world.at("2027-02-12T12:00:00Z").await;
    assert_eq!(world.stage(&id).await, "closed");
}

#[tokio::test]
async fn what_fell_due_while_the_service_was_away_happens_when_it_is_back() {
    let world = world().await;
    let id = world.approved(&advert()).await;
    world.running.stop().await;
    world.clock.advance_to(CLOSES.parse().unwrap()).unwrap();
    let world = world.restarted().await;
    testkit::settled(&world.running).await;
    assert_eq!(world.stage(&id).await, "closed");
}
