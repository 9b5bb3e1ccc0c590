//! What follows the log: views and timers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, Progress, ProjectError, View};
use eventstore::{executor::FireError, timer};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::turnstile::{Command, Event, NINE, Turnstile, enter, store};

struct EntriesPerTurnstile {
    version: i32,
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
        &["views.entry_view"]
    }
    fn create(&self) -> &'static str {
        "create table views.entry_view (turnstile uuid primary key, entered bigint not null)"
    }
    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        match event.decode::<Event>()? {
            Event::Entered { .. } => {
                sqlx::query(
                    "insert into views.entry_view values ($1, 1) on conflict (turnstile)
                     do update set entered = entry_view.entered + 1",
                )
                .bind(event.stream.id)
                .execute(rows)
                .await?;
            }
            Event::ShuttingPlanned { .. } | Event::Shut {} => {}
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_view_follows_can_be_waited_for_and_is_made_anew_with_its_next_version() {
    let store = store().await;
    let progress = Progress::default();
    let mut view = EntriesPerTurnstile { version: 1 };
    assert_eq!(view::prepare(&view, &store.pool).await.unwrap(), 0);
    store.tasks.spawn(view::follow(
        Arc::new(EntriesPerTurnstile { version: 1 }),
        "gates".to_owned(),
        store.pool.clone(),
        store.executor.committer().heads(),
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

    store.stop.cancel();
    store.tasks.close();
    store.tasks.wait().await;
    view.version = 2;
    assert_eq!(view::prepare(&view, &store.pool).await.unwrap(), 0);
    assert_eq!(view::step(&view, &store.pool, 0).await.unwrap(), last);
    assert_eq!(entered().await, 20);
    assert_eq!(
        view::step(&view, &store.pool, 0).await.unwrap(),
        last,
        "a second folder of the same batch"
    );
    assert_eq!(entered().await, 20);
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
