//! Read models: rows and checkpoint move in one transaction, a batch at a time. A view can always
//! be thrown away and made again from the log; nothing here acts on the world.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt as _;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::envelope::StoredEvent;
use crate::reader;

/// Events folded into one transaction.
const BATCH_MAX: i64 = 500;
/// The safety net under the in-process wake-up.
const POLL: Duration = Duration::from_millis(500);

/// One screen's or question's rows, made from the service's own log.
#[async_trait]
pub trait View: Send + Sync + 'static {
    /// Permanent name, such as `open_opportunities`.
    fn name(&self) -> &'static str;

    /// Raised whenever tables or projection change; the view is then made again from the log.
    fn version(&self) -> i32;

    /// Every table it owns, with its schema.
    fn tables(&self) -> &'static [&'static str];

    /// Statements that create them.
    fn create(&self) -> &'static str;

    /// Folds one event into the rows.
    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError>;
}

/// Why an event could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The stored event is not what its name promises.
    #[error("the event cannot be read")]
    Unreadable(#[from] contracts::fact::Unreadable),
    /// What is stored around it cannot be read.
    #[error("the event's metadata cannot be read")]
    Metadata(#[from] serde_json::Error),
    /// The rows could not be written.
    #[error("the rows cannot be written")]
    Database(#[from] sqlx::Error),
}

/// How far views have come, so that a read can wait for what it must show.
#[derive(Clone, Debug)]
pub struct Progress {
    reached: Arc<watch::Sender<BTreeMap<(String, String), Reached>>>,
}

/// How far one view has come in one log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The position up to which its rows hold.
    pub position: i64,
    /// Why it stands still, where it does; nothing personal.
    pub stalled: Option<String>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { reached: Arc::new(watch::channel(BTreeMap::new()).0) }
    }
}

impl Progress {
    /// Notes how far the view `name` has come in the log of `source`.
    pub fn reached(&self, source: &str, name: &str, position: i64) {
        self.reached.send_modify(|all| {
            let one = all.entry((source.to_owned(), name.to_owned())).or_default();
            one.position = position;
            one.stalled = None;
        });
    }

    /// Notes that a view stands still, and why.
    pub fn stalled(&self, source: &str, name: &str, why: &str) {
        self.reached.send_modify(|all| {
            all.entry((source.to_owned(), name.to_owned())).or_default().stalled =
                Some(why.to_owned());
        });
    }

    /// Waits until every view of `source` has come to `position`; false where it took longer than
    /// `limit`, or where no view follows that source.
    pub async fn wait_for(&self, source: &str, position: i64, limit: Duration) -> bool {
        let mut reached = self.reached.subscribe();
        let arrived = reached.wait_for(|all| {
            let mut of_source = all.iter().filter(|((from, _), _)| from == source).peekable();
            of_source.peek().is_some() && of_source.all(|(_, one)| one.position >= position)
        });
        tokio::time::timeout(limit, arrived).await.is_ok_and(|outcome| outcome.is_ok())
    }

    /// How far everything has come now: (source, view) to reached.
    pub fn now(&self) -> BTreeMap<(String, String), Reached> {
        self.reached.borrow().clone()
    }
}

/// Creates the table in which views keep how far they have come.
pub async fn create_checkpoints(database: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "create table if not exists views.checkpoint (
             view text primary key, version integer not null, position bigint not null)",
    )
    .execute(database)
    .await
    .map(|_| ())
}

/// Makes the view's tables, anew where its version changed, and says where it stands.
pub async fn prepare(view: &dyn View, pool: &PgPool) -> Result<i64, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 1))")
        .bind(view.name())
        .execute(&mut *transaction)
        .await?;
    let stands = sqlx::query("select version, position from views.checkpoint where view = $1")
        .bind(view.name())
        .fetch_optional(&mut *transaction)
        .await?;
    if let Some(row) = stands
        && row.try_get::<i32, _>("version")? == view.version()
    {
        let position = row.try_get("position")?;
        transaction.commit().await?;
        return Ok(position);
    }
    for table in view.tables() {
        sqlx::query(AssertSqlSafe(format!("drop table if exists {table} cascade")))
            .execute(&mut *transaction)
            .await?;
    }
    sqlx::raw_sql(view.create()).execute(&mut *transaction).await?;
    sqlx::query(
        "insert into views.checkpoint (view, version, position) values ($1, $2, 0)
         on conflict (view) do update set version = excluded.version, position = 0",
    )
    .bind(view.name())
    .bind(view.version())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(0)
}

/// Folds the next batch; says where the view stands now. Another process that folded the same
/// batch first is noticed by the checkpoint, and nothing is folded twice.
pub async fn step(view: &dyn View, pool: &PgPool, position: i64) -> Result<i64, ProjectError> {
    let events = reader::after(pool, position, BATCH_MAX).await?;
    let Some(last) = events.last().map(|event| event.position) else { return Ok(position) };
    let mut transaction = pool.begin().await?;
    let moved = sqlx::query(
        "update views.checkpoint set position = $3
         where view = $1 and version = $2 and position = $4",
    )
    .bind(view.name())
    .bind(view.version())
    .bind(last)
    .bind(position)
    .execute(&mut *transaction)
    .await?;
    if moved.rows_affected() == 0 {
        transaction.rollback().await?;
        let stands: i64 =
            sqlx::query_scalar("select position from views.checkpoint where view = $1")
                .bind(view.name())
                .fetch_one(pool)
                .await?;
        return Ok(stands);
    }
    for event in &events {
        let trace_id = event.metadata().map(|metadata| metadata.trace_id()).unwrap_or_default();
        let span = tracing::error_span!("view", view = view.name(), trace_id);
        view.project(&mut transaction, event).instrument(span).await?;
    }
    transaction.commit().await?;
    Ok(last)
}

fn why(error: &ProjectError) -> &'static str {
    match error {
        ProjectError::Database(_) => "the database does not answer, or not as it has to",
        ProjectError::Unreadable(_) | ProjectError::Metadata(_) => "an event cannot be folded",
    }
}

/// Keeps a view up to date until `stop`. An event that cannot be folded stops this view, visibly;
/// a database that is away is waited for.
pub async fn follow(
    view: Arc<dyn View>,
    service: String,
    pool: PgPool,
    mut heads: watch::Receiver<i64>,
    progress: Progress,
    stop: CancellationToken,
) {
    let mut position = None;
    let mut net = tokio::time::interval(POLL);
    net.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let work = async {
            match position {
                None => prepare(&*view, &pool).await.map_err(ProjectError::from),
                Some(at) => step(&*view, &pool, at).await,
            }
        };
        let outcome = tokio::select! {
            // Rows and checkpoint move together or not at all.
            () = stop.cancelled() => return,
            outcome = AssertUnwindSafe(work).catch_unwind() => outcome,
        };
        match outcome {
            Ok(Ok(now)) => {
                progress.reached(&service, view.name(), now);
                let moved = position != Some(now);
                position = Some(now);
                if moved {
                    continue;
                }
            }
            Ok(Err(error)) => {
                let source: &dyn std::error::Error = &error;
                tracing::error!(view = view.name(), position, source, "a view stands still");
                progress.stalled(&service, view.name(), why(&error));
            }
            Err(_) => {
                tracing::error!(view = view.name(), position, "a view broke off");
                progress.stalled(&service, view.name(), "it broke off at an event");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = heads.changed() => if changed.is_err() { return },
            _ = net.tick() => {}
        }
    }
}
