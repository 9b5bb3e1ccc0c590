//! Reads a whole log and says where its chain first breaks, if it does. Reads only.

use futures::TryStreamExt as _;
use serde::Serialize;
use sqlx::{Connection, PgConnection};

use crate::chain::{self, FORMAT, Link};
use crate::envelope::StoredEvent;
use crate::reader;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Events read.
    pub events: i64,
    /// The first place where the chain does not hold.
    pub first_break: Option<Break>,
}

/// Where and how a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The position at fault.
    pub position: i64,
    /// What is wrong there.
    pub what: Flaw,
}

/// How a log can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// A position is missing.
    PositionMissing,
    /// The event's bytes, or one before it, are not those that were hashed.
    HashDiffers,
    /// The event belongs to another log.
    OtherLog,
    /// The hash's recipe is not known to this build.
    UnknownFormat,
    /// The events end elsewhere than the head says.
    HeadDiffers,
}

/// Verifies one log at one moment, from its first event to its head.
pub async fn verify(connection: &mut PgConnection) -> Result<Verdict, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("set transaction isolation level repeatable read, read only")
        .execute(&mut *transaction)
        .await?;
    let head = reader::head(&mut *transaction).await?;
    let mut previous = chain::genesis(head.log_id).to_vec();
    let mut position = 0;
    let mut flaw = None;
    {
        let mut events =
            sqlx::query_as::<_, StoredEvent>("select * from log.event order by position")
                .fetch(&mut *transaction);
        while let Some(event) = events.try_next().await? {
            position += 1;
            flaw = flaw_of(&event, position, head.log_id, &previous);
            if flaw.is_some() {
                break;
            }
            previous = event.chain_hash;
        }
    }
    if flaw.is_none() && (head.position != position || head.chain_hash != previous) {
        flaw = Some(Flaw::HeadDiffers);
    }
    transaction.rollback().await?;
    Ok(Verdict { events: position, first_break: flaw.map(|what| Break { position, what }) })
}

fn flaw_of(
    event: &StoredEvent,
    position: i64,
    log_id: uuid::Uuid,
    previous: &[u8],
) -> Option<Flaw> {
    if event.position != position {
        return Some(Flaw::PositionMissing);
    }
    if event.log_id != log_id {
        return Some(Flaw::OtherLog);
    }
    if event.hash_format != FORMAT {
        return Some(Flaw::UnknownFormat);
    }
    let hash = chain::hash(
        previous,
        &Link {
            position: event.position,
            log_id: event.log_id,
            event_id: event.event_id,
            stream_type: &event.stream.kind,
            stream_id: event.stream.id,
            version: event.version,
            event_type: &event.event_type,
            schema_version: event.schema_version,
            payload: &event.payload,
            meta: &event.meta,
            recorded_at: event.recorded_at,
            database_at: event.database_at,
        },
    );
    (hash.as_slice() != event.chain_hash).then_some(Flaw::HashDiffers)
}
