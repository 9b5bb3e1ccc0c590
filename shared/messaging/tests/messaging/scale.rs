//! How long it takes to have everything again after a wipe. The time is told, not judged: a machine that
//! does something else beside this is no failure.

use eventstore::Progress;
use futures::{StreamExt, stream};
use tokio::time::Instant;
use uuid::Uuid;

use crate::chance::number;
use crate::opportunity::Ask;
use crate::readers::Heard;
use crate::world::{World, published};

const EVENTS_USUAL: u64 = 2_000;
/// Commands under way at once, so that they share commits.
const AT_ONCE: usize = 64;

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the time is what this run is for")]
async fn everything_is_there_again_after_a_wipe_however_much_it_was() {
    let events = number("EVENTS").unwrap_or(EVENTS_USUAL);
    let mut world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    stream::iter(0..events)
        .map(|_| publisher.give(Uuid::now_v7(), Ask::Open { places: 1 }))
        .buffer_unordered(AT_ONCE)
        .for_each(|_| std::future::ready(()))
        .await;
    let end = i64::try_from(events).unwrap();
    let told = |what: &str, began: Instant| {
        println!("{events} events {what} in {:.1} s", began.elapsed().as_secs_f32());
    };
    let began = Instant::now();
    let relay = publisher.relay().await;
    published_in_time(&relay, end).await;
    told("published", began);

    world.lose_all_streams(async || {}).await;
    let began = Instant::now();
    let running =
        reader.hear(&Progress::default(), |all| all.view(Heard { version: 1 }).unwrap()).await;
    let mut status = running.status.clone();
    status.wait_for(|all| all[0].applied.position == end).await.unwrap();
    told("published again and heard from the first on", began);
    published_in_time(&relay, end).await;
    for stream in ["FACTS_OPPORTUNITIES", "LOG_OPPORTUNITIES"] {
        assert_eq!(world.messages_in(stream).await, events);
    }
    let heard: i64 = sqlx::query_scalar("select count(*) from views.heard")
        .fetch_one(&reader.pool)
        .await
        .unwrap();
    assert_eq!(heard, end);
    running.stop().await;
    relay.stop().await;
}

/// Asks as long as it goes on, however long that is.
async fn published_in_time(
    relay: &crate::world::Running<messaging::RelayStatus>,
    end: i64,
) -> messaging::RelayStatus {
    let mut status = relay.status.clone();
    loop {
        let so_far = status.borrow_and_update().facts.position;
        if status.borrow().has_published(end) {
            return published(relay, end).await;
        }
        crate::world::within("it goes on", relay.status.clone(), |now| {
            now.facts.position != so_far || now.has_published(end)
        })
        .await;
    }
}
