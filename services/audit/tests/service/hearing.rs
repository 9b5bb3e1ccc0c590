//! Streams carry and this remembers: whatever is heard twice, lost or made anew changes no row.

use std::fs;

use crate::life::{application, claim, opportunity};
use crate::world::{World, world};

const KEPT: [&str; 5] =
    ["views.record", "views.about", "views.standing", "views.name", "views.account_link"];

async fn kept(world: &World) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in KEPT {
        all.push(world.rows(table).await);
    }
    all
}

#[tokio::test]
async fn every_record_is_kept_byte_for_byte() {
    let world = world().await;
    let service = application(&world).await;
    service.heard_by(&world).await;
    let columns = "position, log_id, event_id, stream_type, stream_id, version, event_type, \
                   schema_version, payload, meta, recorded_at, database_at, hash_format, chain_hash";
    let select = |table: &str| format!("select t::text from (select {columns} from {table}) t");
    let stored: Vec<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(select("log.event") + " order by position"))
            .fetch_all(&service.pool)
            .await
            .unwrap();
    let held: Vec<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(select("views.record") + " order by position"))
            .fetch_all(world.running.executor.pool())
            .await
            .unwrap();
    assert_eq!(stored.len(), 8);
    assert_eq!(held, stored);
}

#[tokio::test]
async fn streams_that_are_wiped_and_published_again_change_no_row() {
    let mut world = world().await;
    let services = [opportunity(&world).await, application(&world).await, claim(&world).await];
    for service in &services {
        service.heard_by(&world).await;
    }
    let before = kept(&world).await;
    assert_eq!(before[0].len(), 14);

    world.nats.server.halt().await.unwrap();
    fs::remove_dir_all(world.nats.server.data_folder().join("store/jetstream")).unwrap();
    world.nats.server.start_again().await.unwrap();
    for service in &services {
        let by_ana = crate::world::by(world.ana.id, "involvee");
        let stream = ("garden_party", crate::world::id(1));
        service.tells(stream, "garden_party.begun.v1", serde_json::json!({}), by_ana).await;
        service.heard_by(&world).await;
    }

    let after = kept(&world).await;
    assert_eq!(after[0].len(), 17, "what is new is kept too");
    let old: Vec<_> =
        after[0].iter().filter(|row| !row.contains("garden_party")).cloned().collect();
    assert_eq!(old, before[0]);
    let chain = world.get(&world.auditor, "/v1/chain").await.expect(200);
    assert!(chain.json["sources"].as_array().unwrap().iter().all(|it| it["intact"] == true));
}

#[tokio::test]
async fn messages_that_stand_twice_in_a_stream_change_no_row() {
    let world = world().await;
    let service = application(&world).await;
    service.heard_by(&world).await;
    let before = kept(&world).await;
    let admin = world.administrator().await;
    let stream = admin.jetstream().get_stream("LOG_RECRUITMENT").await.unwrap();
    for sequence in [3, 1, 8] {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let mut headers = async_nats::HeaderMap::new();
        let all = message.headers.iter();
        for (name, values) in all.filter(|(name, _)| name.to_string().starts_with("ce-")) {
            headers.insert(name.clone(), values[0].clone());
        }
        let subject = message.subject.clone();
        let sent = admin.jetstream().publish_with_headers(subject, headers, message.payload).await;
        sent.unwrap().await.unwrap();
    }
    testkit::until(|| async {
        world.running.standing().await.is_ok_and(|standing| standing.waiting.is_empty())
    })
    .await;
    assert_eq!(kept(&world).await, before);
}

#[tokio::test]
async fn views_made_anew_from_the_streams_hold_the_same() {
    let world = world().await;
    for service in [opportunity(&world).await, application(&world).await] {
        service.heard_by(&world).await;
    }
    let before = kept(&world).await;
    let world = world.changed_while_away("update views.fact_checkpoint set version = 0").await;
    world.heard("opportunities", 3).await;
    world.heard("recruitment", 8).await;
    assert_eq!(kept(&world).await, before);
}

#[tokio::test]
async fn without_nats_or_without_keys_it_does_not_start_and_says_what_it_lacks() {
    let world = world().await;
    let mut config = world.config.clone();
    config.service.vault = None;
    assert_eq!(world.refusal_to_start(&config).await, "the configuration lacks [service.vault]");
    config.service.nats = None;
    assert_eq!(world.refusal_to_start(&config).await, "the configuration lacks [service.nats]");
}
