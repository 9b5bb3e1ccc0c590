//! Every record of every service, byte for byte as its owner stored it: what happened, searched by
//! what kind of thing it was, who did it and when. What was sealed stays sealed.

use async_trait::async_trait;
use contracts::PersonId;
use eventstore::{Metadata, StoredEvent};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use messaging::{Channel, Fact, FactView, ProjectError};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};
use uuid::Uuid;

use super::{about, standing};
use crate::chain::Flaw;

/// Raised when what follows from the records changes; the records themselves are kept.
pub const VERSION: i32 = 1;

/// Every service whose log is kept, this one's own included.
pub const SOURCES: [&str; 5] =
    ["audit", "notifications", "opportunities", "recruitment", "reimbursements"];

/// A record with its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose log it stands in.
    pub source: String,
    /// As stored there.
    pub event: StoredEvent,
}

impl FromRow<'_, PgRow> for Record {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self { source: row.try_get("source")?, event: StoredEvent::from_row(row)? })
    }
}

/// The view.
#[derive(Debug)]
pub struct Records;

#[async_trait]
impl FactView for Records {
    fn name(&self) -> &'static str {
        "records"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn sources(&self) -> &'static [&'static str] {
        &SOURCES
    }

    fn channel(&self) -> Channel {
        Channel::Log
    }

    /// Without the records: made again, the view hears everything anew and compares it with what it
    /// heard before, so that a history rewritten meanwhile does not pass for the old one.
    fn tables(&self) -> &'static [&'static str] {
        &["views.about", "views.standing"]
    }

    fn create(&self) -> &'static str {
        "create table if not exists views.record (
             source text not null, position bigint not null, log_id uuid not null,
             event_id uuid not null, stream_type text not null, stream_id uuid not null,
             version bigint not null, event_type text not null, schema_version integer not null,
             payload text not null, meta text not null, recorded_at timestamptz not null,
             database_at timestamptz not null, hash_format smallint not null,
             chain_hash bytea not null, event_name text not null, occurred_at timestamptz,
             received_at timestamptz, actor uuid, on_behalf_of uuid, role text, command_id uuid,
             correlation_id uuid, causation_id uuid, primary key (source, position));
         create index if not exists record_by_time
             on views.record (recorded_at, source, position);
         create index if not exists record_by_type
             on views.record (event_type, recorded_at, source, position);
         create index if not exists record_by_actor
             on views.record (actor, recorded_at, source, position);
         create index if not exists record_by_correlation
             on views.record (correlation_id, recorded_at, source, position);
         create index if not exists record_by_stream
             on views.record (stream_type, stream_id, version);
         create table views.about (
             kind text not null, id uuid not null, recorded_at timestamptz not null,
             source text not null, position bigint not null,
             primary key (kind, id, recorded_at, source, position));
         create table views.standing (
             source text primary key, log_id uuid not null, position bigint not null,
             chain_hash bytea not null, recorded_at timestamptz not null, events bigint not null,
             verified_to bigint not null, broken_at bigint, flaw text)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let mut event = fact.stored_event().map_err(|_| unreadable())?;
        let agrees = event.position == fact.mark.position
            && event.log_id == fact.log_id
            && crate::chain::hex(&event.chain_hash) == fact.chain_hash;
        event.position = fact.mark.position;
        let as_before = keep(rows, &fact.service, &event).await?;
        let seen = if !agrees {
            Some(Flaw::EnvelopeDiffers)
        } else if as_before {
            None
        } else {
            Some(Flaw::HeardOtherwiseBefore)
        };
        standing::move_on(rows, &fact.service, &event, seen).await?;
        about::note(rows, &fact.service, &event).await?;
        Ok(())
    }
}

/// What serde says may quote the message, so none of it is repeated.
fn unreadable() -> ProjectError {
    let error = <serde_json::Error as serde::de::Error>::custom("not a stored event");
    ProjectError::Metadata(error)
}

/// Keeps a record, once. False where another was kept under its place before.
async fn keep(
    rows: &mut PgConnection,
    source: &str,
    event: &StoredEvent,
) -> Result<bool, sqlx::Error> {
    let meta: Option<Metadata> = event.metadata().ok();
    let meta = meta.as_ref();
    let kept = sqlx::query(
        "insert into views.record (source, position, log_id, event_id, stream_type, stream_id,
             version, event_type, schema_version, payload, meta, recorded_at, database_at,
             hash_format, chain_hash, event_name, occurred_at, received_at, actor, on_behalf_of,
             role, command_id, correlation_id, causation_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19, $20, $21, $22, $23, $24)
         on conflict (source, position) do nothing",
    )
    .bind(source)
    .bind(event.position)
    .bind(event.log_id)
    .bind(event.event_id)
    .bind(&event.stream.kind)
    .bind(event.stream.id)
    .bind(event.version)
    .bind(&event.event_type)
    .bind(event.schema_version)
    .bind(&event.payload)
    .bind(&event.meta)
    .bind(event.recorded_at.to_sqlx())
    .bind(event.database_at.to_sqlx())
    .bind(event.hash_format)
    .bind(&event.chain_hash)
    .bind(event_name(&event.event_type))
    .bind(meta.map(|meta| meta.occurred_at.to_sqlx()))
    .bind(meta.map(|meta| meta.received_at.to_sqlx()))
    .bind(meta.map(|meta| meta.actor.person.uuid()))
    .bind(meta.and_then(|meta| meta.on_behalf_of).map(PersonId::uuid))
    .bind(meta.map(|meta| &meta.authority.role))
    .bind(meta.map(|meta| meta.command_id))
    .bind(meta.map(|meta| meta.correlation_id))
    .bind(meta.and_then(|meta| meta.causation_id))
    .execute(&mut *rows)
    .await?;
    if kept.rows_affected() == 1 {
        return Ok(true);
    }
    let before: Record =
        sqlx::query_as("select * from views.record where source = $1 and position = $2")
            .bind(source)
            .bind(event.position)
            .fetch_one(rows)
            .await?;
    Ok(before.event == *event)
}

/// After their owner was restored to an earlier time: records behind `position` are no longer of that
/// history. They are set aside, byte for byte, so that what happened instead can be heard; a witness
/// throws nothing away. Says how many.
pub async fn set_aside(
    database: &mut PgConnection,
    source: &str,
    position: i64,
) -> Result<u64, sqlx::Error> {
    sqlx::query("create table if not exists views.record_set_aside (like views.record)")
        .execute(&mut *database)
        .await?;
    sqlx::query(
        "with gone as (
             delete from views.record where source = $1 and position > $2 returning *)
         insert into views.record_set_aside select * from gone",
    )
    .bind(source)
    .bind(position)
    .execute(database)
    .await
    .map(|done| done.rows_affected())
}

/// A stored name without its version, such as `opportunity.opened`.
pub fn event_name(event_type: &str) -> &str {
    match event_type.rsplit_once(".v") {
        Some((name, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => event_type,
    }
}

/// Where a record stands among all: by when it was recorded, then by log.
pub type Place = (Timestamp, String, i64);

/// Its place.
pub fn place(record: &Record) -> Place {
    (record.event.recorded_at, record.source.clone(), record.event.position)
}

/// What is searched for; whatever is not given is not asked.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Permanent stored name.
    pub event_type: Option<String>,
    /// Who acted.
    pub actor: Option<Uuid>,
    /// What all that followed from one outside request shares.
    pub correlation: Option<Uuid>,
    /// Recorded at or after.
    pub from: Option<Timestamp>,
    /// Recorded at or before.
    pub to: Option<Timestamp>,
}

/// The records that match, from the earliest on, after a given place.
pub async fn search(
    pool: &PgPool,
    wanted: &Search,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Record>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.record
         where ($1::text is null or event_type = $1) and ($2::uuid is null or actor = $2)
           and ($3::uuid is null or correlation_id = $3)
           and ($4::timestamptz is null or recorded_at >= $4)
           and ($5::timestamptz is null or recorded_at <= $5)
           and ($6::timestamptz is null or (recorded_at, source, position) > ($6, $7, $8))
         order by recorded_at, source, position limit $9",
    )
    .bind(&wanted.event_type)
    .bind(wanted.actor)
    .bind(wanted.correlation)
    .bind(wanted.from.map(Timestamp::to_sqlx))
    .bind(wanted.to.map(Timestamp::to_sqlx))
    .bind(after.map(|(at, _, _)| at.to_sqlx()))
    .bind(after.map(|(_, source, _)| source))
    .bind(after.map(|(_, _, position)| *position))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// One record.
pub async fn one(
    pool: &PgPool,
    source: &str,
    position: i64,
) -> Result<Option<Record>, sqlx::Error> {
    sqlx::query_as("select * from views.record where source = $1 and position = $2")
        .bind(source)
        .bind(position)
        .fetch_optional(pool)
        .await
}

/// The payload in which an opportunity's words stand as they now are, if any was recorded.
pub async fn latest_advert(
    pool: &PgPool,
    opportunity: Uuid,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select payload from views.record
         where stream_type = 'opportunity' and stream_id = $1 and source = 'opportunities'
           and event_name in
               ('opportunity.drafted', 'opportunity.revised', 'opportunity.approved')
         order by version desc limit 1",
    )
    .bind(opportunity)
    .fetch_optional(pool)
    .await
}

#[cfg(test)]
mod stories {
    use super::event_name;

    #[test]
    fn a_name_without_its_version_is_the_same_in_every_version() {
        assert_eq!(event_name("claim.verified.v1"), "claim.verified");
        assert_eq!(event_name("claim.verified.v12"), "claim.verified");
        assert_eq!(event_name("claim.verified"), "claim.verified");
    }
}
