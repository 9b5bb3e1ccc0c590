//! One transaction for many commands: lock the head, judge each command in queue order against a
//! running map, write, commit. All or nothing per command; no user's code and no network call.

use std::collections::{HashMap, HashSet};

use jiff::{Timestamp, Unit};
use jiff_sqlx::Timestamp as SqlTimestamp;
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, PgPool, Row};
use uuid::Uuid;

use crate::append::{Append, Appended, KeyChange, Receipt, TimerChange};
use crate::chain::{self, Link};
use crate::clock::Clock;
use crate::envelope::StreamId;
use crate::room::UniqueKey;
use crate::safety::SafetyError;
use crate::writes::{EventRow, LogEnd, Writes};

/// What a batch led to.
pub(crate) struct Done {
    /// One answer per command, in queue order.
    pub(crate) answers: Vec<Appended>,
    /// Where the log ends now.
    pub(crate) position: i64,
}

/// Why a batch has no answers yet.
pub(crate) enum BatchError {
    /// Some command's data is refused; nothing was stored.
    Unstorable { sqlstate: String },
    /// Nothing was stored.
    NotStored(Cause),
    /// COMMIT was sent and its outcome is not known.
    InDoubt(Cause),
}

/// What kept a batch from being answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    /// The connection or the server.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The database is not fit to commit to, or cannot be asked.
    #[error(transparent)]
    Safety(#[from] SafetyError),
    /// A setting was changed under the open connection.
    #[error("the database is not safe any more")]
    NoLongerSafe,
    /// The database did not answer in time.
    #[error("the database did not answer in time")]
    Silence,
}

impl From<sqlx::Error> for BatchError {
    fn from(error: sqlx::Error) -> Self {
        let sqlstate = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .map(|c| c.to_string());
        match sqlstate {
            Some(code) if code.starts_with("22") || code.starts_with("23") => {
                Self::Unstorable { sqlstate: code }
            }
            Some(_) | None => Self::NotStored(error.into()),
        }
    }
}

/// Everything the judging needs to know, read under the head's lock and kept up to date in memory
/// while the batch is judged, so that clashes inside the batch count.
struct Running {
    log_id: Uuid,
    position: i64,
    chain_hash: Vec<u8>,
    recorded_at: Timestamp,
    database_at: Timestamp,
    versions: HashMap<StreamId, i64>,
    commands: HashMap<Uuid, (Receipt, Vec<u8>)>,
    holders: HashMap<(String, String), StreamId>,
}

/// Commits what the commands want stored. `is_commit_sent` is set as soon as the outcome may no longer
/// be known, for whoever stops waiting.
pub(crate) async fn commit(
    connection: &mut PgConnection,
    clock: &Clock,
    appends: &[&Append],
    is_commit_sent: &mut bool,
) -> Result<Done, BatchError> {
    let mut transaction = connection.begin().await?;
    let (mut running, is_safe) = read(&mut transaction, clock, appends).await?;
    if !is_safe {
        return Err(BatchError::NotStored(Cause::NoLongerSafe));
    }
    let mut writes = Writes::default();
    let answers = appends.iter().map(|append| running.judge(append, &mut writes)).collect();
    if writes.is_empty() {
        transaction.rollback().await?;
        return Ok(Done { answers, position: running.position });
    }
    writes.settle_keys(&running.holders);
    let end = LogEnd {
        log_id: running.log_id,
        position: running.position,
        chain_hash: running.chain_hash,
        recorded_at: running.recorded_at,
        database_at: running.database_at,
    };
    writes.send(&mut transaction, end).await?;
    *is_commit_sent = true;
    transaction.commit().await.map_err(|error| BatchError::InDoubt(error.into()))?;
    Ok(Done { answers, position: running.position })
}

/// Locks the head and reads what the judging needs; and whether this session would still flush what
/// it commits, for a server's settings change under open connections too.
async fn read(
    transaction: &mut PgConnection,
    clock: &Clock,
    appends: &[&Append],
) -> Result<(Running, bool), sqlx::Error> {
    // A statement of its own: what is read after it is newer than the lock.
    let head = sqlx::query(
        "select log_id, position, chain_hash, recorded_at,
             current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'
             and current_setting('synchronous_commit') in ('on', 'local', 'remote_apply') as is_safe
         from log.head for update",
    )
    .fetch_one(&mut *transaction)
    .await?;
    let before: SqlTimestamp = head.try_get("recorded_at")?;
    let now = clock.now().round(Unit::Microsecond).unwrap_or(Timestamp::UNIX_EPOCH);
    let (versions, database_at) = read_versions(transaction, appends).await?;
    let command_ids: Vec<Uuid> = appends.iter().map(|append| append.command_id).collect();
    let commands = sqlx::query("select * from log.command where command_id = any($1)")
        .bind(command_ids)
        .fetch_all(&mut *transaction)
        .await?
        .iter()
        .map(|row| Ok((row.try_get("command_id")?, remembered_row(row)?)))
        .collect::<Result<_, sqlx::Error>>()?;
    let holders = read_holders(transaction, appends).await?;
    let running = Running {
        log_id: head.try_get("log_id")?,
        position: head.try_get("position")?,
        chain_hash: head.try_get("chain_hash")?,
        recorded_at: now.max(before.to_jiff()),
        database_at,
        versions,
        commands,
        holders,
    };
    Ok((running, head.try_get("is_safe")?))
}

async fn read_versions(
    transaction: &mut PgConnection,
    appends: &[&Append],
) -> Result<(HashMap<StreamId, i64>, Timestamp), sqlx::Error> {
    let streams: HashSet<&StreamId> = appends.iter().map(|append| &append.stream).collect();
    let (kinds, ids): (Vec<&str>, Vec<Uuid>) =
        streams.iter().map(|stream| (stream.kind.as_str(), stream.id)).unzip();
    let rows = sqlx::query(
        "select s.kind, s.id, clock_timestamp() as database_at, coalesce((
             select e.version from log.event e
             where e.stream_type = s.kind and e.stream_id = s.id
             order by e.version desc limit 1), 0) as version
         from unnest($1::text[], $2::uuid[]) as s(kind, id)",
    )
    .bind(kinds)
    .bind(ids)
    .fetch_all(transaction)
    .await?;
    let mut versions = HashMap::with_capacity(rows.len());
    let mut database_at = Timestamp::UNIX_EPOCH;
    for row in rows {
        let stream = StreamId { kind: row.try_get("kind")?, id: row.try_get("id")? };
        versions.insert(stream, row.try_get("version")?);
        database_at = database_at.max(row.try_get::<SqlTimestamp, _>("database_at")?.to_jiff());
    }
    Ok((versions, database_at))
}

async fn read_holders(
    transaction: &mut PgConnection,
    appends: &[&Append],
) -> Result<HashMap<(String, String), StreamId>, sqlx::Error> {
    let (scopes, values): (Vec<&str>, Vec<&str>) = appends
        .iter()
        .flat_map(|append| &append.keys)
        .map(|change| match change {
            KeyChange::Claim(key) | KeyChange::Release(key) => (key.scope, key.value.as_str()),
        })
        .unzip();
    if scopes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query(
        "select scope, value, stream_type, stream_id from log.unique_key
         where (scope, value) in (select * from unnest($1::text[], $2::text[]))",
    )
    .bind(scopes)
    .bind(values)
    .fetch_all(transaction)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                (row.try_get("scope")?, row.try_get("value")?),
                StreamId { kind: row.try_get("stream_type")?, id: row.try_get("stream_id")? },
            ))
        })
        .collect()
}

impl Running {
    fn judge(&mut self, append: &Append, writes: &mut Writes) -> Appended {
        if let Some((receipt, request_hash)) = self.commands.get(&append.command_id) {
            return Appended::Known {
                receipt: receipt.clone(),
                request_hash: request_hash.clone(),
            };
        }
        let from_version = self.versions.get(&append.stream).copied().unwrap_or(0);
        // An outcome without events stands on the state it was decided on; only events must
        // follow the version they were decided on.
        if !append.events.is_empty() {
            if from_version != append.expected_version {
                return Appended::Clash { version: from_version };
            }
            if let Err(key) = self.try_keys(append) {
                return Appended::KeyTaken(key);
            }
        }
        let version = self.chain_events(append, from_version, writes);
        self.versions.insert(append.stream.clone(), version);
        let receipt = Receipt {
            stream: append.stream.clone(),
            from_version,
            version,
            position: self.position,
            refusal: append.refusal.clone(),
            repeated: false,
        };
        writes.add_outcome(append, &receipt);
        for change in &append.timers {
            writes.add_timer(append, change);
        }
        self.commands.insert(append.command_id, (receipt.clone(), append.request_hash.clone()));
        Appended::Stored(receipt)
    }

    /// Claims and releases in the command's order. Where it cannot have one of its keys, all of them
    /// are put back as they were.
    fn try_keys(&mut self, append: &Append) -> Result<(), UniqueKey> {
        let mut before = Vec::with_capacity(append.keys.len());
        for change in &append.keys {
            let (KeyChange::Claim(key) | KeyChange::Release(key)) = change;
            let place = (key.scope.to_owned(), key.value.clone());
            let holder = self.holders.get(&place);
            let is_ours = holder == Some(&append.stream);
            match change {
                KeyChange::Claim(_) if holder.is_some() && !is_ours => {
                    self.put_back(before);
                    return Err(key.clone());
                }
                KeyChange::Claim(_) => {
                    let held = self.holders.insert(place.clone(), append.stream.clone());
                    before.push((place, held));
                }
                KeyChange::Release(_) if is_ours => {
                    let held = self.holders.remove(&place);
                    before.push((place, held));
                }
                KeyChange::Release(_) => {}
            }
        }
        Ok(())
    }

    /// The last change first, as one key may have been changed twice.
    fn put_back(&mut self, before: Vec<((String, String), Option<StreamId>)>) {
        for (place, held) in before.into_iter().rev() {
            match held {
                Some(holder) => self.holders.insert(place, holder),
                None => self.holders.remove(&place),
            };
        }
    }

    fn chain_events(&mut self, append: &Append, from_version: i64, writes: &mut Writes) -> i64 {
        let mut version = from_version;
        for event in &append.events {
            version += 1;
            self.position += 1;
            self.chain_hash = chain::hash(
                &self.chain_hash,
                &Link {
                    position: self.position,
                    log_id: self.log_id,
                    event_id: event.event_id,
                    stream_type: &append.stream.kind,
                    stream_id: append.stream.id,
                    version,
                    event_type: &event.event_type,
                    schema_version: event.schema_version,
                    payload: &event.payload,
                    meta: &event.meta,
                    recorded_at: self.recorded_at,
                    database_at: self.database_at,
                },
            )
            .to_vec();
            writes.add_event(EventRow {
                position: self.position,
                version,
                stream: &append.stream,
                event,
                chain_hash: self.chain_hash.clone(),
            });
        }
        version
    }
}

/// What came of a command, if it is stored.
pub(crate) async fn remembered(
    pool: &PgPool,
    command_id: Uuid,
) -> Result<Option<(Receipt, Vec<u8>)>, sqlx::Error> {
    sqlx::query("select * from log.command where command_id = $1")
        .bind(command_id)
        .fetch_optional(pool)
        .await?
        .map(|row| remembered_row(&row))
        .transpose()
}

fn remembered_row(row: &PgRow) -> Result<(Receipt, Vec<u8>), sqlx::Error> {
    let refusal = row
        .try_get::<Option<String>, _>("refusal")?
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let receipt = Receipt {
        stream: StreamId { kind: row.try_get("stream_type")?, id: row.try_get("stream_id")? },
        from_version: row.try_get("from_version")?,
        version: row.try_get("to_version")?,
        position: row.try_get("position")?,
        refusal,
        repeated: true,
    };
    Ok((receipt, row.try_get("request_hash")?))
}

/// The timer's id: the same for a repeat of the command that arms it.
pub(crate) fn timer_id(command_id: Uuid, name: &str) -> Uuid {
    Uuid::new_v5(&command_id, format!("timer/{name}").as_bytes())
}

/// What a timer change does to the timer of that name.
pub(crate) fn name_of(change: &TimerChange) -> &str {
    match change {
        TimerChange::Arm { name, .. } | TimerChange::Cancel { name } => name,
    }
}
