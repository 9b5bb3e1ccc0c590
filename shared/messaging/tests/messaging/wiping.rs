//! Streams carry and Postgres remembers: whatever is lost in between comes back by itself.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use eventstore::Progress;

use crate::readers::{AnswerOpenings, Heard, openings, rows};
use crate::world::{ADMIN, World, published, reached};

#[tokio::test]
async fn streams_wiped_while_nats_is_down_come_back_and_no_row_differs() {
    let mut world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let policy = AnswerOpenings { asked: Arc::new(AtomicU32::new(0)) };
    let running = reader
        .hear(&Progress::default(), |all| {
            all.view(Heard { version: 1 }).unwrap();
            all.policy(policy, reader.executor.clone()).unwrap();
        })
        .await;
    reached(&running, publisher.open(200).await).await;
    let before = rows(&reader.pool).await;
    assert_eq!(before, openings(200));

    let mut end = 0;
    world.lose_all_streams(async || end = publisher.open(1).await).await;

    published(&relay, end).await;
    reached(&running, end).await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 201);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 201);
    let (mut positions, places) = rows(&reader.pool).await;
    assert_eq!((positions.pop(), places), (Some((201, 1)), before.1 + 1));
    assert_eq!(positions, before.0);
    assert_eq!(reader.count().await, 201);
    running.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_stream_deleted_under_a_running_relay_is_published_again() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    reached(&running, publisher.open(5).await).await;
    let admin = world.connect(ADMIN).await;
    admin.jetstream().delete_stream("FACTS_OPPORTUNITIES").await.unwrap();
    let end = publisher.open(1).await;
    reached(&running, end).await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 6);
    let (positions, _) = rows(&reader.pool).await;
    assert_eq!(positions, (1..=6).map(|position| (position, 1)).collect::<Vec<_>>());
    running.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn streams_wiped_while_nobody_writes_come_back_as_soon_as_the_server_does() {
    let mut world = World::new().await;
    let publisher = world.service("opportunities").await;
    let relay = publisher.relay().await;
    published(&relay, publisher.open(20).await).await;
    let before = relay.status.borrow().clone();
    world.lose_all_streams(async || {}).await;
    // Well within the minute after which everything is compared anyway.
    let reader = world.service("recruitment").await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let mut status = running.status.clone();
    let heard = status.wait_for(|all| all[0].applied.position == 20);
    tokio::time::timeout(Duration::from_secs(25), heard).await.unwrap().unwrap();
    published(&relay, before.log.position).await;
    running.stop().await;
    relay.stop().await;
}
