//! What an earlier build of this service stored reads like any other event, over HTTP, in facts and in
//! its room; and stays as it was stored.

use eventstore::append::{Append, Appended, NewEvent};
use eventstore::{StreamId, reader};
use recruitment::application::Application;
use serde_json::{Value, json};
use testkit::settled;
use uuid::Uuid;

use crate::world::{World, advert, registration, world};

const OLD: &str = "application.opportunity_withdrawn.v1";

/// As it was written before anything was said of those in reserve.
async fn an_earlier_build_stores(world: &World, application: Uuid, payload: &Value) {
    let executor = &world.running.executor;
    let stream = StreamId::new("application", application);
    let all = reader::stream(executor.pool(), &stream).await.unwrap();
    let mut append = Append::nothing(Uuid::now_v7(), stream);
    append.expected_version = executor.load::<Application>(application).await.unwrap().version;
    append.events.push(NewEvent {
        event_id: Uuid::now_v7(),
        event_type: OLD.to_owned(),
        schema_version: 1,
        payload: payload.to_string(),
        meta: all.last().unwrap().meta.clone(),
    });
    let appended = executor.committer().append(append).await.unwrap();
    assert!(matches!(appended, Appended::Stored(_)), "{appended:?}");
    settled(&world.running).await;
}

#[tokio::test]
async fn a_withdrawal_that_an_earlier_build_stored_is_told_like_any_other() {
    let world = world().await;
    world.registers(&world.ana, &registration()).await;
    let opportunity = world.opens(advert()).await;
    world.applies(&world.ana, opportunity, "k").await.expect(201);
    let submitted = reader::after(world.running.executor.pool(), 0, 10_000).await.unwrap();
    let application =
        submitted.iter().find(|it| it.event_type == "application.submitted.v1").unwrap().stream.id;
    let mut old: Value = serde_json::from_str(include_str!(
        "../../samples/application.opportunity_withdrawn.v1.json"
    ))
    .unwrap();
    old["opportunity"] = json!(opportunity);
    old["applicant"] = json!(world.ana.id);
    an_earlier_build_stores(&world, application, &old).await;

    let mine = world.read(&world.ana, "/v1/my/involvement").await.expect(200).json;
    assert_eq!(mine["applications"][0]["progress"]["stage"], "opportunity_withdrawn");
    assert_eq!(mine["applications"][0]["progress"]["reason"], old["reason"]);
    let told = world.facts().await;
    assert_eq!(told.iter().filter(|it| *it == OLD).count(), 1, "the fact has its name still");
    let path = format!("/v1/applications/{application}/withdraw");
    let late = world.give(&world.ana, &path, json!({})).await.expect(409);
    assert_eq!(late.code(), "application.not_going_ahead");
    assert_eq!(world.events(OLD).await, [old], "as it was stored");
}
