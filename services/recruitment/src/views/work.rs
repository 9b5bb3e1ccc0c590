//! Pieces of work: one of them, someone's own, and those that wait to be looked at.

use async_trait::async_trait;
use contracts::{PersonId, WorkId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

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

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    work: Uuid,
    version: i64,
    person: Uuid,
    stage: String,
    since: Timestamp,
    #[serde(with = "column")]
    state: Work,
}

impl view::Row for Columns {
    const TABLE: &'static str = "work_view";
    const KEY: &'static [&'static str] = &["work"];

    fn key(&self) -> Key {
        self.work.into()
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
        &["work_view"]
    }

    fn create(&self) -> &'static str {
        "create table work_view (
             work uuid primary key, version bigint not null, person uuid not null,
             stage text not null, since timestamptz not null, state text not null);
         create index work_by_person on work_view (person);
         create index work_by_stage on work_view (stage, since)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Work::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Work::TYPE {
            return Ok(());
        }
        let work = event.stream.id;
        let before = rows.one::<Columns>(work).await?;
        let mut state = before.map(|row| row.state).unwrap_or_default();
        state.apply(event.decode::<Event>()?);
        let Some(task) = task(&state) else { return Ok(()) };
        rows.put(Columns {
            work,
            version: event.version,
            person: task.person.uuid(),
            stage: stage(&state).to_owned(),
            since: column::instant(event.metadata()?.occurred_at),
            state,
        })
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
