//! Timers due: leased, the lease committed, then fired as a command whose append marks them done.
//! Now is always a parameter; nothing here reads a clock.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::{PgExecutor, PgPool, Row};
use uuid::Uuid;

use crate::envelope::StreamId;

/// How long a leased timer is left alone before someone else may fire it: as long as a request may take.
/// Whoever leased it may have been killed, and firing it twice changes nothing.
const LEASE: SignedDuration = SignedDuration::from_secs(10);

/// A timer whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// Derived from the command that armed it.
    pub timer_id: Uuid,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its name in the stream.
    pub name: String,
    /// When it was due.
    pub due_at: Timestamp,
    /// The request from which it followed.
    pub correlation_id: Uuid,
}

/// Leases at most `limit` timers due at `now`, earliest first. The lease is committed on return. One
/// that reaches further ahead than leases do was given by a clock that has been set back since, or by
/// another machine's that is wrong: it holds nothing up, as whatever fires twice is carried out once.
pub async fn lease(
    pool: &PgPool,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DueTimer>, sqlx::Error> {
    let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    let rows = sqlx::query(
        "update log.timer t set lease_until = $2, attempts = t.attempts + 1
         where t.timer_id in (
             select timer_id from log.timer
             where due_at <= $1
                 and (lease_until is null or lease_until <= $1 or lease_until > $2)
             order by due_at, timer_id limit $3 for update skip locked)
         returning t.timer_id, t.stream_type, t.stream_id, t.name, t.due_at, t.correlation_id",
    )
    .bind(now.to_sqlx())
    .bind(until.to_sqlx())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        due.push(DueTimer {
            timer_id: row.try_get("timer_id")?,
            stream: StreamId { kind: row.try_get("stream_type")?, id: row.try_get("stream_id")? },
            name: row.try_get("name")?,
            due_at: row.try_get::<SqlTimestamp, _>("due_at")?.to_jiff(),
            correlation_id: row.try_get("correlation_id")?,
        });
    }
    due.sort_by_key(|timer| (timer.due_at, timer.timer_id));
    Ok(due)
}

/// How many timers are due at `now`, and since when the earliest is.
pub async fn overdue(
    database: impl PgExecutor<'_>,
    now: Timestamp,
) -> Result<(i64, Option<Timestamp>), sqlx::Error> {
    let row = sqlx::query(
        "select count(*) as n_due, min(due_at) as since from log.timer where due_at <= $1",
    )
    .bind(now.to_sqlx())
    .fetch_one(database)
    .await?;
    let since: Option<SqlTimestamp> = row.try_get("since")?;
    Ok((row.try_get("n_due")?, since.map(SqlTimestamp::to_jiff)))
}

/// When the earliest timer is due, if any is armed.
pub async fn next_due(database: impl PgExecutor<'_>) -> Result<Option<Timestamp>, sqlx::Error> {
    let due: Option<SqlTimestamp> =
        sqlx::query_scalar("select min(due_at) from log.timer").fetch_one(database).await?;
    Ok(due.map(SqlTimestamp::to_jiff))
}
