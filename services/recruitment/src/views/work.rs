//! Pieces of work: one of them, someone's own, and those that wait to be looked at.

use async_trait::async_trait;
use contracts::{PersonId, WorkId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};

use crate::work::{Event, Task, Work};

/// The view.
#[derive(Debug)]
pub struct PiecesOfWork;

/// One piece of work as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub work: WorkId,
    /// Its stream's version.
    pub version: i64,
    /// Since when it has been as it is.
    pub since: Timestamp,
    /// Its state.
    pub state: Work,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            work: WorkId::new(row.try_get("work")?),
            version: row.try_get("version")?,
            since: row.try_get::<SqlTimestamp, _>("since")?.to_jiff(),
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

#[async_trait]
impl View for PiecesOfWork {
    fn name(&self) -> &'static str {
        "pieces_of_work"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.work_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.work_view (
             work uuid primary key, version bigint not null, person uuid not null,
             stage text not null, since timestamptz not null, state text not null);
         create index work_by_person on views.work_view (person);
         create index work_by_stage on views.work_view (stage, since)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Work::TYPE {
            return Ok(());
        }
        let before: Option<Row> = sqlx::query_as("select * from views.work_view where work = $1")
            .bind(event.stream.id)
            .fetch_optional(&mut *rows)
            .await?;
        let mut state = before.map(|row| row.state).unwrap_or_default();
        state.apply(event.decode::<Event>()?);
        let Some(task) = task(&state) else { return Ok(()) };
        sqlx::query(
            "insert into views.work_view (work, version, person, stage, since, state)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (work) do update set version = excluded.version, stage = excluded.stage,
                 since = excluded.since, state = excluded.state",
        )
        .bind(event.stream.id)
        .bind(event.version)
        .bind(task.person.uuid())
        .bind(stage(&state))
        .bind(event.metadata()?.occurred_at.to_sqlx())
        .bind(serde_json::to_string(&state)?)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// What was asked for, once something was.
pub fn task(state: &Work) -> Option<&Task> {
    match state {
        Work::NotAsked => None,
        Work::Asked(task) | Work::Done(task, _) | Work::Accepted(task, _) => Some(task),
    }
}

/// The stage's name on screens.
pub fn stage(state: &Work) -> &'static str {
    match state {
        Work::NotAsked => "not_asked",
        Work::Asked(_) => "asked",
        Work::Done(..) => "done",
        Work::Accepted(..) => "accepted",
    }
}

/// One piece of work.
pub async fn one(pool: &PgPool, id: WorkId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.work_view where work = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// Everything someone was ever asked for, the latest first.
pub async fn of_person(pool: &PgPool, person: PersonId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.work_view where person = $1 order by since desc, work")
        .bind(person.uuid())
        .fetch_all(pool)
        .await
}

/// What is done and waits to be looked at, the longest waiting first.
pub async fn done(pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.work_view where stage = 'done' order by since, work")
        .fetch_all(pool)
        .await
}
