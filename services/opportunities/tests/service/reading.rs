//! What is read: after what was written, and only if it is newer than what one has.

use reqwest::Method;
use serde_json::json;
use testkit::send;

use crate::world::{advert, world};

#[tokio::test]
async fn a_read_shows_what_its_token_stands_for() {
    let world = world().await;
    for n in 0..10 {
        let drafted = world
            .http
            .post(&world.ana, "/v1/opportunities", &format!("n{n}"), &advert())
            .await
            .expect(201);
        let path = format!("/v1/opportunities/{}", drafted.id());
        let page = world.http.get(Some(&world.ana), &path, &drafted.token()).await.expect(200);
        assert_eq!(page.headers["etag"], "\"1\"");
    }
}

#[tokio::test]
async fn a_reader_who_has_this_version_gets_no_body_and_a_writer_who_has_not_is_stopped() {
    let world = world().await;
    let drafted = world.http.post(&world.ana, "/v1/opportunities", "k", &advert()).await;
    let path = format!("/v1/opportunities/{}", drafted.id());
    world.http.get(Some(&world.ana), &path, &drafted.token()).await.expect(200);
    let read = world.http.request(Method::GET, Some(&world.ana), &path);
    assert_eq!(send(read.header("if-none-match", "\"1\"")).await.status, 304);

    let revise = |key: &str, version: &str| {
        let request = world.http.request(Method::POST, Some(&world.ana), &format!("{path}/revise"));
        request.header("idempotency-key", key).header("if-match", version).json(&json!({}))
    };
    assert_eq!(send(revise("one", "\"1\"")).await.status, 200);
    assert_eq!(send(revise("two", "\"1\"")).await.status, 412);
}

#[tokio::test]
async fn a_view_made_anew_from_the_log_shows_the_same() {
    let world = world().await;
    let id = world.approved(&advert()).await;
    let path = format!("/v1/opportunities/{id}");
    testkit::settled(&world.running).await;
    let before = world.http.get(Some(&world.ana), &path, "").await.expect(200).text;
    sqlx::query("update views.checkpoint set version = 0")
        .execute(world.running.executor.pool())
        .await
        .unwrap();
    let world = world.restarted().await;
    testkit::settled(&world.running).await;
    let after = world.http.get(Some(&world.ana), &path, "").await.expect(200).text;
    assert_eq!(before, after);
}
