//! Folds one batch: its rows in memory, then every change and the checkpoint in one transaction. An
//! event that cannot be folded holds back its own stream and nothing else; a database that is away
//! holds back everything, and is no fault of an event.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use sqlx::{PgConnection, PgPool};
use tracing::Instrument as _;

use super::rows::Rows;
use super::stands::{Generation, State};
use super::{ProjectError, View};
use crate::envelope::{Metadata, StoredEvent, StreamId};

/// What came of a batch.
#[derive(Debug)]
pub(super) enum Folded {
    /// It is folded, and the rows hold up to its end.
    Moved,
    /// Somebody else folded, switched or resumed meanwhile; nothing is changed.
    Elsewhere,
}

/// Why a generation does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Unfolded {
    /// The database is away, or not as it has to be.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// An event cannot be folded by the code that makes the rows anew.
    #[error("{} at position {}, {}: {}", .0.event_type, .0.position, .0.stream.kind, .0.why)]
    Poison(Box<Poison>),
}

/// An event that cannot be folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poison {
    /// Its stream.
    pub stream: StreamId,
    /// Its place in the stream.
    pub version: i64,
    /// Its place in the log.
    pub position: i64,
    /// Its stored name.
    pub event_type: String,
    /// Why; nothing personal.
    pub why: &'static str,
}

impl Poison {
    fn of(event: &StoredEvent, why: &'static str) -> Self {
        Self {
            stream: event.stream.clone(),
            version: event.version,
            position: event.position,
            event_type: event.event_type.clone(),
            why,
        }
    }
}

/// What holds an event back, if it is something about the event.
fn poison(error: &ProjectError) -> Option<&'static str> {
    match error {
        ProjectError::Unreadable(_) => Some("the event cannot be read"),
        ProjectError::Metadata(_) => Some("its metadata, or its row, cannot be read"),
        ProjectError::Database(error) if is_of_the_data(error) => {
            Some("the database refuses its row")
        }
        ProjectError::Database(_) => None,
    }
}

fn unwritable() -> Unfolded {
    sqlx::Error::Protocol("the rows cannot be written as JSON".to_owned()).into()
}

/// Whether the database found fault with a value rather than with itself.
fn is_of_the_data(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}

/// One event, in memory: the fault it has, if it has one.
async fn fold_one(
    view: &dyn View,
    rows: &mut Rows<'_>,
    event: &StoredEvent,
) -> Result<Option<&'static str>, ProjectError> {
    let metadata = event.metadata().ok();
    let trace_id = metadata.as_ref().map(Metadata::trace_id);
    let traceparent = metadata.and_then(|metadata| metadata.traceparent);
    let span = tracing::error_span!("view", view = view.name(), trace_id, traceparent);
    let folding = AssertUnwindSafe(view.fold(rows, event)).catch_unwind().instrument(span).await;
    match folding {
        Ok(Ok(())) => {
            rows.keep();
            Ok(None)
        }
        Ok(Err(error)) => {
            rows.undo();
            // In a transaction that has failed nothing can be read any more.
            match (poison(&error), &error) {
                (Some(why), ProjectError::Unreadable(_) | ProjectError::Metadata(_)) => {
                    Ok(Some(why))
                }
                (_, _) => Err(error),
            }
        }
        Err(_) => {
            rows.undo();
            Ok(Some("it broke off at the event"))
        }
    }
}

/// A batch that is being folded into one generation.
pub(super) struct Batch<'a> {
    pub(super) view: &'a dyn View,
    pub(super) generation: &'a mut Generation,
    /// Streams that the generation that is read passes over: those this one may pass over too.
    pub(super) may_park: Option<&'a Generation>,
}

impl Batch<'_> {
    /// Folds the events that follow where the generation stands, and moves it to the last of them.
    pub(super) async fn fold(
        &mut self,
        pool: &PgPool,
        events: &[StoredEvent],
    ) -> Result<Folded, Unfolded> {
        for one_by_one in [false, true] {
            let mut transaction = pool.begin().await?;
            if !self.claim(&mut transaction, events).await? {
                transaction.rollback().await?;
                return Ok(Folded::Elsewhere);
            }
            match self.fold_in(&mut transaction, events, one_by_one).await {
                Ok(found) => {
                    self.note(&mut transaction, &found).await?;
                    transaction.commit().await?;
                    self.moved(events, found);
                    return Ok(Folded::Moved);
                }
                // Found by going through the batch event by event.
                Err(ProjectError::Database(error)) if !one_by_one && is_of_the_data(&error) => {
                    transaction.rollback().await?;
                }
                Err(ProjectError::Database(error)) => return Err(error.into()),
                Err(ProjectError::Unreadable(_) | ProjectError::Metadata(_)) => break,
            }
        }
        Err(unwritable())
    }

    /// Folds the events that follow, within a transaction that holds the checkpoint already.
    pub(super) async fn fold_within(
        &mut self,
        database: &mut PgConnection,
        events: &[StoredEvent],
    ) -> Result<(), Unfolded> {
        if !self.claim(&mut *database, events).await? {
            return Err(sqlx::Error::RowNotFound.into());
        }
        match self.fold_in(&mut *database, events, false).await {
            Ok(found) => {
                self.note(&mut *database, &found).await?;
                self.moved(events, found);
                Ok(())
            }
            Err(ProjectError::Database(error)) => Err(error.into()),
            Err(ProjectError::Unreadable(_) | ProjectError::Metadata(_)) => Err(unwritable()),
        }
    }

    /// Moves the checkpoint, which nobody else can do until this transaction ends. What is lost with a
    /// server that dies is folded again; nobody waits for its disk.
    async fn claim(
        &self,
        database: &mut PgConnection,
        events: &[StoredEvent],
    ) -> Result<bool, sqlx::Error> {
        let at = &*self.generation;
        let moved = sqlx::query(
            "update views.checkpoint set position = $5
             where view = $1 and generation = $2 and state = $3 and position = $4 and revision = $6
             returning set_config('synchronous_commit', 'off', true)",
        )
        .bind(self.view.name())
        .bind(at.number)
        .bind(at.state.name())
        .bind(at.position)
        .bind(events.last().map_or(at.position, |event| event.position))
        .bind(at.revision)
        .fetch_optional(database)
        .await?;
        Ok(moved.is_some())
    }

    /// Folds and writes; says which events cannot be folded, the first of each stream.
    pub(super) async fn fold_in(
        &self,
        database: &mut PgConnection,
        events: &[StoredEvent],
        one_by_one: bool,
    ) -> Result<Vec<Poison>, ProjectError> {
        let mut found: Vec<Poison> = Vec::new();
        let at = &*self.generation;
        let wanted = |event: &&StoredEvent| {
            !at.skipped.contains(&event.position)
                && at.parked.get(&event.stream).is_none_or(|from| event.version < *from)
        };
        let wanted = events.iter().filter(wanted);
        if one_by_one {
            for event in wanted {
                if !found.iter().any(|it| it.stream == event.stream) {
                    found.extend(self.fold_alone(database, event).await?);
                }
            }
            return Ok(found);
        }
        let mut rows = Rows::of(database, at.state.schema());
        for event in wanted.clone() {
            self.view.touches(&mut rows, event);
        }
        rows.load_wanted().await?;
        for event in wanted {
            if found.iter().any(|it| it.stream == event.stream) {
                continue;
            }
            if let Some(why) = fold_one(self.view, &mut rows, event).await? {
                found.push(Poison::of(event, why));
            }
        }
        rows.write().await?;
        Ok(found)
    }

    /// Folds one event and writes its rows at once, so that what the database refuses is known.
    async fn fold_alone(
        &self,
        database: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<Option<Poison>, ProjectError> {
        sqlx::query("savepoint one").execute(&mut *database).await?;
        let mut rows = Rows::of(&mut *database, self.generation.state.schema());
        let folded = match fold_one(self.view, &mut rows, event).await {
            Ok(None) => rows.write().await.map(|()| None),
            other => other,
        };
        let why = match folded {
            Ok(why) => why,
            Err(error) => Some(poison(&error).ok_or(error)?),
        };
        let after =
            if why.is_some() { "rollback to savepoint one" } else { "release savepoint one" };
        sqlx::query(after).execute(database).await?;
        Ok(why.map(|why| Poison::of(event, why)))
    }

    /// Notes the streams that are passed over from now on. What is made beside does not pass over
    /// anything by itself.
    async fn note(&self, database: &mut PgConnection, found: &[Poison]) -> Result<(), Unfolded> {
        for one in found {
            let at = &*self.generation;
            let parked = self.may_park.and_then(|live| live.parked.get(&one.stream));
            let known = parked.is_some_and(|from| *from <= one.version);
            if at.state != State::Live && !known {
                return Err(Unfolded::Poison(Box::new(one.clone())));
            }
            sqlx::query(
                "with changed as (update views.checkpoint set revision = $9
                     where view = $1 and generation = $2)
                 insert into views.parked (view, generation, stream_type, stream_id, from_version,
                     position, event_type, why) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(self.view.name())
            .bind(at.number)
            .bind(&one.stream.kind)
            .bind(one.stream.id)
            .bind(one.version)
            .bind(one.position)
            .bind(&one.event_type)
            .bind(one.why)
            .bind(at.revision + 1)
            .execute(&mut *database)
            .await?;
        }
        Ok(())
    }

    /// Notes that a parked stream is folded again, as far as `left`, if anything is left.
    pub(super) async fn note_resumed(
        &self,
        database: &mut PgConnection,
        stream: &StreamId,
        left: Option<&Poison>,
    ) -> Result<(), sqlx::Error> {
        let at = &*self.generation;
        let (from, position, event_type, why) = left.map_or((None, None, None, None), |it| {
            (Some(it.version), Some(it.position), Some(&*it.event_type), Some(it.why))
        });
        sqlx::query(
            "with moved as (update views.checkpoint set revision = revision + 1
                 where view = $1 and generation = $2),
             gone as (delete from views.parked where view = $1 and generation = $2
                 and stream_type = $3 and stream_id = $4 and $5::bigint is null)
             update views.parked set from_version = $5, position = $6, event_type = $7, why = $8
             where view = $1 and generation = $2 and stream_type = $3 and stream_id = $4
                 and $5::bigint is not null",
        )
        .bind(self.view.name())
        .bind(at.number)
        .bind(&stream.kind)
        .bind(stream.id)
        .bind(from)
        .bind(position)
        .bind(event_type)
        .bind(why)
        .execute(database)
        .await
        .map(|_| ())
    }

    /// It is committed.
    fn moved(&mut self, events: &[StoredEvent], found: Vec<Poison>) {
        let at = &mut *self.generation;
        at.position = events.last().map_or(at.position, |event| event.position);
        if !found.is_empty() {
            at.revision += 1;
        }
        for one in found {
            let event = events.iter().find(|event| event.position == one.position);
            let metadata = event.and_then(|event| event.metadata().ok());
            let trace_id = metadata.map(|metadata| metadata.trace_id()).unwrap_or_default();
            tracing::error!(
                view = self.view.name(),
                position = one.position,
                event_type = one.event_type,
                stream_id = %one.stream.id,
                trace_id,
                why = one.why,
                "a stream is parked"
            );
            at.parked.insert(one.stream, one.version);
        }
    }
}
