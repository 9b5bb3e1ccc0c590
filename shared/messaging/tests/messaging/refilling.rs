//! What a stream lost is told again by its publisher, to those who may hear it and to nobody else.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use eventstore::Progress;
use futures::StreamExt;
use messaging::{SubscriptionStatus, Subscriptions};
use uuid::Uuid;

use crate::opportunity::Ask;
use crate::readers::{AnswerOpenings, Heard, History, openings, rows};
use crate::world::{ADMIN, LIMIT, Running, Service, World, published, reached, stalled};

/// What audit keeps of an event.
type Row = (i64, String, String, Vec<u8>);

const FACTS: &str = "FACTS_OPPORTUNITIES";
const LOG: &str = "LOG_OPPORTUNITIES";

/// Streams that can lose messages as a broken disk would have them lose them.
async fn lossy() -> World {
    let world = World::new().await;
    for stream in [FACTS, LOG] {
        let losing = |config: &mut async_nats::jetstream::stream::Config| {
            (config.deny_delete, config.deny_purge) = (false, false);
        };
        world.made_otherwise(stream, losing).await;
    }
    world
}

async fn lose(world: &World, stream: &str, sequences: impl IntoIterator<Item = u64>) {
    let admin = world.connect(ADMIN).await;
    let stream = admin.jetstream().get_stream(stream).await.unwrap();
    for sequence in sequences {
        stream.delete_message(sequence).await.unwrap();
    }
}

async fn hears(reader: &Service) -> Running<Vec<SubscriptionStatus>> {
    let policy = AnswerOpenings { asked: Arc::default() };
    let both = |all: &mut Subscriptions| {
        all.view(Heard { version: 1 }).unwrap();
        all.policy(policy, reader.executor.clone()).unwrap();
    };
    reader.hear(&Progress::default(), both).await
}

fn refilled(running: &Running<Vec<SubscriptionStatus>>) -> Vec<u64> {
    running.status.borrow().iter().map(|one| one.refilled).collect()
}

#[tokio::test]
async fn what_a_stream_lost_is_told_again_and_the_rows_are_those_of_a_whole_stream() {
    let mut world = lossy().await;
    let publisher = world.service("opportunities").await;
    publisher.open(3).await;
    publisher.give(Uuid::now_v7(), Ask::Announce { people: 3 }).await;
    publisher.give(Uuid::now_v7(), Ask::Reword).await;
    let end = publisher.open(4).await;
    let relay = publisher.relay().await;
    published(&relay, end).await;
    // The first, two that follow each other, one in the middle of an event.
    lose(&world, FACTS, [1, 3, 4, 6, 9]).await;
    let reader = world.service("recruitment").await;
    let running = hears(&reader).await;
    reached(&running, end).await;
    assert_eq!(refilled(&running), [5, 5]);
    running.stop().await;

    world.lose_all_streams(async || {}).await;
    published(&relay, end).await;
    let rebuilt = world.service("recruitment").await;
    let running = hears(&rebuilt).await;
    reached(&running, end).await;
    assert_eq!(refilled(&running), [0, 0]);
    running.stop().await;
    assert_eq!(rows(&reader.pool).await, rows(&rebuilt.pool).await);
    assert_eq!((reader.count().await, rebuilt.count().await), (7, 7));
    relay.stop().await;
}

#[tokio::test]
async fn a_hole_larger_than_one_answer_is_filled_answer_by_answer_for_facts_and_for_logs() {
    let world = lossy().await;
    let publisher = world.service("opportunities").await;
    publisher.give(Uuid::now_v7(), Ask::Announce { people: 1200 }).await;
    let end = publisher.open(30).await;
    let relay = publisher.relay().await;
    published(&relay, end).await;
    let admin = world.connect(ADMIN).await;
    let facts = admin.jetstream().get_stream(FACTS).await.unwrap();
    facts.purge().sequence(1201).await.unwrap();
    lose(&world, LOG, 11..=25).await;
    let (reader, audit) = (world.service("recruitment").await, world.service("audit").await);
    let hearing =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let copying = audit.hear(&Progress::default(), |all| all.view(History).unwrap()).await;
    reached(&hearing, end).await;
    reached(&copying, end).await;
    assert_eq!((refilled(&hearing), refilled(&copying)), (vec![1200], vec![15]));
    let announced = (1..=1200).map(|ordinal| (1, ordinal));
    let opened = (2..=31).map(|position| (position, 1));
    assert_eq!(rows(&reader.pool).await.0, announced.chain(opened).collect::<Vec<_>>());
    let stored = "select position, payload, meta, chain_hash from log.event order by position";
    let kept = "select position, payload, meta, chain_hash from views.history order by position";
    let stored: Vec<Row> = sqlx::query_as(stored).fetch_all(&publisher.pool).await.unwrap();
    let kept: Vec<Row> = sqlx::query_as(kept).fetch_all(&audit.pool).await.unwrap();
    assert_eq!(kept, stored);
    hearing.stop().await;
    copying.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_hole_stays_open_without_its_publisher_and_is_filled_once_that_is_back() {
    let world = lossy().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.open(6).await;
    publisher.publish_up_to(end).await;
    lose(&world, FACTS, [3]).await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let why = stalled(&running).await;
    assert!(why.contains("deploy/runbooks/a-hole-in-a-stream.md"), "{why}");
    assert_eq!(rows(&reader.pool).await, openings(2));
    let relay = publisher.relay().await;
    tokio::time::timeout(Duration::from_secs(15), reached(&running, end)).await.unwrap();
    assert_eq!(rows(&reader.pool).await, openings(6));
    running.stop().await;
    relay.stop().await;
}

/// One request, as whoever may publish anything; what was answered within the time of the next, which
/// is known to be answered.
async fn asks(world: &World, subject: &str, body: &str) -> Vec<async_nats::Message> {
    let admin = world.connect(ADMIN).await;
    let mut told = admin.client().subscribe("opportunities.replayed.>").await.unwrap();
    let certain = request(&Uuid::nil(), "");
    for (subject, body) in [(subject, body), ("opportunities.replay.facts.recruitment", &certain)] {
        admin.client().publish(subject.to_owned(), body.to_owned().into()).await.unwrap();
    }
    let mut answered = Vec::new();
    loop {
        let message = tokio::time::timeout(LIMIT, told.next()).await.unwrap().unwrap();
        let header = |name| message.headers.as_ref().unwrap().get(name).map(ToString::to_string);
        if header("replay-request") != Some(Uuid::nil().to_string()) {
            answered.push(message);
        } else if header("replay-end").is_some() {
            return answered;
        }
    }
}

/// A request for everything up to the third event.
fn request(id: &Uuid, more: &str) -> String {
    format!(
        r#"{{"request":"{id}","after":{{"position":0,"ordinal":0}},
            "up_to":{{"position":3,"ordinal":1}}{more}}}"#
    )
}

/// What its publisher wrote into a message.
fn written(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut all: Vec<_> = headers
        .iter()
        .map(|(name, values)| (name.to_string(), values[0].to_string()))
        .filter(|(name, _)| {
            name.starts_with("ce-") || name == "Nats-Msg-Id" || name == "traceparent"
        })
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn what_is_told_again_is_what_was_published_byte_for_byte() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    publisher.open(2).await;
    publisher.give(Uuid::now_v7(), Ask::Announce { people: 2 }).await;
    let end = publisher.open(1).await;
    let relay = publisher.relay().await;
    published(&relay, end).await;
    let admin = world.connect(ADMIN).await;
    for (stream, channel, reader, n_messages) in
        [(FACTS, "facts", "recruitment", 3), (LOG, "log", "audit", 3)]
    {
        let subject = format!("opportunities.replay.{channel}.{reader}");
        let told = asks(&world, &subject, &request(&Uuid::now_v7(), "")).await;
        let (end, told) = told.split_last().unwrap();
        assert!(end.payload.is_empty());
        // Up to the first message of the third event.
        assert_eq!(told.len(), n_messages, "{channel}");
        let stream = admin.jetstream().get_stream(stream).await.unwrap();
        for (message, sequence) in told.iter().zip(1..) {
            let StreamMessage { headers, payload, .. } =
                stream.get_raw_message(sequence).await.unwrap();
            assert_eq!(message.payload, payload);
            assert_eq!(written(message.headers.as_ref().unwrap()), written(&headers));
        }
    }
    relay.stop().await;
}

#[tokio::test]
async fn strangers_and_those_of_another_history_are_told_nothing() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let relay = publisher.relay().await;
    published(&relay, publisher.open(4).await).await;
    let whole = request(&Uuid::now_v7(), "");
    let other_log = format!(r#","log_id":"{}""#, Uuid::now_v7());
    for (subject, body) in [
        ("opportunities.replay.log.recruitment", whole.clone()),
        ("opportunities.replay.facts.audit", whole.clone()),
        ("opportunities.replay.facts.nobody", whole.clone()),
        ("opportunities.replay.everything.recruitment", whole),
        ("opportunities.replay.facts.recruitment", "all of it".to_owned()),
        ("opportunities.replay.facts.recruitment", request(&Uuid::now_v7(), &other_log)),
        (
            "opportunities.replay.facts.recruitment",
            request(&Uuid::now_v7(), r#","chain_hash":"00ff""#),
        ),
    ] {
        assert!(asks(&world, subject, &body).await.is_empty(), "{subject} {body}");
    }
    relay.stop().await;
}
