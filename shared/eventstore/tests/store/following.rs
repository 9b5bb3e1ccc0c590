//! What follows the log: views and timers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, Key, Progress, ProjectError, Row, Rows, View};
use eventstore::{executor::FireError, timer};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::turnstile::{Command, Event, NINE, Turnstile, enter, store};

struct EntriesPerTurnstile {
    version: i32,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entered {
    turnstile: Uuid,
    entered: i64,
}

impl Row for Entered {
    const TABLE: &'static str = "entry_view";
    const KEY: &'static [&'static str] = &["turnstile"];

    fn key(&self) -> Key {
        self.turnstile.into()
    }
}

#[async_trait]
impl View for EntriesPerTurnstile {
    fn name(&self) -> &'static str {
        "entries_per_turnstile"
    }
    fn version(&self) -> i32 {
        self.version
    }
    fn tables(&self) -> &'static [&'static str] {
        &["entry_view"]
    }
    fn create(&self) -> &'static str {
        "create table entry_view (turnstile uuid primary key, entered bigint not null)"
    }
    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        rows.foresee::<Entered>(event.stream.id);
    }
    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        match event.decode::<Event>()? {
            Event::Entered { .. } => {
                let turnstile = event.stream.id;
                let before = rows.one::<Entered>(turnstile).await?;
                let entered = before.map_or(0, |row| row.entered) + 1;
                rows.put(Entered { turnstile, entered })
            }
            Event::ShuttingPlanned { .. } | Event::Shut {} => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_view_follows_and_can_be_waited_for() {
    let store = store().await;
    let progress = Progress::default();
    store.tasks.spawn(view::follow(
        Arc::new(EntriesPerTurnstile { version: 1 }),
        "gates".to_owned(),
        store.executor.clone(),
        progress.clone(),
        store.stop.clone(),
    ));
    let turnstile = Uuid::now_v7();
    let mut last = 0;
    for _ in 0..20 {
        last = store.give(turnstile, enter("")).await.unwrap().position;
    }
    assert!(progress.wait_for("gates", last, Duration::from_secs(10)).await);
    let entered = || async {
        sqlx::query_scalar::<_, i64>("select entered from views.entry_view")
            .fetch_one(&store.pool)
            .await
            .unwrap()
    };
    assert_eq!(entered().await, 20);
    assert!(!progress.wait_for("gates", last + 1, Duration::from_millis(20)).await);
    assert!(!progress.wait_for("elsewhere", 1, Duration::from_millis(20)).await);
}

#[tokio::test]
async fn a_timer_fires_once_though_it_is_leased_twice_and_is_done_with_its_append() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    let nine: Timestamp = NINE.parse().unwrap();
    let at_ten = nine + Duration::from_hours(1);
    store.give(turnstile, Command::PlanShutting { at: at_ten }).await.unwrap();
    assert_eq!(timer::next_due(&store.pool).await.unwrap(), Some(at_ten));
    assert!(timer::lease(&store.pool, nine, 10).await.unwrap().is_empty());

    store.clock.advance_to(at_ten).unwrap();
    let leased = timer::lease(&store.pool, at_ten, 10).await.unwrap();
    assert_eq!(leased.len(), 1);
    assert!(timer::lease(&store.pool, at_ten, 10).await.unwrap().is_empty(), "leased already");
    let later = timer::lease(&store.pool, at_ten + Duration::from_mins(1), 10).await.unwrap();
    assert_eq!(later, leased, "a lease runs out");

    let first = store.executor.fire::<Turnstile>(&leased[0]).await.unwrap();
    let second = store.executor.fire::<Turnstile>(&later[0]).await.unwrap();
    assert_eq!(first.version, 2);
    assert!(second.repeated);
    assert_eq!(store.count().await, 2);
    assert_eq!(timer::next_due(&store.pool).await.unwrap(), None);
}

#[tokio::test]
async fn a_timer_moved_later_survives_the_firing_of_its_old_lease() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    let nine: Timestamp = NINE.parse().unwrap();
    store.give(turnstile, Command::PlanShutting { at: nine }).await.unwrap();
    let leased = timer::lease(&store.pool, nine, 10).await.unwrap();
    let noon = nine + Duration::from_hours(3);
    store.give(turnstile, Command::PlanShutting { at: noon }).await.unwrap();
    let receipt = store.executor.fire::<Turnstile>(&leased[0]).await.unwrap();
    assert_eq!(receipt.refusal.unwrap().code, "turnstile.not_yet");
    assert_eq!(timer::next_due(&store.pool).await.unwrap(), Some(noon));
    let mut unknown = leased[0].clone();
    unknown.name = "explode".to_owned();
    let outcome = store.executor.fire::<Turnstile>(&unknown).await;
    assert!(matches!(outcome, Err(FireError::UnknownName(_))));
}
