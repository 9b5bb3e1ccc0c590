//! How far each service's chain holds by what was heard of it, and where it first does not. A break
//! is kept until a human has looked; later records never cover it up.

use eventstore::StoredEvent;
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool, Row as _};
use uuid::Uuid;

use crate::chain::{Before, Flaw};

/// How one service's log stands, as heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose log.
    pub source: String,
    /// Which log; that of the first record heard.
    pub log_id: Uuid,
    /// The last record's position.
    pub position: i64,
    /// Its chain hash.
    pub chain_hash: Vec<u8>,
    /// When its owner recorded it.
    pub recorded_at: Timestamp,
    /// Records held.
    pub events: i64,
    /// Up to here every record follows from the one before it.
    pub verified_to: i64,
    /// The first record that does not, and what is wrong with it.
    pub first_break: Option<(i64, Flaw)>,
}

impl FromRow<'_, PgRow> for Standing {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let broken_at: Option<i64> = row.try_get("broken_at")?;
        let flaw: Option<String> = row.try_get("flaw")?;
        Ok(Self {
            source: row.try_get("source")?,
            log_id: row.try_get("log_id")?,
            position: row.try_get("position")?,
            chain_hash: row.try_get("chain_hash")?,
            recorded_at: row.try_get::<SqlTimestamp, _>("recorded_at")?.to_jiff(),
            events: row.try_get("events")?,
            verified_to: row.try_get("verified_to")?,
            first_break: broken_at.zip(flaw.as_deref().and_then(Flaw::named)),
        })
    }
}

/// Moves on to a record. `seen` is a flaw that shows without its predecessor.
pub(super) async fn move_on(
    rows: &mut PgConnection,
    source: &str,
    event: &StoredEvent,
    seen: Option<Flaw>,
) -> Result<(), sqlx::Error> {
    let now = find(&mut *rows, source).await?;
    let before = now.as_ref().map_or_else(
        || Before::the_first(event.log_id),
        |now| Before {
            log_id: now.log_id,
            position: now.position,
            chain_hash: now.chain_hash.clone(),
        },
    );
    let flaw = seen.or_else(|| before.flaw_of(event));
    if let Some(flaw) = flaw {
        let position = event.position;
        tracing::error!(source, position, flaw = flaw.name(), "a record breaks the chain");
    }
    let known_break = now.as_ref().and_then(|now| now.first_break);
    let first_break = known_break.or(flaw.map(|flaw| (event.position, flaw)));
    let verified_to = match (&first_break, &now) {
        (None, _) => event.position,
        (Some(_), now) => now.as_ref().map_or(0, |now| now.verified_to),
    };
    sqlx::query(
        "insert into views.standing (source, log_id, position, chain_hash, recorded_at, events,
             verified_to, broken_at, flaw)
         values ($1, $2, $3, $4, $5, 1, $6, $7, $8)
         on conflict (source) do update set position = excluded.position,
             chain_hash = excluded.chain_hash, recorded_at = excluded.recorded_at,
             events = standing.events + 1, verified_to = excluded.verified_to,
             broken_at = excluded.broken_at, flaw = excluded.flaw",
    )
    .bind(source)
    .bind(before.log_id)
    .bind(event.position)
    .bind(&event.chain_hash)
    .bind(event.recorded_at.to_sqlx())
    .bind(verified_to)
    .bind(first_break.map(|(position, _)| position))
    .bind(first_break.map(|(_, flaw)| flaw.name()))
    .execute(rows)
    .await
    .map(|_| ())
}

/// How one service's log stands, if anything was heard of it.
pub async fn find(
    database: impl PgExecutor<'_>,
    source: &str,
) -> Result<Option<Standing>, sqlx::Error> {
    sqlx::query_as("select * from views.standing where source = $1")
        .bind(source)
        .fetch_optional(database)
        .await
}

/// How every log of which anything was heard stands.
pub async fn all(pool: &PgPool) -> Result<Vec<Standing>, sqlx::Error> {
    sqlx::query_as("select * from views.standing order by source").fetch_all(pool).await
}
