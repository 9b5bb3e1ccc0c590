//! Waiting across services for what has no fact.

use eventstore::Progress;
use uuid::Uuid;

use crate::opportunity::Ask;
use crate::readers::Heard;
use crate::world::{LIMIT, World};

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
    crate::world::published(&relay, end).await;
    let progress = Progress::default();
    let running = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    assert!(progress.wait_for("opportunities", end, LIMIT).await);
    running.stop().await;
    relay.stop().await;
}
