//! Many messages go out as one, all of them or none, whatever happens on the way: before, in the middle
//! of and after a batch.

use async_nats::header::NATS_BATCH_ID;
use async_nats::jetstream::stream::{Config, Stream};
use testkit::{At, Then, Toward, Wire};
use uuid::Uuid;

use crate::opportunity::Ask;
use crate::world::{ADMIN, World, published, within};

const FACTS: &str = "FACTS_OPPORTUNITIES";

async fn facts(world: &World) -> Stream {
    world.connect(ADMIN).await.jetstream().get_stream(FACTS).await.unwrap()
}

/// Position of each message in the stream, with the batch it came in.
async fn messages_of(world: &World) -> Vec<(i64, Option<String>)> {
    let stream = facts(world).await;
    let state = &stream.cached_info().state;
    let mut all = Vec::new();
    for sequence in state.first_sequence..=state.last_sequence {
        let Ok(message) = stream.get_raw_message(sequence).await else { continue };
        let batch = message.headers.get(NATS_BATCH_ID).map(|id| id.as_str().to_owned());
        all.push((message.headers.get("ce-position").unwrap().as_str().parse().unwrap(), batch));
    }
    all
}

fn positions(messages: &[(i64, Option<String>)]) -> Vec<i64> {
    messages.iter().map(|(position, _)| *position).collect()
}

#[tokio::test]
async fn what_waits_together_goes_out_as_one_batch_and_what_comes_alone_goes_alone() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let mut end = service.open(40).await;
    let relay = service.relay().await;
    published(&relay, end).await;
    for _ in 0..3 {
        end = service.open(1).await;
        published(&relay, end).await;
    }
    relay.stop().await;
    let messages = messages_of(&world).await;
    assert_eq!(positions(&messages), (1..=43).collect::<Vec<_>>());
    let (together, alone) = messages.split_at(40);
    assert!(together[0].1.is_some() && together.iter().all(|one| one.1 == together[0].1));
    assert!(alone.iter().all(|one| one.1.is_none()), "{alone:?}");
}

#[tokio::test]
async fn a_stream_of_an_earlier_build_is_published_one_by_one_until_it_is_brought_up() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    world.made_otherwise(FACTS, |config| config.allow_atomic_publish = false).await;
    service.publish_up_to(service.open(30).await).await;
    assert!(messages_of(&world).await.iter().all(|(_, batch)| batch.is_none()));

    let admin = world.connect(ADMIN).await;
    messaging::streams::provision(admin.jetstream(), &world.layout).await.unwrap();
    let config = facts(&world).await.cached_info().config.clone();
    assert!(config.allow_atomic_publish && config.deny_delete && config.deny_purge);
    service.publish_up_to(service.open(30).await).await;
    let messages = messages_of(&world).await;
    assert_eq!(positions(&messages), (1..=60).collect::<Vec<_>>());
    assert!(messages[30..].iter().all(|(_, batch)| batch.is_some()));
}

#[tokio::test]
async fn a_batch_that_is_cut_or_killed_is_there_whole_or_not_at_all() {
    let mut world = World::new().await;
    let service = world.service("opportunities").await;
    // Three batches of one event, and one of the others.
    service.give(Uuid::now_v7(), Ask::Announce { people: 1500 }).await;
    let end = service.open(20).await;
    let wire = Wire::to(world.nats.server.port()).await;
    let url = wire.instead_of(&world.nats.url);
    let mut seen = Vec::new();
    for (wanted, then) in [
        ("Nats-Batch-Sequence: 64\r\n", Then::CutBefore),
        ("Nats-Batch-Sequence: 300\r\n", Then::FreezeAfter),
        ("Nats-Batch-Commit: 1\r\n", Then::CutBefore),
        ("Nats-Batch-Sequence: 490\r\n", Then::CutAfter),
        ("Nats-Batch-Commit: 1\r\n", Then::CutAfter),
    ] {
        wire.once(At::Bytes(Toward::Server, wanted.into()), then);
        let connection = world.connect_at(&url, "opportunities").await;
        let relay = service.relay_by(connection, service.pool.clone()).await.unwrap();
        wire.happened().await;
        relay.stop().await;
        wire.cut_all();
        wire.thaw();
        let now = world.messages_in(FACTS).await;
        assert!(now % 500 == 0 || now == 1520, "after {wanted:?} {then:?}: {now}");
        seen.push(now);
    }
    assert!(seen[0] < 1500, "the first was cut on its way: {seen:?}");
    // As it was, for the server too.
    world.nats.server.halt().await.unwrap();
    world.nats.server.start_again().await.unwrap();
    service.publish_up_to(end).await;
    let expected: Vec<_> = std::iter::repeat_n(1, 1500).chain(2..=21).collect();
    assert_eq!(positions(&messages_of(&world).await), expected);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 21);
}

#[tokio::test]
async fn a_relay_cut_around_a_batch_goes_on_by_itself_and_doubles_nothing() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let wire = Wire::to(world.nats.server.port()).await;
    let connection = world.connect_at(&wire.instead_of(&world.nats.url), "opportunities").await;
    let relay = service.relay_by(connection, service.pool.clone()).await.unwrap();
    let mut end = service.open(1).await;
    published(&relay, end).await;
    let mut facts = 1;
    for (wanted, then) in [
        ("Nats-Batch-Sequence: 7\r\n", Then::CutBefore),
        ("Nats-Batch-Commit: 1\r\n", Then::CutBefore),
        ("Nats-Batch-Commit: 1\r\n", Then::CutAfter),
    ] {
        wire.once(At::Bytes(Toward::Server, wanted.into()), then);
        end = service.give(Uuid::now_v7(), Ask::Announce { people: 30 }).await;
        facts += 30;
        wire.happened().await;
        published(&relay, end).await;
        assert_eq!(world.messages_in(FACTS).await, facts, "{wanted:?} {then:?}");
    }
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, u64::try_from(end).unwrap());
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_that_froze_over_a_batch_wakes_up_behind_another_and_does_no_harm() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let wire = Wire::to(world.nats.server.port()).await;
    let connection = world.connect_at(&wire.instead_of(&world.nats.url), "opportunities").await;
    let end = service.give(Uuid::now_v7(), Ask::Announce { people: 60 }).await;
    wire.once(At::Bytes(Toward::Server, "Nats-Batch-Commit: 1\r\n".into()), Then::FreezeBefore);
    let frozen = service.relay_by(connection, service.pool.clone()).await.unwrap();
    wire.happened().await;
    service.publish_up_to(end).await;
    assert_eq!(world.messages_in(FACTS).await, 60);
    wire.thaw();
    published(&frozen, end).await;
    let end = service.open(3).await;
    published(&frozen, end).await;
    assert_eq!(world.messages_in(FACTS).await, 63);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 4);
    frozen.stop().await;
}

#[tokio::test]
async fn a_relay_that_looked_at_its_stream_while_another_published_leaves_no_hole() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    service.publish_up_to(service.open(2).await).await;
    let wire = Wire::to(world.nats.server.port()).await;
    let connection = world.connect_at(&wire.instead_of(&world.nats.url), "opportunities").await;
    // It knows where the stream ends, and not yet with what.
    wire.once(At::Bytes(Toward::Server, "last_by_subj".into()), Then::FreezeBefore);
    let relay = service.relay_by(connection, service.pool.clone()).await.unwrap();
    wire.happened().await;
    service.publish_up_to(service.open(1).await).await;
    let end = service.open(3).await;
    wire.thaw();
    published(&relay, end).await;
    for stream in [FACTS, "LOG_OPPORTUNITIES"] {
        let expected: Vec<_> = (1..=6).zip(1..).collect();
        assert_eq!(world.kept_in(stream).await, expected, "{stream}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_stream_that_lost_its_end_gets_it_back_although_the_server_remembers_the_ids() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let losing = |config: &mut Config| (config.deny_delete, config.deny_purge) = (false, false);
    world.made_otherwise(FACTS, losing).await;
    let end = service.open(20).await;
    service.publish_up_to(end).await;
    for lost in [20, 12, 3] {
        let last = facts(&world).await.cached_info().state.last_sequence;
        for sequence in last + 1 - lost..=last {
            facts(&world).await.delete_message(sequence).await.unwrap();
        }
        service.publish_up_to(end).await;
        assert_eq!(positions(&messages_of(&world).await), (1..=20).collect::<Vec<_>>(), "{lost}");
    }
    let relay = service.relay().await;
    let end = service.open(1).await;
    within("it goes on", relay.status.clone(), |status| status.has_published(end)).await;
    relay.stop().await;
}
