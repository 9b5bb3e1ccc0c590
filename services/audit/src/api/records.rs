//! Records as their owners stored them: searched, and each whole, so that anybody can recompute what
//! proves it. What was sealed stays sealed here.

use axum::Json;
use axum::extract::State as Shared;
use contracts::PersonId;
use eventstore::chain;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Address, Page, PageQuery, Permit, Problem, Query, ReadAfter};

use super::State;
use super::moment;
use crate::chain::hex;
use crate::views::record::{self, Place, Record, Search, VERSION};

/// What is searched for; whatever is not given is not asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordQuery {
    /// Permanent stored name, such as `opportunity.approved.v1`.
    event_type: Option<String>,
    /// Who acted.
    actor: Option<Uuid>,
    /// What all that followed from one outside request shares.
    correlation: Option<Uuid>,
    /// Recorded from then on: an instant, or the beginning of a day.
    from: Option<String>,
    /// Recorded up to then: an instant, or the end of a day.
    to: Option<String>,
}

/// A record without its content.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Found {
    source: String,
    position: i64,
    event_id: Uuid,
    event_type: String,
    stream_type: String,
    stream_id: Uuid,
    version: i64,
    recorded_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causation_id: Option<Uuid>,
    chain_hash: String,
}

impl Found {
    fn of(Record { source, event }: Record) -> Self {
        let meta = event.metadata().ok();
        let meta = meta.as_ref();
        Self {
            source,
            position: event.position,
            event_id: event.event_id,
            stream_type: event.stream.kind,
            stream_id: event.stream.id,
            version: event.version,
            recorded_at: event.recorded_at,
            occurred_at: meta.map(|meta| meta.occurred_at),
            actor: meta.map(|meta| meta.actor.person),
            on_behalf_of: meta.and_then(|meta| meta.on_behalf_of),
            role: meta.map(|meta| meta.authority.role.clone()),
            command_id: meta.map(|meta| meta.command_id),
            correlation_id: meta.map(|meta| meta.correlation_id),
            causation_id: meta.and_then(|meta| meta.causation_id),
            chain_hash: hex(&event.chain_hash),
            event_type: event.event_type,
        }
    }
}

/// Records by kind, person and time, from the earliest on.
#[utoipa::path(get, path = "/v1/records", tag = "records", params(RecordQuery, PageQuery),
    responses((status = 200, body = Page<Found>)))]
pub(super) async fn search(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(wanted): Query<RecordQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Found>>, Problem> {
    permit.require_locality(None)?;
    let asked = page.read::<Place>(VERSION)?;
    let search = Search {
        event_type: wanted.event_type,
        actor: wanted.actor,
        correlation: wanted.correlation,
        from: moment::first(wanted.from.as_ref())?,
        to: moment::last(wanted.to.as_ref())?,
    };
    let (after, limit) = (asked.after.as_ref(), asked.rows_wanted());
    let rows = record::search(&state.pool, &search, after, limit).await?;
    let rows = asked.page(rows, record::place);
    let items = rows.items.into_iter().map(Found::of).collect();
    Ok(Json(Page { items, next: rows.next }))
}

/// A record whole, as stored. Its chain hash is SHA-256 over `hash_format` in two bytes, the preceding
/// hash, and each column in the order given here from `position` to `database_at`, each part behind
/// its length in eight bytes; numbers in eight bytes (`schema_version` in four), ids in sixteen,
/// instants as microseconds since 1970 in eight; everything with the most significant byte first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Whole {
    source: String,
    hash_format: i16,
    /// The hash of the record before it; for the first of a log, what stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_hash: Option<String>,
    position: i64,
    log_id: Uuid,
    event_id: Uuid,
    stream_type: String,
    stream_id: Uuid,
    version: i64,
    event_type: String,
    schema_version: i32,
    /// A JSON object as text, byte for byte.
    payload: String,
    /// A JSON object as text, byte for byte.
    meta: String,
    recorded_at: Timestamp,
    database_at: Timestamp,
    chain_hash: String,
}

/// One record, with everything its hash is made of.
#[utoipa::path(get, path = "/v1/records/{source}/{position}", tag = "records",
    params(("source" = String, Path, description = "Whose log"),
        ("position" = i64, Path, description = "The place in it, from 1")),
    responses((status = 200, body = Whole)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address((source, position)): Address<(String, i64)>,
) -> Result<Json<Whole>, Problem> {
    permit.require_locality(None)?;
    let found = record::one(&state.pool, &source, position).await?;
    let Record { source, event } = found.ok_or_else(Problem::unknown)?;
    let previous_hash = if position == 1 {
        Some(hex(&chain::genesis(event.log_id)))
    } else {
        let before = record::one(&state.pool, &source, position.saturating_sub(1)).await?;
        before.map(|before| hex(&before.event.chain_hash))
    };
    Ok(Json(Whole {
        source,
        hash_format: event.hash_format,
        previous_hash,
        position: event.position,
        log_id: event.log_id,
        event_id: event.event_id,
        stream_type: event.stream.kind,
        stream_id: event.stream.id,
        version: event.version,
        event_type: event.event_type,
        schema_version: event.schema_version,
        payload: event.payload,
        meta: event.meta,
        recorded_at: event.recorded_at,
        database_at: event.database_at,
        chain_hash: hex(&event.chain_hash),
    }))
}
