//! Waiting across services for what has no fact.

use std::time::Duration;

use eventstore::Progress;
use uuid::Uuid;

use crate::opportunity::Ask;
use crate::readers::Heard;
use crate::world::{LIMIT, World, published};

/// What a person who waits for a page would still bear.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_wait_across_services_ends_although_the_last_events_made_no_fact() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let progress = Progress::default();
    let running = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    publisher.open(2).await;
    let mut end = 0;
    for _ in 0..5 {
        end = publisher.give(Uuid::now_v7(), Ask::Reword).await;
    }
    assert!(progress.wait_for("opportunities", end, LIMIT).await);
    running.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_wait_ends_for_a_reader_who_came_late_and_for_a_publisher_without_any_fact() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.give(Uuid::now_v7(), Ask::Reword).await;
    let relay = publisher.relay().await;
    published(&relay, end).await;
    let progress = Progress::default();
    let running = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    assert!(progress.wait_for("opportunities", end, LIMIT).await);
    running.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_wait_ends_after_the_relay_was_killed_and_forgot_how_far_it_had_read() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.open(2).await;
    let mut end = publisher.give(Uuid::now_v7(), Ask::Reword).await;
    publisher.publish_up_to(end).await;
    let progress = Progress::default();
    let running = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    for _ in 0..2 {
        // Nobody publishes meanwhile.
        end = publisher.give(Uuid::now_v7(), Ask::Reword).await;
        sqlx::query("truncate views.relay_position").execute(&publisher.pool).await.unwrap();
        let relay = publisher.relay().await;
        assert!(progress.wait_for("opportunities", end, SOON).await);
        relay.stop().await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_wait_ends_soon_after_the_server_came_back() {
    let mut world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let progress = Progress::default();
    let running = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    let end = publisher.open(1).await;
    assert!(progress.wait_for("opportunities", end, LIMIT).await);
    world.nats.server.halt().await.unwrap();
    let end = publisher.give(Uuid::now_v7(), Ask::Reword).await;
    world.nats.server.start_again().await.unwrap();
    assert!(progress.wait_for("opportunities", end, SOON).await);
    running.stop().await;
    relay.stop().await;
}
