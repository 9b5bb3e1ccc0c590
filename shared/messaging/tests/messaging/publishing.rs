//! From the log to the streams: in order, each message once, whatever happens to the relay.

use async_nats::header::NATS_MESSAGE_ID;
use eventstore::Progress;
use futures::StreamExt;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::opportunity::Ask;
use crate::readers::{Heard, rows};
use crate::world::{ADMIN, LIMIT, World, published, reached};

#[tokio::test]
async fn every_event_is_in_the_log_stream_and_only_what_may_be_told_is_in_the_facts() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let relay = service.relay().await;
    let id = Uuid::now_v7();
    service.give(id, Ask::Open { places: 3 }).await;
    service.give(id, Ask::Reword).await;
    let end = service.give(id, Ask::Announce { people: 4 }).await;
    published(&relay, end).await;
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 3);
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 5);

    let admin = world.connect(ADMIN).await;
    let facts = admin.jetstream().get_stream("FACTS_OPPORTUNITIES").await.unwrap();
    let first = facts.get_raw_message(1).await.unwrap();
    let event: Uuid = sqlx::query_scalar("select event_id from log.event where position = 1")
        .fetch_one(&service.pool)
        .await
        .unwrap();
    let header = |name: &str| first.headers.get(name).unwrap().as_str().to_owned();
    assert_eq!(first.subject.as_str(), "opportunities.facts.opportunity.opened.v1");
    assert_eq!(&first.payload[..], br#"{"places":3}"#);
    assert_eq!(header("ce-specversion"), "1.0");
    assert_eq!(header("ce-source"), "opportunities");
    assert_eq!(header("ce-type"), "opportunity.opened.v1");
    assert_eq!(header("ce-causationid"), event.to_string());
    let fact_id = Uuid::new_v5(&event, b"opportunity.opened.v1").to_string();
    assert_eq!(header("ce-id"), fact_id);
    assert_eq!(header(NATS_MESSAGE_ID.as_ref()), fact_id);
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_killed_at_any_message_doubles_nothing_and_loses_nothing() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    service.give(Uuid::now_v7(), Ask::Announce { people: 1500 }).await;
    let end = service.open(20).await;
    let admin = world.connect(ADMIN).await;
    let mut published_now = admin.client().subscribe("opportunities.facts.>").await.unwrap();
    admin.client().flush().await.unwrap();
    for killed_after in [1, 64, 65, 300] {
        let relay = service.relay().await;
        for _ in 0..killed_after {
            tokio::select! {
                message = published_now.next() => drop(message.unwrap()),
                _ = published(&relay, end) => break,
            }
        }
        relay.stop().await;
    }
    let relay = service.relay().await;
    published(&relay, end).await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 1520);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 21);
    relay.stop().await;

    let reader = world.service("recruitment").await;
    let heard =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    reached(&heard, end).await;
    let announced = (1..=1500).map(|ordinal| (1, ordinal));
    let opened = (2..=21).map(|position| (position, 1));
    assert_eq!(rows(&reader.pool).await.0, announced.chain(opened).collect::<Vec<_>>());
    heard.stop().await;
}

#[tokio::test]
async fn a_relay_that_published_but_did_not_remember_doubles_nothing() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let end = service.open(7).await;
    service.publish_up_to(end).await;
    for forgetting in [
        "update views.relay_position set position = 0, sequence = 0",
        "truncate views.relay_position",
    ] {
        sqlx::query(AssertSqlSafe(forgetting)).execute(&service.pool).await.unwrap();
        service.publish_up_to(end).await;
    }
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 7);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 7);
}

#[tokio::test]
async fn two_relays_of_one_service_publish_each_message_once() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let (one, other) = (service.relay().await, service.relay().await);
    let end = service.open(60).await;
    published(&one, end).await;
    published(&other, end).await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 60);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 60);
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_service_takes_commands_while_nats_is_away_and_publishes_when_it_is_back() {
    let mut world = World::new().await;
    let service = world.service("opportunities").await;
    let relay = service.relay().await;
    published(&relay, service.open(2).await).await;
    world.nats.server.halt().await.unwrap();
    let end = tokio::time::timeout(LIMIT, service.open(5)).await.unwrap();
    world.nats.server.start_again().await.unwrap();
    published(&relay, end).await;
    for stream in ["FACTS_OPPORTUNITIES", "LOG_OPPORTUNITIES"] {
        let expected: Vec<_> = (1..=7).zip(1..).collect();
        assert_eq!(world.kept_in(stream).await, expected, "{:?}", relay.status.borrow());
    }
    relay.stop().await;
}
