//! Timers when clocks differ, jump or are set back: none is lost, none fires before its time or twice,
//! and they come in the order of their times.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

use eventstore::executor::FireError;
use eventstore::{Clock, timer};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::turnstile::{Command, NINE, Store, Turnstile, enter, store};

const AN_HOUR: Duration = Duration::from_hours(1);
const SET_BACK: [SignedDuration; 2] =
    [SignedDuration::from_hours(2), SignedDuration::from_hours(24)];

fn nine() -> Timestamp {
    NINE.parse().unwrap()
}

async fn shutting_at(store: &Store, at: Timestamp) -> Uuid {
    let turnstile = Uuid::now_v7();
    store.give(turnstile, Command::PlanShutting { at }).await.unwrap();
    turnstile
}

#[tokio::test]
async fn a_timer_leased_by_a_clock_that_was_ahead_waits_for_its_time_and_is_not_lost() {
    for ahead in SET_BACK {
        let store = store().await;
        let due_at = nine() + AN_HOUR;
        let turnstile = shutting_at(&store, due_at).await;
        let leased = timer::lease(&store.pool, due_at + ahead, 10).await.unwrap();
        assert_eq!(leased.len(), 1);

        let early = store.executor.fire::<Turnstile>(&leased[0]).await;
        assert!(matches!(early, Err(FireError::NotDue { .. })), "{early:?}");
        assert_eq!(timer::next_due(&store.pool).await.unwrap(), Some(due_at), "it still waits");

        // The lease was given for a time that is far off by this clock; it holds nothing up.
        store.clock.advance_to(due_at).unwrap();
        let again = timer::lease(&store.pool, due_at, 10).await.unwrap();
        assert_eq!(again, leased);
        let receipt = store.executor.fire::<Turnstile>(&again[0]).await.unwrap();
        assert_eq!((receipt.version, receipt.refusal), (2, None));
        assert!(store.executor.load::<Turnstile>(turnstile).await.unwrap().room.shut);
        assert_eq!(timer::next_due(&store.pool).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_process_started_with_a_clock_set_back_records_nothing_before_what_was_recorded() {
    for back in SET_BACK {
        let mut store = store().await;
        let fired = shutting_at(&store, nine() + AN_HOUR).await;
        store.clock.advance_to(nine() + AN_HOUR).unwrap();
        for leased in timer::lease(&store.pool, store.clock.now(), 10).await.unwrap() {
            store.executor.fire::<Turnstile>(&leased).await.unwrap();
        }
        let later = shutting_at(&store, nine() + 2 * AN_HOUR).await;

        store.restart(Clock::standing_at(store.clock.now() - back));
        store.give(Uuid::now_v7(), enter("")).await.unwrap();
        assert!(timer::lease(&store.pool, store.clock.now(), 10).await.unwrap().is_empty());
        store.clock.advance_to(nine() + 2 * AN_HOUR).unwrap();
        let leased = timer::lease(&store.pool, store.clock.now(), 10).await.unwrap();
        assert_eq!(leased.iter().map(|it| it.stream.id).collect::<Vec<_>>(), [later]);
        store.executor.fire::<Turnstile>(&leased[0]).await.unwrap();

        let recorded: Vec<(Uuid, jiff_sqlx::Timestamp)> =
            sqlx::query_as("select stream_id, recorded_at from log.event order by position")
                .fetch_all(&store.pool)
                .await
                .unwrap();
        let times: Vec<Timestamp> = recorded.iter().map(|(_, at)| at.to_jiff()).collect();
        assert!(times.is_sorted(), "{times:?}");
        let shuttings = recorded.iter().filter(|(stream, _)| *stream == fired).count();
        assert_eq!((shuttings, times.len()), (2, 5), "planned and shut, each once");
        assert!(store.chain_holds().await);
    }
}

/// From `SEED` where it is given, to have the same again.
fn seed() -> u64 {
    let given = std::env::var_os("SEED").and_then(|text| text.to_str()?.parse().ok());
    let seed = given.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    std::io::stdout().write_all(format!("SEED={seed}\n").as_bytes()).unwrap();
    seed
}

/// The multiplier and the summand are Knuth's, for MMIX.
fn a_minute_of_the_year(drawn: &mut u64) -> i64 {
    *drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    i64::try_from(*drawn >> 33).unwrap() % (365 * 24 * 60)
}

#[tokio::test]
async fn what_fell_due_over_a_year_is_leased_in_the_order_of_its_times() {
    let seed = seed();
    let store = store().await;
    let mut drawn = seed;
    let mut planned = BTreeSet::new();
    for _ in 0..150 {
        let at = nine() + SignedDuration::from_mins(a_minute_of_the_year(&mut drawn));
        planned.insert((at, shutting_at(&store, at).await));
    }
    let a_year_on = nine() + SignedDuration::from_hours(366 * 24);
    store.clock.advance_to(a_year_on).unwrap();
    let mut came = Vec::new();
    loop {
        let leased = timer::lease(&store.pool, a_year_on, 64).await.unwrap();
        if leased.is_empty() {
            break;
        }
        for due in leased {
            came.push((due.due_at, due.stream.id));
            store.executor.fire::<Turnstile>(&due).await.unwrap();
        }
    }
    let times = |all: &[(Timestamp, Uuid)]| all.iter().map(|(at, _)| *at).collect::<Vec<_>>();
    assert!(times(&came).is_sorted(), "SEED={seed}");
    assert_eq!(came.into_iter().collect::<BTreeSet<_>>(), planned, "SEED={seed}");
    assert_eq!(store.count().await, 300, "each planned and shut once");
}
