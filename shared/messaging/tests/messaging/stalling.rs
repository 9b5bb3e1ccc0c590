//! A consumer from which nothing comes although messages wait is noticed and made anew.

use std::time::Duration;

use eventstore::Progress;
use messaging::{SubscriptionStatus, Subscriptions};

use crate::readers::{Heard, openings, rows};
use crate::world::{ADMIN, Running, Service, World, reached};

async fn hears(reader: &Service) -> Running<Vec<SubscriptionStatus>> {
    let impatient = |all: &mut Subscriptions| {
        all.set_patience(Duration::from_secs(2));
        all.view(Heard { version: 1 }).unwrap();
    };
    reader.hear(&Progress::default(), impatient).await
}

/// As the administrator, who may do anything to a consumer.
async fn meddle(world: &World, what: &str, body: &'static str) {
    let admin = world.connect(ADMIN).await;
    let subject = format!("$JS.API.CONSUMER.{what}.FACTS_OPPORTUNITIES.recruitment--heard");
    let answer = admin.client().request(subject, body.into()).await.unwrap();
    let answer = String::from_utf8_lossy(&answer.payload).into_owned();
    assert!(!answer.contains("\"error\""), "{answer}");
}

#[tokio::test]
async fn a_consumer_that_stands_still_on_the_server_is_made_anew_where_it_stood() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let running = hears(&reader).await;
    publisher.publish_up_to(publisher.open(3).await).await;
    reached(&running, 3).await;
    meddle(&world, "PAUSE", r#"{"pause_until":"2099-01-01T00:00:00Z"}"#).await;
    publisher.publish_up_to(publisher.open(3).await).await;
    reached(&running, 6).await;
    assert_eq!(running.status.borrow()[0].reopened, 1);
    let (heard, _) = rows(&reader.pool).await;
    assert_eq!(heard, (1..=6).map(|position| (position, 1)).collect::<Vec<_>>());
    running.stop().await;
}

#[tokio::test]
async fn a_consumer_that_is_gone_from_the_server_is_made_anew() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let running = hears(&reader).await;
    meddle(&world, "DELETE", "").await;
    publisher.publish_up_to(publisher.open(3).await).await;
    reached(&running, 3).await;
    assert_eq!(rows(&reader.pool).await, openings(3));
    running.stop().await;
}

#[tokio::test]
async fn a_consumer_with_nothing_to_say_is_left_in_peace() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let running = hears(&reader).await;
    publisher.publish_up_to(publisher.open(3).await).await;
    reached(&running, 3).await;
    // Longer than its patience.
    let more = running.status.clone();
    let changes = async {
        let mut more = more;
        while more.changed().await.is_ok() {}
    };
    let _ = tokio::time::timeout(Duration::from_secs(5), changes).await;
    assert_eq!(running.status.borrow()[0].reopened, 0);
    running.stop().await;
}
