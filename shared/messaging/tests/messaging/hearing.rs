//! From a stream into rows: once, in order, whatever the deliveries look like.

use async_nats::jetstream::consumer::PullConsumer;
use eventstore::Progress;
use futures::StreamExt;
use uuid::Uuid;

use crate::opportunity::Ask;
use crate::readers::{Heard, History, openings, rows};
use crate::world::{ADMIN, LIMIT, World, reached, within};

#[tokio::test]
async fn facts_arrive_once_and_in_order() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let progress = Progress::default();
    let heard = reader.hear(&progress, |all| all.view(Heard { version: 1 }).unwrap()).await;
    publisher.open(3).await;
    publisher.give(Uuid::now_v7(), Ask::Reword).await;
    let end = publisher.give(Uuid::now_v7(), Ask::Announce { people: 3 }).await;
    assert!(progress.wait_for("opportunities", end, LIMIT).await);
    let expected = vec![(1, 1), (2, 1), (3, 1), (5, 1), (5, 2), (5, 3)];
    assert_eq!(rows(&reader.pool).await, (expected, 6));
    heard.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_reader_that_starts_again_goes_on_where_its_rows_stand() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    for n in 1..=3 {
        let end = publisher.open(n).await;
        let heard =
            reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
        reached(&heard, end).await;
        heard.stop().await;
    }
    let (heard, places) = rows(&reader.pool).await;
    assert_eq!(heard, (1..=6).map(|position| (position, 1)).collect::<Vec<_>>());
    assert_eq!(places, 1 + (1 + 2) + (1 + 2 + 3));
    relay.stop().await;
}

#[tokio::test]
async fn messages_that_stand_twice_in_a_stream_change_no_row() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    publisher.publish_up_to(publisher.open(5).await).await;
    for sequence in [4, 1, 3, 3, 2, 5] {
        world.forge_from(sequence, |_| {}).await;
    }
    let end = publisher.open(1).await;
    publisher.publish_up_to(end).await;
    let heard =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    reached(&heard, end).await;
    let (positions, places) = rows(&reader.pool).await;
    assert_eq!(positions, (1..=6).map(|position| (position, 1)).collect::<Vec<_>>());
    assert_eq!(places, 15 + 1);
    heard.stop().await;
}

#[tokio::test]
async fn a_message_that_went_astray_is_fetched_again_and_comes_in_its_turn() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let relay = publisher.relay().await;
    let heard =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    reached(&heard, publisher.open(1).await).await;

    // Somebody else takes messages from the same consumer and never acknowledges them, so the
    // reader is handed a later one first.
    let admin = world.connect(ADMIN).await;
    let stream = admin.jetstream().get_stream("FACTS_OPPORTUNITIES").await.unwrap();
    let consumer: PullConsumer = stream.get_consumer("recruitment--heard").await.unwrap();
    let mut thief = consumer.stream().max_messages_per_batch(1).messages().await.unwrap();
    let mut end = 1;
    let stolen = loop {
        tokio::select! {
            message = thief.next() => break message.unwrap().unwrap(),
            position = publisher.open(1) => end = position,
        }
    };
    let end = end.max(publisher.open(3).await);

    let all = within("everything is heard, or it stands still", heard.status.clone(), |all| {
        all[0].applied.position == end || all[0].stalled.is_some()
    })
    .await;
    assert_eq!(all[0].stalled, None);
    let (positions, _) = rows(&reader.pool).await;
    assert_eq!(positions, (1..=end).map(|position| (position, 1)).collect::<Vec<_>>());
    drop(stolen);
    heard.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_view_of_a_new_version_is_made_again_from_the_first_fact() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let end = publisher.open(8).await;
    publisher.publish_up_to(end).await;
    for version in [1, 2] {
        let heard =
            reader.hear(&Progress::default(), |all| all.view(Heard { version }).unwrap()).await;
        reached(&heard, end).await;
        heard.stop().await;
        assert_eq!(rows(&reader.pool).await, openings(8));
        // What only the old version wrote must not survive it.
        sqlx::query("insert into views.heard (position, ordinal, name) values (99, 1, 'stray')")
            .execute(&reader.pool)
            .await
            .unwrap();
    }
}

type Row = (i64, String, String, Vec<u8>);

#[tokio::test]
async fn the_log_stream_carries_every_stored_event_byte_for_byte() {
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let audit = world.service("audit").await;
    publisher.open(3).await;
    let end = publisher.give(Uuid::now_v7(), Ask::Reword).await;
    publisher.publish_up_to(end).await;
    let heard = audit.hear(&Progress::default(), |all| all.view(History).unwrap()).await;
    reached(&heard, end).await;
    let kept: Vec<Row> = sqlx::query_as("select * from views.history order by position")
        .fetch_all(&audit.pool)
        .await
        .unwrap();
    let stored: Vec<Row> = sqlx::query_as(
        "select position, payload, meta, chain_hash from log.event order by position",
    )
    .fetch_all(&publisher.pool)
    .await
    .unwrap();
    assert_eq!(kept.len(), 4);
    assert_eq!(kept, stored);
    heard.stop().await;
}

#[tokio::test]
async fn a_subscriber_nobody_listed_is_refused_by_name() {
    let world = World::new().await;
    let service = world.service("recruitment").await;
    let mut layout = world.layout.clone();
    layout.services.get_mut("recruitment").unwrap().facts.clear();
    let mut all = messaging::Subscriptions::new(
        service.connection.clone(),
        service.pool.clone(),
        layout,
        "recruitment",
        Progress::default(),
    );
    let refused = all.view(Heard { version: 1 }).unwrap_err();
    assert!(refused.to_string().contains("deploy/nats/services.toml"), "{refused}");
}
