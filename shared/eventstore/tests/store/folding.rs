//! A batch is folded as its events would be one by one.

use std::io::Write as _;

use sqlx::Row as _;
use tokio::time::Instant;
use uuid::Uuid;

use crate::tally::Tally;
use crate::turnstile::{Command, Store, enter, store};

/// From `SEED` where it is given, to have the same again.
fn seed() -> u64 {
    let given = std::env::var_os("SEED").and_then(|text| text.to_str()?.parse().ok());
    let seed = given.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    std::io::stdout().write_all(format!("SEED={seed}\n").as_bytes()).unwrap();
    seed
}

/// Numbers that look like chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

async fn something_happens(store: &Store, chance: &mut Chance, turnstiles: &[Uuid]) {
    let which = usize::try_from(chance.below(turnstiles.len().try_into().unwrap())).unwrap();
    let command = match chance.below(8) {
        0 => Command::Shut,
        1 | 2 => enter(""),
        _ => enter(&Uuid::now_v7().to_string()),
    };
    // A shut turnstile says no, and nothing happens.
    store.give(turnstiles[which], command).await.unwrap();
}

#[tokio::test]
async fn events_folded_alone_and_in_one_batch_and_twice_give_the_same_rows() {
    let store = store().await;
    let mut chance = Chance(seed());
    let tally = Tally::default();
    let turnstiles: Vec<Uuid> = (0..8).map(|_| Uuid::now_v7()).collect();
    for _ in 0..60 {
        something_happens(&store, &mut chance, &turnstiles).await;
        tally.catch_up(&store).await;
    }
    for _ in 0..2 {
        tally.care(&store).rebuild(|_, _| {}).await.unwrap();
        let compared = tally.care(&store).compare().await.unwrap();
        assert_eq!(compared.n_different(), 0, "{compared:#?}");
        assert!(compared.tables[0].rows > 0, "{compared:#?}");
    }
}

#[tokio::test]
async fn what_is_not_changed_is_not_written() {
    let store = store().await;
    let (tally, at_rest, busy) = (Tally::default(), Uuid::now_v7(), Uuid::now_v7());
    for turnstile in [at_rest, busy] {
        store.give(turnstile, enter("")).await.unwrap();
    }
    tally.catch_up(&store).await;
    let written = |turnstile: Uuid| {
        let pool = store.pool.clone();
        async move {
            let text = "select xmin::text from views.tally where turnstile = $1";
            let row = sqlx::query(text).bind(turnstile).fetch_one(&pool).await.unwrap();
            row.get::<String, _>(0)
        }
    };
    let before = (written(at_rest).await, written(busy).await);
    // Foreseen, read, and left as it is.
    let at = store.clock.now() + std::time::Duration::from_mins(1);
    store.give(at_rest, Command::PlanShutting { at }).await.unwrap();
    store.give(busy, enter("")).await.unwrap();
    tally.catch_up(&store).await;
    assert_eq!(written(at_rest).await, before.0);
    assert_ne!(written(busy).await, before.1);
}

/// From `EVENTS` where it is given.
fn n_events() -> i64 {
    let given = std::env::var_os("EVENTS").and_then(|text| text.to_str()?.parse().ok());
    given.unwrap_or(6_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_folded_in_batches_of_which_the_next_is_read_already() {
    let (store, tally, n) = (store().await, Tally::default(), n_events());
    let turnstiles: Vec<Uuid> = (0..500).map(|_| Uuid::now_v7()).collect();
    let (mut given, mut next) = (0, turnstiles.iter().cycle());
    while given < n {
        let badges = vec![String::new(); 50];
        given += 50;
        store.give(*next.next().unwrap(), Command::Enter { badges }).await.unwrap();
    }
    let begun = Instant::now();
    let mut position = 0;
    loop {
        let events = eventstore::reader::after(&store.pool, position, 2_000).await.unwrap();
        let Some(last) = events.last() else { break };
        position = last.position;
    }
    let read = begun.elapsed();
    let begun = Instant::now();
    tally.catch_up(&store).await;
    let followed = begun.elapsed();
    let begun = Instant::now();
    tally.care(&store).rebuild(|_, _| {}).await.unwrap();
    let rebuilt = begun.elapsed();
    let told = format!(
        "EVENTS={given}: read in {read:?}, followed in {followed:?}, made anew in {rebuilt:?}\n"
    );
    std::io::stdout().write_all(told.as_bytes()).unwrap();
    assert_eq!(tally.care(&store).compare().await.unwrap().n_different(), 0);
    let total: i64 = sqlx::query_scalar("select sum(entered)::bigint from views.tally")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(total, given);
}
