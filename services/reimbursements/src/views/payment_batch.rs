//! The payment runs: one of them with all that is in it, all of them, and the one that is open. A row
//! is the room's state as it stands.

use async_trait::async_trait;
use contracts::id::PaymentBatchId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::payment_batch::{Event, PaymentBatch};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct PaymentBatches;

/// One run as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub id: PaymentBatchId,
    /// Its stream's version.
    pub version: i64,
    /// Where in the log it was opened; what lists are ordered by.
    pub opened: i64,
    /// When its file was written, once it was.
    pub exported_at: Option<Timestamp>,
    /// Its state.
    pub state: PaymentBatch,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            id: PaymentBatchId::new(row.try_get("batch")?),
            version: row.try_get("version")?,
            opened: row.try_get("opened")?,
            exported_at: row
                .try_get::<Option<SqlTimestamp>, _>("exported_at")?
                .map(SqlTimestamp::to_jiff),
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    batch: Uuid,
    version: i64,
    opened: i64,
    stage: String,
    exported_at: Option<Timestamp>,
    #[serde(with = "column")]
    state: PaymentBatch,
}

impl view::Row for Columns {
    const TABLE: &'static str = "payment_batch_view";
    const KEY: &'static [&'static str] = &["batch"];

    fn key(&self) -> Key {
        self.batch.into()
    }
}

#[async_trait]
impl View for PaymentBatches {
    fn name(&self) -> &'static str {
        "payment_batches"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["payment_batch_view"]
    }

    fn create(&self) -> &'static str {
        "create table payment_batch_view (
             batch uuid primary key, version bigint not null, opened bigint not null,
             stage text not null, exported_at timestamptz, state text not null);
         create index payment_batch_by_opening on payment_batch_view (opened)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == PaymentBatch::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != PaymentBatch::TYPE {
            return Ok(());
        }
        let batch = event.stream.id;
        let (mut state, opened, mut exported_at) = match rows.one::<Columns>(batch).await? {
            Some(row) => (row.state, row.opened, row.exported_at),
            None => (PaymentBatch::default(), event.position, None),
        };
        let stage_before = stage(&state);
        state.apply(event.decode::<Event>()?);
        if stage(&state) == "exported" && stage_before != "exported" {
            exported_at = Some(column::instant(event.metadata()?.occurred_at));
        }
        rows.put(Columns {
            batch,
            version: event.version,
            opened,
            stage: stage(&state).to_owned(),
            exported_at,
            state,
        })
    }
}

/// The stage's name on screens.
pub fn stage(state: &PaymentBatch) -> &'static str {
    match state {
        PaymentBatch::NotOpened => "not_opened",
        PaymentBatch::Open(_) => "open",
        PaymentBatch::Locked(..) => "locked",
        PaymentBatch::Exported { .. } => "exported",
    }
}

/// One run.
pub async fn one(pool: &PgPool, id: PaymentBatchId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.payment_batch_view where batch = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// All of them, the latest first, from before one of them.
pub async fn all(pool: &PgPool, before: Option<i64>, limit: i64) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.payment_batch_view where $1::bigint is null or opened < $1
         order by opened desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// The run that takes in what is to be paid: of those that are open, the one opened last.
pub async fn newest_open(pool: &PgPool) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.payment_batch_view where stage = 'open'
         order by opened desc limit 1",
    )
    .fetch_optional(pool)
    .await
}

/// Runs whose files were written from one instant to another.
pub async fn exported_between(
    pool: &PgPool,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.payment_batch_view
         where exported_at between $1 and $2 order by opened",
    )
    .bind(from.to_sqlx())
    .bind(to.to_sqlx())
    .fetch_all(pool)
    .await
}
