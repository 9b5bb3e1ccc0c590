//! What is missing is missed: a hole is refused and shown, and so is what cannot be read.

use std::sync::Arc;

use eventstore::Progress;

use crate::readers::{AnswerOpenings, Heard, openings, rows};
use crate::world::{World, reached, stalled};

#[tokio::test]
async fn a_hole_is_refused_and_shown() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(3).await).await;
    world
        .forge_from(3, |message| {
            message.headers.insert("ce-position", "5");
            message.headers.insert("ce-previousposition", "4");
        })
        .await;
    let progress = Progress::default();
    let running = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    let why = stalled(&running).await;
    assert!(why.contains("a hole: after 3/1 came 5/1, which follows 4/1"), "{why}");
    assert_eq!(rows(&reader.pool).await, openings(3));
    assert!(progress.now().values().any(|one| one.stalled.is_some()));
    running.stop().await;
}

#[tokio::test]
async fn a_policy_that_stands_still_is_shown_as_a_view_is() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(2).await).await;
    world
        .forge_from(2, |message| {
            message.headers.insert("ce-position", "5");
            message.headers.insert("ce-previousposition", "4");
        })
        .await;
    let (progress, policy) = (Progress::default(), AnswerOpenings { asked: Arc::default() });
    let running =
        reader.hear(&progress, |all| all.policy(policy, reader.executor.clone()).unwrap()).await;
    stalled(&running).await;
    let shown: Vec<_> = progress.now().into_values().filter_map(|one| one.stalled).collect();
    assert!(shown.len() == 1 && shown[0].contains("a-hole-in-a-stream.md"), "{shown:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_hole_is_forgotten_once_the_stream_was_published_anew() {
    let mut world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(3).await).await;
    world
        .forge_from(3, |message| {
            message.headers.insert("ce-position", "5");
            message.headers.insert("ce-previousposition", "4");
        })
        .await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    stalled(&running).await;
    let mut end = 0;
    world.lose_all_streams(async || end = publisher.open(2).await).await;
    publisher.publish_up_to(end).await;
    reached(&running, end).await;
    let (positions, _) = rows(&reader.pool).await;
    assert_eq!(positions, (1..=5).map(|position| (position, 1)).collect::<Vec<_>>());
    running.stop().await;
}

#[tokio::test]
async fn a_fact_that_cannot_be_read_stops_its_subscriber_after_all_that_came_before_it() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(3).await).await;
    world
        .forge_from(3, |message| {
            message.headers.insert("ce-position", "4");
            message.headers.insert("ce-previousposition", "3");
            message.payload = "{\"places\":\"many\"}".into();
        })
        .await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let why = stalled(&running).await;
    assert!(why.contains("deploy/runbooks/a-fact-cannot-be-read.md"), "{why}");
    assert_eq!(rows(&reader.pool).await, openings(3));
    running.stop().await;
}

#[tokio::test]
async fn a_fact_of_another_database_stops_its_readers() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(2).await).await;
    world
        .forge_from(2, |message| {
            message.headers.insert("ce-position", "3");
            message.headers.insert("ce-previousposition", "2");
            message.headers.insert("ce-logid", uuid::Uuid::from_u128(1).to_string());
        })
        .await;
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let why = stalled(&running).await;
    assert!(why.contains("the publisher's log is another one"), "{why}");
    assert_eq!(rows(&reader.pool).await, openings(2));
    running.stop().await;
}
