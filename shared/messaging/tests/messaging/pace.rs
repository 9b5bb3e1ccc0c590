//! How fast a log comes to its streams, held against what the server itself takes in the same minute. The
//! times are told, not judged: a machine that does something else beside this is no failure.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::{NATS_BATCH_COMMIT, NATS_BATCH_ID, NATS_BATCH_SEQUENCE};
use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Config;
use futures::{StreamExt, stream};
use tokio::time::Instant;
use uuid::Uuid;

use crate::chance::number;
use crate::opportunity::Ask;
use crate::world::{ADMIN, LIMIT, World, published};

const ROUNDS: usize = 5;
/// As long as a stored event with its headers is.
const BYTES: usize = 1200;

/// One batch, and when it is stored.
async fn batch(jetstream: &Context, n_messages: u64) {
    let id = Uuid::now_v7().to_string();
    for sequence in 1..=n_messages {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_BATCH_ID, id.as_str());
        headers.insert(NATS_BATCH_SEQUENCE, sequence.to_string());
        let body = vec![b'.'; BYTES].into();
        if sequence < n_messages {
            let client = jetstream.client();
            client.publish_with_headers("raw.message", headers, body).await.unwrap();
        } else {
            headers.insert(NATS_BATCH_COMMIT, "1");
            let last = PublishMessage::build().headers(headers).payload(body);
            jetstream.send_publish("raw.message", last).await.unwrap().await.unwrap();
        }
    }
}

async fn alone(jetstream: &Context, n_messages: u64) {
    let mut under_way = Vec::new();
    for _ in 0..n_messages {
        let message = PublishMessage::build().payload(vec![b'.'; BYTES].into());
        under_way.push(jetstream.send_publish("raw.message", message).await.unwrap());
    }
    for answer in under_way {
        answer.await.unwrap();
    }
}

async fn raw(world: &World) -> Context {
    let admin = world.connect(ADMIN).await;
    let jetstream = admin.jetstream().clone();
    let config = Config {
        name: "RAW".to_owned(),
        subjects: vec!["raw.>".to_owned()],
        allow_atomic_publish: true,
        ..Config::default()
    };
    jetstream.create_stream(config).await.unwrap();
    jetstream
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the pace is what this run is for")]
async fn a_backlog_is_published_in_batches_and_its_pace_is_told() {
    let events = number("EVENTS").unwrap_or(1_000);
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let jetstream = raw(&world).await;
    for n_messages in [2, 4, 8, 16, 32] {
        let (mut together, mut one_by_one) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let began = Instant::now();
            batch(&jetstream, n_messages).await;
            together.push(began.elapsed());
            let began = Instant::now();
            alone(&jetstream, n_messages).await;
            one_by_one.push(began.elapsed());
        }
        let (together, one_by_one) = (median(together), median(one_by_one));
        println!("{n_messages} messages: {together:?} as a batch, {one_by_one:?} one by one");
    }
    let (mut floors, mut relays) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        stream::iter(0..events)
            .map(|_| service.give(Uuid::now_v7(), Ask::Open { places: 1 }))
            .buffer_unordered(64)
            .for_each(|_| std::future::ready(()))
            .await;
        // What the relay has to send: each event, and its fact.
        let began = Instant::now();
        stream::iter(0..(2 * events).div_ceil(500))
            .map(|_| batch(&jetstream, 500.min(2 * events)))
            .buffer_unordered(4)
            .for_each(|()| std::future::ready(()))
            .await;
        floors.push(began.elapsed());
        let began = Instant::now();
        let relay = service.relay().await;
        let end = i64::try_from(events).unwrap() * i64::try_from(round).unwrap();
        published(&relay, end).await;
        relays.push(began.elapsed());
        relay.stop().await;
    }
    let (floor, relay) = (median(floors), median(relays));
    let share = floor.as_secs_f32() / relay.as_secs_f32();
    println!("{events} events, two messages each: {relay:?}; batches alone: {floor:?}; {share:.2}");
    let n_messages = u64::try_from(ROUNDS).unwrap() * events;
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, n_messages);
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, n_messages);
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the pace is what this run is for")]
async fn what_was_acknowledged_is_in_its_streams_at_once_and_the_time_is_told() {
    let commands = number("COMMANDS").unwrap_or(300);
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let jetstream = raw(&world).await;
    let relay = service.relay().await;
    let mut end = service.open(1).await;
    published(&relay, end).await;
    let (mut floors, mut delays) = (Vec::new(), Vec::new());
    // 500 a second.
    let mut beat = tokio::time::interval(Duration::from_millis(2));
    for _ in 0..commands {
        beat.tick().await;
        let began = Instant::now();
        alone(&jetstream, 1).await;
        floors.push(began.elapsed());
        beat.tick().await;
        end = service.give(Uuid::now_v7(), Ask::Open { places: 1 }).await;
        let began = Instant::now();
        let mut status = relay.status.clone();
        let there = status.wait_for(|status| status.has_published(end));
        let _ = tokio::time::timeout(LIMIT, there).await.unwrap().unwrap();
        delays.push(began.elapsed());
    }
    floors.sort();
    delays.sort();
    let of = |all: &[Duration], percent: usize| all[all.len() * percent / 100];
    println!(
        "from the receipt to both streams: p50 {:?}, p99 {:?}; one publishing: p50 {:?}, p99 {:?}",
        of(&delays, 50),
        of(&delays, 99),
        of(&floors, 50),
        of(&floors, 99)
    );
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, u64::try_from(end).unwrap());
    relay.stop().await;
}
