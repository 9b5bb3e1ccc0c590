//! Streams in: the `cqrs-es` event store over our log. Appending has a typed call of its own; the
//! trait's `commit` delegates to it.

use std::collections::HashMap;
use std::marker::PhantomData;

use contracts::fact::Unreadable;
use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::append::{Append, Appended, NewEvent};
use crate::committer::Committer;
use crate::room::Room;
use crate::upcast::{Shape, Upcasters, version_of};

/// Reads streams of one room and commits through the one committer.
#[derive(Clone, Debug)]
pub struct Streams<R> {
    pool: PgPool,
    committer: Committer,
    upcasters: Upcasters,
    room: PhantomData<fn() -> R>,
}

/// A room's state with the version it was folded to.
#[derive(Debug)]
pub struct Loaded<R> {
    /// Which aggregate.
    pub id: Uuid,
    /// Its state.
    pub room: R,
    /// Its version; 0 where nothing has happened.
    pub version: i64,
}

impl<R: Room> AggregateContext<R> for Loaded<R> {
    fn aggregate(&mut self) -> &mut R {
        &mut self.room
    }
}

#[derive(sqlx::FromRow)]
struct EventRow {
    version: i64,
    event_type: String,
    payload: String,
    meta: String,
}

impl<R: Room> Streams<R> {
    /// Over one service's log, whose old shapes are read by `upcasters`.
    pub fn new(pool: PgPool, committer: Committer, upcasters: Upcasters) -> Self {
        Self { pool, committer, upcasters, room: PhantomData }
    }

    async fn rows(&self, id: Uuid) -> Result<Vec<EventRow>, AggregateError<R::Error>> {
        sqlx::query_as(
            "select version, event_type, payload, meta from log.event
             where stream_type = $1 and stream_id = $2 order by version",
        )
        .bind(R::TYPE)
        .bind(id)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| AggregateError::DatabaseConnectionError(Box::new(error)))
    }

    /// What is stored as the room knows it today, with what is stored around it.
    fn decode(&self, row: EventRow) -> Result<Vec<(R::Event, String)>, Unreadable> {
        let EventRow { event_type, payload, meta, version: _ } = row;
        let Some(shapes) = self.upcasters.shapes(&event_type, &payload, &meta)? else {
            return Ok(vec![(contracts::fact::read(&event_type, &payload)?, meta)]);
        };
        let today = shapes.into_iter().map(|Shape { name, payload, metadata }| {
            let event = contracts::fact::read(&name, &Value::Object(payload).to_string())?;
            Ok((event, Value::Object(metadata).to_string()))
        });
        today.collect()
    }
}

fn unreadable<E: std::error::Error>(error: Unreadable) -> AggregateError<E> {
    AggregateError::DeserializationError(Box::new(error))
}

fn parse<E: std::error::Error>(id: &str) -> Result<Uuid, AggregateError<E>> {
    id.parse().map_err(|error| AggregateError::UnexpectedError(Box::<uuid::Error>::new(error)))
}

impl<R: Room> EventStore<R> for Streams<R> {
    type AC = Loaded<R>;

    async fn load_events(
        &self,
        id: &str,
    ) -> Result<Vec<EventEnvelope<R>>, AggregateError<R::Error>> {
        let mut envelopes = Vec::new();
        for row in self.rows(parse(id)?).await? {
            let sequence = usize::try_from(row.version).unwrap_or(usize::MAX);
            let today = self.decode(row).map_err(unreadable)?;
            envelopes.extend(today.into_iter().map(|(payload, meta)| EventEnvelope {
                aggregate_id: id.to_owned(),
                sequence,
                payload,
                metadata: HashMap::from([("meta".to_owned(), meta)]),
            }));
        }
        Ok(envelopes)
    }

    async fn load_aggregate(&self, id: &str) -> Result<Loaded<R>, AggregateError<R::Error>> {
        let id = parse(id)?;
        let mut loaded = Loaded { id, room: R::default(), version: 0 };
        for row in self.rows(id).await? {
            loaded.version = row.version;
            for (event, _) in self.decode(row).map_err(unreadable)? {
                loaded.room.apply(event);
            }
        }
        Ok(loaded)
    }

    async fn commit(
        &self,
        events: Vec<R::Event>,
        context: Loaded<R>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<R>>, AggregateError<R::Error>> {
        let meta = metadata.get("meta").cloned().unwrap_or_else(|| "{}".to_owned());
        let command_id =
            metadata.get("command_id").map_or_else(|| Ok(Uuid::now_v7()), |id| parse(id))?;
        let mut append = Append::nothing(command_id, crate::StreamId::new(R::TYPE, context.id));
        append.expected_version = context.version;
        for event in &events {
            append
                .add::<R>(event, Uuid::now_v7(), meta.clone())
                .map_err(|error| AggregateError::UnexpectedError(Box::new(error)))?;
        }
        match self.committer.append(append).await {
            Ok(Appended::Stored(_) | Appended::Known { .. }) => {
                let before = usize::try_from(context.version).unwrap_or(0);
                let all = self.load_events(&context.id.to_string()).await?;
                Ok(all.into_iter().filter(|event| event.sequence > before).collect())
            }
            Ok(Appended::Clash { .. } | Appended::KeyTaken(_)) => {
                Err(AggregateError::AggregateConflict)
            }
            Ok(Appended::Unstorable { sqlstate }) => {
                Err(AggregateError::UnexpectedError(Box::new(crate::Failure::Unstorable {
                    sqlstate,
                })))
            }
            Err(overloaded) => Err(AggregateError::UnexpectedError(Box::new(overloaded))),
        }
    }
}

/// An event that cannot be stored as it is.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// It is not an enum of named variants with fields.
    #[error("the event cannot be written")]
    Shape(#[source] contracts::fact::Unreadable),
    /// Its stored name does not end in a version, such as `.v1`.
    #[error("the stored name {0} does not end in a version")]
    Name(String),
    /// It is larger than an event may be.
    #[error("the event has {bytes} bytes, more than {}", MAX_EVENT_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

/// An event is at most this large; larger things do not belong into a log that is read whole.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;

impl Append {
    /// An append that stores a command's outcome and nothing else.
    pub fn nothing(command_id: Uuid, stream: crate::StreamId) -> Self {
        Self {
            command_id,
            request_hash: Vec::new(),
            correlation_id: command_id,
            stream,
            expected_version: 0,
            events: Vec::new(),
            keys: Vec::new(),
            timers: Vec::new(),
            fired_timer: None,
            refusal: None,
        }
    }

    /// Adds an event of a room, with the timers and unique keys it means.
    pub fn add<R: Room>(
        &mut self,
        event: &R::Event,
        event_id: Uuid,
        meta: String,
    ) -> Result<(), Unwritable> {
        let (event_type, payload) = contracts::fact::write(event).map_err(Unwritable::Shape)?;
        let Some(schema_version) = version_of(&event_type) else {
            return Err(Unwritable::Name(event_type));
        };
        if payload.len() > MAX_EVENT_BYTES {
            return Err(Unwritable::TooLarge { bytes: payload.len() });
        }
        self.events.push(NewEvent { event_id, event_type, schema_version, payload, meta });
        self.keys.extend(R::unique_keys(event));
        self.timers.extend(R::timers(event));
        Ok(())
    }
}
