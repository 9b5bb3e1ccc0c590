//! Unchanged, provably: every record can be recomputed by anybody, and what was changed on the way,
//! at rest, or at its owner is found.

use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use eventstore::chain::{self, Link};
use jiff::Timestamp;
use messaging::streams;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::life::{APPLICATION, application};
use crate::world::{World, by, world};

async fn chain(world: &World, source: &str) -> Value {
    let answer = world.get(&world.auditor, "/v1/chain").await.expect(200);
    let sources = answer.json["sources"].as_array().unwrap();
    sources.iter().find(|it| it["source"] == source).unwrap().clone()
}

async fn verified(world: &World, source: &str) -> Value {
    let path = format!("/v1/chain/{source}/verify");
    world.get(&world.auditor, &path).await.expect(200).json
}

/// Takes everything out of a log's stream and puts it back as an intruder would, changed.
async fn altered(world: &World, change: impl Fn(u64, &mut Value)) {
    let admin = world.administrator().await;
    let stream = admin.jetstream().get_stream("LOG_RECRUITMENT").await.unwrap();
    let last = stream.cached_info().state.last_sequence;
    let mut messages: Vec<StreamMessage> = Vec::new();
    for sequence in 1..=last {
        messages.push(stream.get_raw_message(sequence).await.unwrap());
    }
    admin.jetstream().delete_stream("LOG_RECRUITMENT").await.unwrap();
    streams::provision(admin.jetstream(), &world.layout).await.unwrap();
    for (sequence, message) in (1..).zip(messages) {
        let mut body: Value = serde_json::from_slice(&message.payload).unwrap();
        change(sequence, &mut body);
        let mut headers = HeaderMap::new();
        for (name, values) in message.headers.iter() {
            if name.to_string().starts_with("ce-") {
                headers.insert(name.clone(), values[0].clone());
            }
        }
        let payload = body.to_string().into();
        let sent = admin.jetstream().publish_with_headers(message.subject, headers, payload).await;
        sent.unwrap().await.unwrap();
    }
}

#[tokio::test]
async fn anybody_can_recompute_a_record_s_hash_from_what_is_shown() {
    let world = world().await;
    application(&world).await.heard_by(&world).await;
    let mut previous = None;
    for position in 1..=8 {
        let path = format!("/v1/records/recruitment/{position}");
        let it = world.get(&world.auditor, &path).await.expect(200).json;
        let text = |field: &str| it[field].as_str().unwrap().to_owned();
        let uuid = |field: &str| text(field).parse::<Uuid>().unwrap();
        let at = |field: &str| text(field).parse::<Timestamp>().unwrap();
        let before: Vec<u8> = (0..32)
            .map(|byte| u8::from_str_radix(&text("previous_hash")[2 * byte..][..2], 16).unwrap())
            .collect();
        let recomputed = chain::hash(
            &before,
            &Link {
                position,
                log_id: uuid("log_id"),
                event_id: uuid("event_id"),
                stream_type: &text("stream_type"),
                stream_id: uuid("stream_id"),
                version: it["version"].as_i64().unwrap(),
                event_type: &text("event_type"),
                schema_version: 1,
                payload: &text("payload"),
                meta: &text("meta"),
                recorded_at: at("recorded_at"),
                database_at: at("database_at"),
            },
        );
        assert_eq!(audit::chain::hex(&recomputed), text("chain_hash"));
        assert!(previous.is_none_or(|hash| hash == text("previous_hash")));
        previous = Some(text("chain_hash"));
    }
    let nothing = world.get(&world.auditor, "/v1/records/recruitment/9").await;
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn an_untouched_log_is_verified_as_it_arrives_and_again_on_request() {
    let world = world().await;
    application(&world).await.heard_by(&world).await;
    let standing = chain(&world, "recruitment").await;
    assert_eq!((&standing["events"], &standing["verified_to"]), (&json!(8), &json!(8)));
    assert_eq!(standing["intact"], true);
    let verdict = verified(&world, "recruitment").await;
    assert_eq!(verdict["verified_to"], 8);
    assert_eq!(verdict["chain_hash"], standing["chain_hash"]);
    assert!(verdict.get("first_break").is_none() && verdict.get("next").is_none());
    let silent = chain(&world, "notifications").await;
    assert_eq!((&silent["events"], &silent["intact"]), (&json!(0), &json!(true)));
    let stranger = world.get(&world.auditor, "/v1/chain/elsewhere/verify").await;
    assert_eq!(stranger.status, 404);
}

#[tokio::test]
async fn a_payload_altered_on_the_way_breaks_the_chain_at_its_place_and_the_rest_is_kept() {
    let world = world().await;
    world.running.stop().await;
    let service = application(&world).await;
    service.published(&world).await;
    altered(&world, |sequence, body| {
        if sequence == 4 {
            let payload = body["payload"].as_str().unwrap().replace("\"points\":2", "\"points\":5");
            body["payload"] = json!(payload);
        }
    })
    .await;
    let world = world.restarted().await;
    world.heard("recruitment", 8).await;
    let standing = chain(&world, "recruitment").await;
    assert_eq!(standing["first_break"], json!({"position": 4, "flaw": "hash_differs"}));
    assert_eq!(standing["intact"], false);
    assert_eq!((&standing["verified_to"], &standing["events"]), (&json!(3), &json!(8)));
    let verdict = verified(&world, "recruitment").await;
    assert_eq!(verdict["first_break"], json!({"position": 4, "flaw": "hash_differs"}));
    assert!(world.running.readiness.is_ready(), "a break is shown, and what is held still read");
    assert_eq!(world.timeline(&format!("application={APPLICATION}")).await.len(), 7);
}

#[tokio::test]
async fn a_hash_that_does_not_fit_its_envelope_breaks_the_chain_too() {
    let world = world().await;
    world.running.stop().await;
    application(&world).await.published(&world).await;
    altered(&world, |sequence, body| {
        if sequence == 2 {
            body["chain_hash"] = json!("00".repeat(32));
        }
    })
    .await;
    let world = world.restarted().await;
    world.heard("recruitment", 8).await;
    let standing = chain(&world, "recruitment").await;
    assert_eq!(standing["first_break"], json!({"position": 2, "flaw": "envelope_differs"}));
}

#[tokio::test]
async fn what_is_changed_or_removed_at_rest_is_found_on_request() {
    let world = world().await;
    application(&world).await.heard_by(&world).await;
    world.as_admin("update views.record set payload = payload || ' ' where position = 5").await;
    let verdict = verified(&world, "recruitment").await;
    assert_eq!(verdict["first_break"], json!({"position": 5, "flaw": "hash_differs"}));
    let later = world.get(&world.auditor, "/v1/chain/recruitment/verify?from=6").await.expect(200);
    assert!(later.json.get("first_break").is_none(), "from there on it follows");
    world.as_admin("delete from views.record where position = 3").await;
    let verdict = verified(&world, "recruitment").await;
    assert_eq!(verdict["first_break"], json!({"position": 3, "flaw": "position_missing"}));
    world.as_admin("delete from views.record where position >= 3").await;
    let verdict = verified(&world, "recruitment").await;
    assert_eq!(verdict["first_break"], json!({"position": 3, "flaw": "position_missing"}));
}

#[tokio::test]
async fn a_history_rewritten_whole_by_its_owner_does_not_pass_for_the_old_one() {
    let world = world().await;
    let service = application(&world).await;
    service.heard_by(&world).await;
    // Another log, sound in itself, of the same service: heard from its beginning by views that are
    // made anew.
    let rewritten = world.service("recruitment").await;
    let by_ana = by(world.ana.id, "involvee");
    let stream = ("application", APPLICATION);
    rewritten.tells(stream, "application.withdrawn.v1", json!({}), by_ana).await;
    world.running.stop().await;
    let admin = world.administrator().await;
    admin.jetstream().delete_stream("LOG_RECRUITMENT").await.unwrap();
    admin.jetstream().delete_stream("FACTS_RECRUITMENT").await.unwrap();
    streams::provision(admin.jetstream(), &world.layout).await.unwrap();
    rewritten.published(&world).await;
    world.as_admin("update views.fact_checkpoint set version = 0").await;
    let world = world.restarted().await;
    world.heard("recruitment", 1).await;
    let standing = chain(&world, "recruitment").await;
    assert_eq!(standing["first_break"], json!({"position": 1, "flaw": "heard_otherwise_before"}));
    let told = world.sentences(&format!("application={APPLICATION}")).await;
    assert!(told[0].contains("An application was sent in."), "{told:?}");
}
