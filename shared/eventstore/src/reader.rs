//! Events out, in order. Because the head orders every commit, `position > n order by position` is
//! all a reader ever needs: nothing appears later behind what it has read.

use futures::TryStreamExt as _;
use jiff_sqlx::Timestamp as SqlTimestamp;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};
use uuid::Uuid;

use crate::envelope::{StoredEvent, StreamId};

/// Where a log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which log.
    pub log_id: Uuid,
    /// Its last position; 0 where it is empty.
    pub position: i64,
    /// The last event's chain hash.
    pub chain_hash: Vec<u8>,
}

impl FromRow<'_, PgRow> for StoredEvent {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: row.try_get("position")?,
            log_id: row.try_get("log_id")?,
            event_id: row.try_get("event_id")?,
            stream: StreamId { kind: row.try_get("stream_type")?, id: row.try_get("stream_id")? },
            version: row.try_get("version")?,
            event_type: row.try_get("event_type")?,
            schema_version: row.try_get("schema_version")?,
            payload: row.try_get("payload")?,
            meta: row.try_get("meta")?,
            recorded_at: row.try_get::<SqlTimestamp, _>("recorded_at")?.to_jiff(),
            database_at: row.try_get::<SqlTimestamp, _>("database_at")?.to_jiff(),
            hash_format: row.try_get("hash_format")?,
            chain_hash: row.try_get("chain_hash")?,
        })
    }
}

/// At most `limit` events after `position`, in order.
pub async fn after(
    database: impl PgExecutor<'_>,
    position: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    sqlx::query_as("select * from log.event where position > $1 order by position limit $2")
        .bind(position)
        .bind(limit)
        .fetch_all(database)
        .await
}

/// As many events after `position` as `limit` allows, in order, and no more once their payloads hold
/// about `bytes` of text: whoever reads a whole log holds little of it at any time.
pub async fn page_after(
    database: impl PgExecutor<'_>,
    position: i64,
    limit: i64,
    bytes: usize,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    let mut rows = sqlx::query_as::<_, StoredEvent>(
        "select * from log.event where position > $1 order by position limit $2",
    )
    .bind(position)
    .bind(limit)
    .fetch(database);
    let (mut page, mut n_bytes) = (Vec::new(), 0);
    while n_bytes < bytes
        && let Some(event) = rows.try_next().await?
    {
        n_bytes += event.payload.len() + event.meta.len();
        page.push(event);
    }
    Ok(page)
}

/// The event at a position, if the log reaches so far.
pub async fn event_at(
    database: impl PgExecutor<'_>,
    position: i64,
) -> Result<Option<StoredEvent>, sqlx::Error> {
    sqlx::query_as("select * from log.event where position = $1")
        .bind(position)
        .fetch_optional(database)
        .await
}

/// One stream, whole and in order.
pub async fn stream(
    database: impl PgExecutor<'_>,
    stream: &StreamId,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    sqlx::query_as(
        "select * from log.event where stream_type = $1 and stream_id = $2 order by version",
    )
    .bind(&stream.kind)
    .bind(stream.id)
    .fetch_all(database)
    .await
}

/// Where the log ends.
pub async fn head(database: impl PgExecutor<'_>) -> Result<Head, sqlx::Error> {
    let row = sqlx::query("select log_id, position, chain_hash from log.head")
        .fetch_one(database)
        .await?;
    Ok(Head {
        log_id: row.try_get("log_id")?,
        position: row.try_get("position")?,
        chain_hash: row.try_get("chain_hash")?,
    })
}
