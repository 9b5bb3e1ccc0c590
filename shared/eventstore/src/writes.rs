//! The rows of one batch, gathered while it is judged and sent by few statements over arrays.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::append::{Append, KeyChange, NewEvent, Receipt, TimerChange};
use crate::batch::{name_of, timer_id};
use crate::chain::FORMAT;
use crate::envelope::StreamId;

#[derive(Default)]
pub(crate) struct Writes {
    events: Events,
    outcomes: Outcomes,
    fired_timers: Vec<Uuid>,
    /// The last word on each timer: armed, or cancelled.
    timers: HashMap<TimerName, Option<Armed>>,
    touched_keys: HashSet<(String, String)>,
    claimed: Keys,
    released: Keys,
}

type TimerName = (StreamId, String);

struct Armed {
    timer_id: Uuid,
    due_at: Timestamp,
    correlation_id: Uuid,
}

/// Where the log ends after the batch, and when.
pub(crate) struct LogEnd {
    pub(crate) log_id: Uuid,
    pub(crate) position: i64,
    pub(crate) chain_hash: Vec<u8>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) database_at: Timestamp,
}

#[derive(Default)]
struct Events {
    positions: Vec<i64>,
    event_ids: Vec<Uuid>,
    stream_types: Vec<String>,
    stream_ids: Vec<Uuid>,
    versions: Vec<i64>,
    event_types: Vec<String>,
    schema_versions: Vec<i32>,
    payloads: Vec<String>,
    metas: Vec<String>,
    chain_hashes: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Outcomes {
    command_ids: Vec<Uuid>,
    request_hashes: Vec<Vec<u8>>,
    stream_types: Vec<String>,
    stream_ids: Vec<Uuid>,
    from_versions: Vec<i64>,
    to_versions: Vec<i64>,
    positions: Vec<i64>,
    refusals: Vec<Option<String>>,
}

#[derive(Default)]
struct Keys {
    scopes: Vec<String>,
    values: Vec<String>,
    stream_types: Vec<String>,
    stream_ids: Vec<Uuid>,
}

pub(crate) struct EventRow<'a> {
    pub(crate) position: i64,
    pub(crate) version: i64,
    pub(crate) stream: &'a StreamId,
    pub(crate) event: &'a NewEvent,
    pub(crate) chain_hash: Vec<u8>,
}

impl Writes {
    /// Whether there is nothing to store: every command was known or lost its race.
    pub(crate) fn is_empty(&self) -> bool {
        self.outcomes.command_ids.is_empty()
    }

    pub(crate) fn add_event(&mut self, row: EventRow<'_>) {
        let events = &mut self.events;
        events.positions.push(row.position);
        events.event_ids.push(row.event.event_id);
        events.stream_types.push(row.stream.kind.clone());
        events.stream_ids.push(row.stream.id);
        events.versions.push(row.version);
        events.event_types.push(row.event.event_type.clone());
        events.schema_versions.push(row.event.schema_version);
        events.payloads.push(row.event.payload.clone());
        events.metas.push(row.event.meta.clone());
        events.chain_hashes.push(row.chain_hash);
    }

    pub(crate) fn add_outcome(&mut self, append: &Append, receipt: &Receipt) {
        let outcomes = &mut self.outcomes;
        outcomes.command_ids.push(append.command_id);
        outcomes.request_hashes.push(append.request_hash.clone());
        outcomes.stream_types.push(append.stream.kind.clone());
        outcomes.stream_ids.push(append.stream.id);
        outcomes.from_versions.push(receipt.from_version);
        outcomes.to_versions.push(receipt.version);
        outcomes.positions.push(receipt.position);
        outcomes
            .refusals
            .push(receipt.refusal.as_ref().and_then(|refused| serde_json::to_string(refused).ok()));
        self.fired_timers.extend(append.fired_timer);
        if !append.events.is_empty() {
            self.touched_keys.extend(append.keys.iter().map(|change| match change {
                KeyChange::Claim(key) | KeyChange::Release(key) => {
                    (key.scope.to_owned(), key.value.clone())
                }
            }));
        }
    }

    pub(crate) fn add_timer(&mut self, append: &Append, change: &TimerChange) {
        let last_word = match change {
            TimerChange::Arm { name, due_at } => Some(Armed {
                timer_id: timer_id(append.command_id, name),
                due_at: *due_at,
                correlation_id: append.correlation_id,
            }),
            TimerChange::Cancel { .. } => None,
        };
        self.timers.insert((append.stream.clone(), name_of(change).to_owned()), last_word);
    }

    /// Turns the holders after judging into rows to write and rows to remove.
    pub(crate) fn settle_keys(&mut self, holders: &HashMap<(String, String), StreamId>) {
        for (scope, value) in std::mem::take(&mut self.touched_keys) {
            let place = (scope, value);
            let keys = match holders.get(&place) {
                Some(holder) => {
                    self.claimed.stream_types.push(holder.kind.clone());
                    self.claimed.stream_ids.push(holder.id);
                    &mut self.claimed
                }
                None => &mut self.released,
            };
            keys.scopes.push(place.0);
            keys.values.push(place.1);
        }
    }

    pub(crate) async fn send(
        self,
        transaction: &mut PgConnection,
        end: LogEnd,
    ) -> Result<(), sqlx::Error> {
        let recorded_at = end.recorded_at.to_sqlx();
        if !self.events.positions.is_empty() {
            self.events
                .send(transaction, end.log_id, recorded_at, end.database_at.to_sqlx())
                .await?;
        }
        self.outcomes.send(transaction, recorded_at).await?;
        send_timers(transaction, self.fired_timers, self.timers).await?;
        send_keys(transaction, self.claimed, self.released).await?;
        sqlx::query("update log.head set position = $1, chain_hash = $2, recorded_at = $3")
            .bind(end.position)
            .bind(end.chain_hash)
            .bind(recorded_at)
            .execute(transaction)
            .await?;
        Ok(())
    }
}

impl Events {
    async fn send(
        self,
        transaction: &mut PgConnection,
        log_id: Uuid,
        recorded_at: SqlTimestamp,
        database_at: SqlTimestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into log.event (position, log_id, event_id, stream_type, stream_id, version,
                 event_type, schema_version, payload, meta, recorded_at, database_at, hash_format,
                 chain_hash)
             select e.position, $1, e.event_id, e.stream_type, e.stream_id, e.version,
                 e.event_type, e.schema_version, e.payload, e.meta, $2, $3, $4, e.chain_hash
             from unnest($5::bigint[], $6::uuid[], $7::text[], $8::uuid[], $9::bigint[],
                 $10::text[], $11::integer[], $12::text[], $13::text[], $14::bytea[])
                 as e(position, event_id, stream_type, stream_id, version, event_type,
                 schema_version, payload, meta, chain_hash)",
        )
        .bind(log_id)
        .bind(recorded_at)
        .bind(database_at)
        .bind(FORMAT)
        .bind(self.positions)
        .bind(self.event_ids)
        .bind(self.stream_types)
        .bind(self.stream_ids)
        .bind(self.versions)
        .bind(self.event_types)
        .bind(self.schema_versions)
        .bind(self.payloads)
        .bind(self.metas)
        .bind(self.chain_hashes)
        .execute(transaction)
        .await
        .map(|_| ())
    }
}

impl Outcomes {
    async fn send(
        self,
        transaction: &mut PgConnection,
        stored_at: SqlTimestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into log.command (command_id, request_hash, stream_type, stream_id,
                 from_version, to_version, position, refusal, stored_at)
             select c.*, $9 from unnest($1::uuid[], $2::bytea[], $3::text[], $4::uuid[],
                 $5::bigint[], $6::bigint[], $7::bigint[], $8::text[]) as c",
        )
        .bind(self.command_ids)
        .bind(self.request_hashes)
        .bind(self.stream_types)
        .bind(self.stream_ids)
        .bind(self.from_versions)
        .bind(self.to_versions)
        .bind(self.positions)
        .bind(self.refusals)
        .bind(stored_at)
        .execute(transaction)
        .await
        .map(|_| ())
    }
}

async fn send_timers(
    transaction: &mut PgConnection,
    fired: Vec<Uuid>,
    timers: HashMap<TimerName, Option<Armed>>,
) -> Result<(), sqlx::Error> {
    if !fired.is_empty() {
        sqlx::query("delete from log.timer where timer_id = any($1)")
            .bind(fired)
            .execute(&mut *transaction)
            .await?;
    }
    for ((stream, name), last_word) in timers {
        match last_word {
            None => {
                sqlx::query(
                    "delete from log.timer
                     where stream_type = $1 and stream_id = $2 and name = $3",
                )
                .bind(stream.kind)
                .bind(stream.id)
                .bind(name)
                .execute(&mut *transaction)
                .await?;
            }
            Some(Armed { timer_id, due_at, correlation_id }) => {
                sqlx::query(
                    "insert into log.timer
                         (timer_id, stream_type, stream_id, name, due_at, correlation_id)
                     values ($1, $2, $3, $4, $5, $6)
                     on conflict (stream_type, stream_id, name) do update
                     set timer_id = excluded.timer_id, due_at = excluded.due_at, attempts = 0,
                         correlation_id = excluded.correlation_id, lease_until = null",
                )
                .bind(timer_id)
                .bind(stream.kind)
                .bind(stream.id)
                .bind(name)
                .bind(due_at.to_sqlx())
                .bind(correlation_id)
                .execute(&mut *transaction)
                .await?;
            }
        }
    }
    Ok(())
}

async fn send_keys(
    transaction: &mut PgConnection,
    claimed: Keys,
    released: Keys,
) -> Result<(), sqlx::Error> {
    if !released.scopes.is_empty() {
        sqlx::query(
            "delete from log.unique_key
             where (scope, value) in (select * from unnest($1::text[], $2::text[]))",
        )
        .bind(released.scopes)
        .bind(released.values)
        .execute(&mut *transaction)
        .await?;
    }
    if !claimed.scopes.is_empty() {
        // A key that changed hands within the batch is removed and claimed anew.
        sqlx::query(
            "delete from log.unique_key where (scope, value) in
                 (select * from unnest($1::text[], $2::text[]))
                 and (scope, value, stream_type, stream_id) not in
                 (select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[]))",
        )
        .bind(&claimed.scopes)
        .bind(&claimed.values)
        .bind(&claimed.stream_types)
        .bind(&claimed.stream_ids)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "insert into log.unique_key (scope, value, stream_type, stream_id)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
             on conflict do nothing",
        )
        .bind(claimed.scopes)
        .bind(claimed.values)
        .bind(claimed.stream_types)
        .bind(claimed.stream_ids)
        .execute(transaction)
        .await?;
    }
    Ok(())
}
