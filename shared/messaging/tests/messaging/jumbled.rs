//! Every message of a whole history comes twice and out of order. No row differs, nothing is done
//! twice, and where it cannot go on it says so.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use async_nats::HeaderMap;
use eventstore::Progress;
use messaging::SubscriptionStatus;
use uuid::Uuid;

use crate::chance::{Chance, is_long};
use crate::jumbling::Jumbling;
use crate::opportunity::Ask;
use crate::readers::{AnswerOpenings, Heard, History, rows};
use crate::world::{ADMIN, Running, Service, World, reached, within};

type Hearing = Running<Vec<SubscriptionStatus>>;

async fn hears_and_answers(reader: &Service) -> Hearing {
    let policy = AnswerOpenings { asked: Arc::new(AtomicU32::new(0)) };
    reader
        .hear(&Progress::default(), |all| {
            all.view(Heard { version: 1 }).unwrap();
            all.policy(policy, reader.executor.clone()).unwrap();
        })
        .await
}

/// A history in which events give one fact, several, or none.
async fn history(publisher: &Service, chance: &mut Chance, events: usize) -> i64 {
    for _ in 1..events {
        let ask = match chance.below(4) {
            0 => Ask::Reword,
            1 => Ask::Announce { people: u16::try_from(1 + chance.below(4)).unwrap() },
            _ => Ask::Open { places: u16::try_from(chance.below(9)).unwrap() },
        };
        publisher.give(Uuid::now_v7(), ask).await;
    }
    // The last one gives a fact, so that whoever has heard that has heard everything.
    publisher.give(Uuid::now_v7(), Ask::Open { places: 1 }).await
}

/// What a reader holds that heard it all in order, each message once.
async fn in_order(world: &World, end: i64) -> ((Vec<(i64, i32)>, i64), i64) {
    let calm = world.service("recruitment").await;
    let running = hears_and_answers(&calm).await;
    reached(&running, end).await;
    running.stop().await;
    (rows(&calm.pool).await, calm.count().await)
}

/// Whether everything was heard; else it stands still, and names the page.
async fn went_on(running: &Hearing, end: i64) -> bool {
    let page = "deploy/runbooks/a-hole-in-a-stream.md";
    let names_the_page =
        |one: &SubscriptionStatus| one.stalled.as_ref().is_some_and(|why| why.contains(page));
    let all = within("it goes on, or says why not", running.status.clone(), |all| {
        all.iter().any(names_the_page) || all.iter().all(|one| one.applied.position >= end)
    })
    .await;
    !all.iter().any(names_the_page)
}

#[tokio::test]
async fn what_comes_twice_and_out_of_order_is_applied_once_and_in_order() {
    let mut chance = Chance::of("twice and out of order");
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let end = history(&publisher, &mut chance, if is_long() { 1000 } else { 40 }).await;
    publisher.publish_up_to(end).await;
    let expected = in_order(&world, end).await;

    let jumbling = Jumbling::of(world.nats.server.port(), Chance::from_seed(chance.throw())).await;
    let mut reader = world.service("recruitment").await;
    reader.connection = world.connect_at(&jumbling.url(), "recruitment").await;
    let mut n_tries = 0;
    loop {
        n_tries += 1;
        let running = hears_and_answers(&reader).await;
        let went_on = went_on(&running, end).await;
        // As whoever is on call would, after a look.
        running.stop().await;
        let (heard, _) = rows(&reader.pool).await;
        assert_eq!(heard[..], expected.0.0[..heard.len()], "nothing is applied out of its turn");
        if went_on {
            break;
        }
        if n_tries == if is_long() { 500 } else { 15 } {
            jumbling.calms_down();
        }
        assert!(n_tries < 600, "it goes on once the way is calm");
    }
    assert!(jumbling.n_misplaced() > 40, "{}", jumbling.n_misplaced());
    assert_eq!((rows(&reader.pool).await, reader.count().await), expected);
}

/// Puts a stream's messages back as the administrator, each twice and in any order.
async fn refill(world: &World, stream: &str, chance: &mut Chance) {
    let admin = world.connect(ADMIN).await;
    let jetstream = admin.jetstream();
    let before = jetstream.get_stream(stream).await.unwrap();
    let mut messages = Vec::new();
    for sequence in 1..=before.cached_info().state.last_sequence {
        messages.push(before.get_raw_message(sequence).await.unwrap());
    }
    jetstream.delete_stream(stream).await.unwrap();
    messaging::streams::provision(jetstream, &world.layout).await.unwrap();
    let mut doubled: Vec<_> = messages.iter().chain(&messages).collect();
    chance.shuffle(&mut doubled);
    for message in doubled {
        let mut headers = HeaderMap::new();
        for (name, values) in message.headers.iter() {
            if name.to_string().starts_with("ce-") {
                headers.insert(name.clone(), values[0].clone());
            }
        }
        let (subject, payload) = (message.subject.clone(), message.payload.clone());
        jetstream.publish_with_headers(subject, headers, payload).await.unwrap().await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_itself_lies_doubled_and_out_of_order_stops_its_readers_until_it_is_made_anew()
 {
    let mut chance = Chance::of("a jumbled stream");
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let end = history(&publisher, &mut chance, 40).await;
    publisher.publish_up_to(end).await;
    let expected = in_order(&world, end).await;
    for stream in ["FACTS_OPPORTUNITIES", "LOG_OPPORTUNITIES"] {
        refill(&world, stream, &mut chance).await;
    }

    let (reader, audit) = (world.service("recruitment").await, world.service("audit").await);
    let running = hears_and_answers(&reader).await;
    let copying = audit.hear(&Progress::default(), |all| all.view(History).unwrap()).await;
    for running in [&running, &copying] {
        let all = within("everybody stands still", running.status.clone(), |all| {
            all.iter().all(|one| one.stalled.is_some())
        })
        .await;
        for one in all {
            let why = one.stalled.unwrap();
            assert!(why.contains("deploy/runbooks/a-hole-in-a-stream.md"), "{why}");
        }
    }
    let (heard, _) = rows(&reader.pool).await;
    assert_eq!(heard[..], expected.0.0[..heard.len()]);

    // As the page says.
    let admin = world.connect(ADMIN).await;
    for stream in ["FACTS_OPPORTUNITIES", "LOG_OPPORTUNITIES"] {
        admin.jetstream().delete_stream(stream).await.unwrap();
    }
    publisher.publish_up_to(end).await;
    reached(&running, end).await;
    reached(&copying, end).await;
    assert_eq!((rows(&reader.pool).await, reader.count().await), expected);
    let copied: i64 = sqlx::query_scalar("select count(*) from views.history")
        .fetch_one(&audit.pool)
        .await
        .unwrap();
    assert_eq!(copied, end);
    running.stop().await;
    copying.stop().await;
}
