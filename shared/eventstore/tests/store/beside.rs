//! A view's rows are made anew beside those that are read, compared, and switched to, while people write
//! and read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use eventstore::view::Trouble;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use crate::tally::{Tally, entered, keeper};
use crate::turnstile::{Store, enter, store};

const SOON: Duration = Duration::from_secs(20);

async fn with_entries(n: usize) -> (Store, Vec<Uuid>) {
    let store = store().await;
    let streams: Vec<Uuid> = (0..10).map(|_| Uuid::now_v7()).collect();
    for n in 0..n {
        store.give(streams[n % 10], enter(&format!("badge {n}"))).await.unwrap();
    }
    (store, streams)
}

/// Every generation's number, state and position.
async fn generations(pool: &PgPool) -> Vec<(i32, String, i64)> {
    sqlx::query_as("select generation, state, position from views.checkpoint order by generation")
        .fetch_all(pool)
        .await
        .unwrap()
}

async fn tables_in(pool: &PgPool, schema: &str) -> Vec<String> {
    sqlx::query_scalar("select tablename::text from pg_tables where schemaname = $1 order by 1")
        .bind(schema)
        .fetch_all(pool)
        .await
        .unwrap()
}

/// Somebody who reads until told to stop; answers how often, and fails where a row is missing.
async fn reads(url: String, stop: Arc<AtomicBool>) -> u64 {
    let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let (mut n, mut before) = (0, 0);
    while !stop.load(Ordering::SeqCst) {
        let row = sqlx::query(
            "select count(*), coalesce(sum(entered), 0)::bigint,
                 (select count(*) from views.tally_inside) from views.tally",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        let (streams, entered): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(streams, 10, "a reader saw rows missing");
        assert!(entered >= before, "a reader saw what was before: {entered} after {before}");
        (n, before) = (n + 1, entered);
    }
    n
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_made_beside_compared_and_switched_to_while_people_write_and_read() {
    let (store, streams) = with_entries(300).await;
    let tally = Tally::default();
    let (progress, _stop) = tally.follow(&store);
    assert!(progress.wait_for("gates", 300, SOON).await);
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..3)
        .map(|_| store.tasks.spawn(reads(store.database.runtime_url.clone(), Arc::clone(&stop))))
        .collect();
    let writing = async {
        while !stop.load(Ordering::SeqCst) {
            for stream in &streams {
                store.give(*stream, enter(&Uuid::now_v7().to_string())).await.unwrap();
                written.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    let switching = async {
        let care = tally.care(&store);
        for n in 1..=3 {
            care.rebuild(|_, _| {}).await.unwrap();
            let compared = care.compare().await.unwrap();
            assert_eq!(compared.n_different(), 0, "{compared:#?}");
            care.switch(&keeper(&store)).await.unwrap();
            let states: Vec<(i32, String)> =
                generations(&store.pool).await.into_iter().map(|it| (it.0, it.1)).collect();
            assert_eq!(states, [(n, "retired".to_owned()), (n + 1, "live".to_owned())]);
            // The follower goes on with the new rows.
            let head = eventstore::reader::head(&store.pool).await.unwrap().position;
            assert!(progress.wait_for("gates", head, SOON).await);
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(writing, switching);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
    let head = eventstore::reader::head(&store.pool).await.unwrap().position;
    assert!(progress.wait_for("gates", head, SOON).await);
    let total: i64 = sqlx::query_scalar("select sum(entered)::bigint from views.tally")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(total, 300 + i64::try_from(written.load(Ordering::SeqCst)).unwrap());
    tally.care(&store).retire(&keeper(&store)).await.unwrap();
    assert!(tables_in(&store.pool, "views_before").await.is_empty());
    assert!(matches!(tally.care(&store).retire(&keeper(&store)).await, Err(Trouble::Nothing(_))));
}

#[tokio::test]
async fn a_row_that_another_hand_changed_is_found_by_its_key() {
    let (store, streams) = with_entries(30).await;
    let tally = Tally::default();
    tally.catch_up(&store).await;
    let care = tally.care(&store);
    assert_eq!(care.compare().await.unwrap().n_different(), 0);
    sqlx::query("update views.tally set entered = entered + 1 where turnstile = $1")
        .bind(streams[4])
        .execute(&store.pool)
        .await
        .unwrap();
    sqlx::query("delete from views.tally_inside where position = 7")
        .execute(&store.pool)
        .await
        .unwrap();
    let compared = care.compare().await.unwrap();
    let counts: Vec<_> =
        compared.tables.iter().map(|it| (&*it.table, it.only_live, it.only_next)).collect();
    assert_eq!(counts, [("tally", 1, 1), ("tally_inside", 0, 1)]);
    assert_eq!(compared.tables[0].keys, [format!("[\"{}\"]", streams[4])]);
    care.switch(&keeper(&store)).await.unwrap();
    assert_eq!(entered(&store, streams[4]).await, Some(3), "mended by what the log says");
}

#[tokio::test]
async fn making_rows_beside_touches_nothing_else() {
    let (store, _) = with_entries(30).await;
    let tally = Tally::default();
    let (progress, stop) = tally.follow(&store);
    assert!(progress.wait_for("gates", 30, SOON).await);
    stop.cancel();
    let (before, events) = (progress.now(), store.count().await);
    let rows = "select md5(string_agg(t::text || xmin::text, ',' order by turnstile))
                from views.tally t";
    let rows_before: String = sqlx::query_scalar(rows).fetch_one(&store.pool).await.unwrap();
    tally.care(&store).rebuild(|_, _| {}).await.unwrap();
    assert_eq!(progress.now(), before, "reads wait for nothing that is made beside");
    assert_eq!(store.count().await, events, "nothing is on record before a switch");
    let rows_after: String = sqlx::query_scalar(rows).fetch_one(&store.pool).await.unwrap();
    assert_eq!(rows_after, rows_before);
    assert_eq!(tables_in(&store.pool, "views_next").await, ["tally", "tally_inside"]);
}

#[tokio::test]
async fn code_of_a_later_version_makes_its_rows_beside_and_older_code_leaves_them_alone() {
    let (store, streams) = with_entries(30).await;
    let old = Tally::default();
    let (old_progress, _stop) = old.follow(&store);
    assert!(old_progress.wait_for("gates", 30, SOON).await);
    let new = Tally { version: 1, ..Tally::default() };
    let (new_progress, stop) = new.follow(&store);
    assert!(new_progress.wait_for("gates", 31, SOON).await, "30 entries, and the switch");
    let stalled = || {
        let progress = old_progress.now();
        progress.values().find_map(|it| it.stalled.clone())
    };
    testkit::until(|| async { stalled().is_some() }).await;
    let why = "its rows are of version 2, and this build folds version 1";
    assert_eq!(stalled().as_deref(), Some(why));
    store.give(streams[0], enter("later")).await.unwrap();
    assert!(new_progress.wait_for("gates", 32, SOON).await);
    assert_eq!(entered(&store, streams[0]).await, Some(4));

    stop.cancel();
    let operator = keeper(&store);
    assert!(matches!(
        old.care(&store).rebuild(|_, _| {}).await,
        Err(Trouble::OtherVersion { rows: 2, code: 1 })
    ));
    old.care(&store).take_back().await.unwrap();
    assert_eq!(old.care(&store).compare().await.unwrap().n_different(), 0);
    old.care(&store).switch(&operator).await.unwrap();
    let head = eventstore::reader::head(&store.pool).await.unwrap().position;
    assert!(old_progress.wait_for("gates", head, SOON).await, "the older code goes on");
    assert_eq!(entered(&store, streams[0]).await, Some(4));
}

#[tokio::test]
async fn checkpoints_of_a_build_that_knew_one_generation_are_taken_over() {
    let (store, streams) = with_entries(30).await;
    let tally = Tally::default();
    tally.catch_up(&store).await;
    sqlx::raw_sql(
        "drop table views.parked;
         create table views.earlier as select view, version, position from views.checkpoint;
         drop table views.checkpoint;
         alter table views.earlier rename to checkpoint;
         alter table views.checkpoint add primary key (view)",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    for _ in 0..2 {
        eventstore::view::create_checkpoints(&store.pool).await.unwrap();
    }
    assert_eq!(generations(&store.pool).await, [(1, "live".to_owned(), 30)]);
    store.give(streams[0], enter("later")).await.unwrap();
    tally.catch_up(&store).await;
    assert_eq!(entered(&store, streams[0]).await, Some(4));
    let anew = Tally { version: 1, ..tally };
    anew.catch_up(&store).await;
    assert_eq!(entered(&store, streams[0]).await, Some(4));
    assert_eq!(tables_in(&store.pool, "views_before").await, ["tally", "tally_inside"]);
}

/// A future that goes away after it was asked so often.
struct Killed<F> {
    inner: Pin<Box<F>>,
    left: u32,
}

impl<F: Future> Future for Killed<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

#[tokio::test]
async fn whoever_builds_or_switches_may_die_at_any_step() {
    let (store, streams) = with_entries(30).await;
    let tally = Tally::default();
    tally.catch_up(&store).await;
    let care = tally.care(&store);
    let (mut n_built, mut n_switched) = (0, 0);
    for left in 1..400 {
        let inner = Box::pin(care.rebuild(|_, _| {}));
        n_built += u32::from(Killed { inner, left }.await.is_some());
        let operator = keeper(&store);
        let inner = Box::pin(care.switch(&operator));
        match (Killed { inner, left }).await {
            Some(Ok(())) => n_switched += 1,
            Some(Err(Trouble::Nothing(_))) | None => {}
            Some(Err(trouble)) => panic!("{trouble}"),
        }
        for (n, stream) in streams.iter().enumerate() {
            assert_eq!(entered(&store, *stream).await, Some(3), "stream {n} after {left} steps");
        }
        assert_eq!(tables_in(&store.pool, "views").await.len(), 4, "after {left} steps");
        if n_switched >= 3 {
            break;
        }
    }
    assert!(n_built > 0 && n_switched >= 3, "{n_built} built, {n_switched} switched");
    let compared = care.compare().await.unwrap();
    assert_eq!(compared.n_different(), 0, "{compared:#?}");
}
