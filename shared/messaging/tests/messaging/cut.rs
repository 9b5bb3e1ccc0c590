//! The way to NATS, or to Postgres, is cut at each step of whoever carries messages, and the process
//! killed there; another goes on. Nothing is lost, nothing doubled, and nothing is left unclear.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use eventstore::Progress;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use testkit::{At, Then, Wire};
use uuid::Uuid;

use crate::chance::{Chance, is_long};
use crate::opportunity::Ask;
use crate::readers::{AnswerOpenings, Heard, rows};
use crate::world::{ADMIN, Service, World, published, reached};

/// Both ways of a service, each of which can be cut.
struct Ways {
    nats: Wire,
    postgres: Wire,
    options: PgConnectOptions,
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Nats,
    Postgres,
}

impl Ways {
    async fn of(world: &World, service: &Service) -> Self {
        let options: PgConnectOptions = service.database.runtime_url.parse().unwrap();
        Self {
            nats: Wire::to(world.nats.server.port()).await,
            postgres: Wire::to(options.get_port()).await,
            options,
        }
    }

    fn one(&self, which: Which) -> &Wire {
        match which {
            Which::Nats => &self.nats,
            Which::Postgres => &self.postgres,
        }
    }

    fn pool(&self) -> PgPool {
        let options = self.options.clone().port(self.postgres.port());
        PgPoolOptions::new().max_connections(4).connect_lazy_with(options)
    }

    fn url(&self, world: &World) -> String {
        self.nats.instead_of(&world.nats.url)
    }
}

/// Both sides of a step in the long form, one of them by chance in the short one.
fn sides(chance: &mut Chance) -> Vec<Then> {
    let both = vec![Then::CutBefore, Then::CutAfter];
    if is_long() { both } else { vec![both[chance.below(2)]] }
}

/// Every step in the long form, some of them in the short one.
fn stride(chance: &mut Chance) -> u64 {
    if is_long() { 1 } else { 1 + u64::try_from(chance.below(6)).unwrap() }
}

/// Some events more: with one fact, with several, with none.
async fn more(publisher: &Service, opened: &mut Vec<u16>) -> i64 {
    let places = u16::try_from(opened.len() + 1).unwrap();
    opened.push(places);
    publisher.give(Uuid::now_v7(), Ask::Open { places }).await;
    publisher.give(Uuid::now_v7(), Ask::Announce { people: 2 }).await;
    publisher.give(Uuid::now_v7(), Ask::Reword).await
}

/// The places of all facts after so many rounds of `more`.
fn places(rounds: usize) -> Vec<(i64, i32)> {
    let of_round = |round: usize| {
        let first = i64::try_from(3 * round).unwrap() + 1;
        [(first, 1), (first + 1, 1), (first + 1, 2)]
    };
    (0..rounds).flat_map(of_round).collect()
}

async fn places_in(world: &World, stream: &str) -> Vec<(i64, i32)> {
    let admin = world.connect(ADMIN).await;
    let stream = admin.jetstream().get_stream(stream).await.unwrap();
    let mut places = Vec::new();
    for sequence in 1..=stream.cached_info().state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let number = |name: &str| message.headers.get(name).unwrap().as_str().parse().unwrap();
        let ordinal: i64 = number("ce-ordinal");
        places.push((number("ce-position"), i32::try_from(ordinal).unwrap()));
    }
    places
}

#[tokio::test]
async fn a_relay_killed_at_every_step_loses_nothing_and_doubles_nothing() {
    let mut chance = Chance::of("the relay at every step");
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let ways = Ways::of(&world, &publisher).await;
    let mut opened = Vec::new();
    for which in [Which::Nats, Which::Postgres] {
        let mut step = 1;
        loop {
            let mut is_through = false;
            for side in sides(&mut chance) {
                let end = more(&publisher, &mut opened).await;
                let wire = ways.one(which);
                wire.once(At::Chunk(step), side);
                let connection = world.connects_at(&ways.url(&world), "opportunities").await;
                // One that cannot even begin has been cut.
                if let Some(relay) = publisher.relay_by(connection, ways.pool()).await {
                    tokio::select! {
                        () = wire.happened() => {}
                        _ = published(&relay, end) => is_through = !wire.has_happened(),
                    }
                    relay.stop().await;
                }
                publisher.publish_up_to(end).await;
                let facts = world.messages_in("FACTS_OPPORTUNITIES").await;
                let expected = u64::try_from(3 * opened.len()).unwrap();
                assert_eq!(facts, expected, "{which:?} cut at {step}, {side:?}");
            }
            if is_through {
                break;
            }
            step += stride(&mut chance);
        }
        assert!(step > 10, "{which:?} has many steps: {step}");
    }
    let end = i64::try_from(3 * opened.len()).unwrap();
    assert_eq!(places_in(&world, "FACTS_OPPORTUNITIES").await, places(opened.len()));
    let logged: Vec<_> = (1..=end).map(|position| (position, 1)).collect();
    assert_eq!(places_in(&world, "LOG_OPPORTUNITIES").await, logged);
    let noted: Vec<(i64, i64)> =
        sqlx::query_as("select position, sequence from views.relay_position order by stream")
            .fetch_all(&publisher.pool)
            .await
            .unwrap();
    assert_eq!(noted, [(end, end), (end, end)]);
}

#[tokio::test]
async fn a_reader_killed_at_every_step_applies_everything_once() {
    let mut chance = Chance::of("the reader at every step");
    let world = World::new().await;
    let publisher = world.service("opportunities").await;
    let reader = world.service("recruitment").await;
    let ways = Ways::of(&world, &reader).await;
    let relay = publisher.relay().await;
    let mut opened = Vec::new();
    for which in [Which::Nats, Which::Postgres] {
        let mut step = 1;
        loop {
            let mut is_through = false;
            for side in sides(&mut chance) {
                let end = more(&publisher, &mut opened).await;
                published(&relay, end).await;
                let wire = ways.one(which);
                wire.once(At::Chunk(step), side);
                let subscribers = |all: &mut messaging::Subscriptions| {
                    all.view(Heard { version: 1 }).unwrap();
                    let policy = AnswerOpenings { asked: Arc::new(AtomicU32::new(0)) };
                    all.policy(policy, reader.executor.clone()).unwrap();
                };
                let connection = world.connects_at(&ways.url(&world), "recruitment").await;
                let by_wire = reader.hear_by(connection, ways.pool(), subscribers).await;
                // One that cannot even begin has been cut.
                if let Some(running) = by_wire {
                    tokio::select! {
                        () = wire.happened() => {}
                        () = reached(&running, end) => is_through = !wire.has_happened(),
                    }
                    running.stop().await;
                }
                let running = reader.hear(&Progress::default(), subscribers).await;
                reached(&running, end).await;
                running.stop().await;
                let sum = opened.iter().map(|places| i64::from(*places)).sum();
                let expected = (places(opened.len()), sum);
                assert_eq!(rows(&reader.pool).await, expected, "{which:?} cut at {step}, {side:?}");
            }
            if is_through {
                break;
            }
            step += stride(&mut chance);
        }
        assert!(step > 10, "{which:?} has many steps: {step}");
    }
    assert_eq!(reader.count().await, i64::try_from(opened.len()).unwrap());
    relay.stop().await;
}
