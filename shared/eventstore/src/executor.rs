//! One command's way: is it a repeat, load, decide, append; again on a version clash, a bounded
//! number of times. The room decides; nothing here knows a rule.

mod firing;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use cqrs_es::event_sink::EventSink;
use cqrs_es::{AggregateError, EventStore};
use sqlx::PgPool;
use tracing::Instrument as _;
use tracing::field::Empty;
use uuid::Uuid;

use crate::append::{Append, Appended, Receipt, Refused};
use crate::clock::Clock;
use crate::committer::{Committer, Overloaded};
use crate::envelope::{Actor, Authority, Metadata, StreamId, Taken};
use crate::load::{Loaded, Streams, Unwritable};
use crate::room::{Asked, Occasion, Refusal, Room};
use crate::upcast::Upcasters;

pub use firing::FireError;

/// How often a decision is taken again because its stream moved on.
const CLASHES_MAX: u32 = 16;

/// Aggregates that can be worked on at once; more than commands can wait for.
const TURNS: u32 = 4096;

/// The account under which policies and timers act.
pub const SYSTEM_ACCOUNT: Uuid = Uuid::from_u128(0x696e_766f_6c76_656d_656e_745f_7379_7374);

/// Everything around a command that is not the command.
#[derive(Clone, Debug)]
pub struct Order {
    /// Unique per command; a repeat with it gets the first answer.
    pub command_id: Uuid,
    /// Keyed hash of the request; empty for policies and timers.
    pub request_hash: Vec<u8>,
    /// The version the person saw; where given, the command is never decided on another.
    pub if_match: Option<i64>,
    /// Who, when, for whom, how.
    pub occasion: Occasion,
    /// The account used.
    pub account: Uuid,
    /// Under which right.
    pub authority: Authority,
    /// Shared by all that follows from one outside request.
    pub correlation_id: Uuid,
    /// The event or timer that caused it, if it was not a person.
    pub causation_id: Option<Uuid>,
    /// Version of the setting or policy the decision is made under.
    pub rule_version: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// The timer this answers.
    pub fired_timer: Option<Uuid>,
}

impl Order {
    /// An order the system gives itself, in answer to `cause`, with a derived command id.
    pub fn by_system(
        command_id: Uuid,
        cause: Uuid,
        correlation_id: Uuid,
        taken: Taken,
        now: jiff::Timestamp,
    ) -> Self {
        Self {
            command_id,
            request_hash: Vec::new(),
            if_match: None,
            occasion: Occasion {
                taken_at: now,
                received_at: now,
                taken,
                actor: SYSTEM_ACCOUNT.into(),
                on_behalf_of: None,
            },
            account: SYSTEM_ACCOUNT,
            authority: Authority { role: "system".to_owned(), ..Authority::default() },
            correlation_id,
            causation_id: Some(cause),
            rule_version: None,
            traceparent: None,
            fired_timer: None,
        }
    }
}

/// What came of a command: a receipt, which holds the refusal where a rule said no.
pub type Outcome = Result<Receipt, Failure>;

/// Why there is no receipt. None of these is an answer of the business, and none is remembered.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The stream is at another version than the person saw.
    #[error("the stream is at version {version}, not at the one given")]
    Stale {
        /// Its version now.
        version: i64,
    },
    /// The key was used for another request.
    #[error("this key was used for another request")]
    OtherRequest,
    /// The same command is running at this moment.
    #[error("the same command is still running")]
    StillRunning,
    /// Too much waits already; try again later.
    #[error("too many commands wait")]
    Overloaded(#[from] Overloaded),
    /// The stream moved on at every try.
    #[error("the stream moved on at each of {CLASHES_MAX} tries")]
    Contended,
    /// The event cannot be stored as it is.
    #[error("the event cannot be stored")]
    Unwritable(#[from] Unwritable),
    /// The database refuses the data.
    #[error("the database refuses the data with {sqlstate}")]
    Unstorable {
        /// Its code.
        sqlstate: String,
    },
    /// The stream cannot be read.
    #[error("the stream cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database cannot be asked.
    #[error("the database cannot be asked")]
    Database(#[from] sqlx::Error),
}

/// Executes commands of every room of one service.
#[derive(Clone, Debug)]
pub struct Executor {
    pool: PgPool,
    committer: Committer,
    clock: Clock,
    build: Arc<str>,
    upcasters: Upcasters,
    running: Arc<Mutex<HashSet<Uuid>>>,
    turns: Arc<Vec<tokio::sync::Mutex<()>>>,
}

struct Running<'a> {
    command_id: Uuid,
    all: &'a Mutex<HashSet<Uuid>>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.command_id);
    }
}

impl Executor {
    /// Over one service's log.
    pub fn new(pool: PgPool, committer: Committer, clock: Clock, build: &str) -> Self {
        let turns = (0..TURNS).map(|_| tokio::sync::Mutex::new(())).collect();
        let turns = Arc::new(turns);
        let (build, running, upcasters) = (build.into(), Arc::default(), Upcasters::default());
        Self { pool, committer, clock, build, upcasters, running, turns }
    }

    /// The same, reading old shapes of events by these.
    #[must_use]
    pub fn reading_by(self, upcasters: Upcasters) -> Self {
        Self { upcasters, ..self }
    }

    /// What old shapes of events are read by.
    pub fn upcasters(&self) -> &Upcasters {
        &self.upcasters
    }

    /// The clock commands are taken by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The service's database, for reading.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Where outcomes are committed.
    pub fn committer(&self) -> &Committer {
        &self.committer
    }

    /// A room's state now, for those who may read it.
    pub async fn load<R: Room>(&self, id: Uuid) -> Result<Loaded<R>, Failure> {
        Streams::<R>::new(self.pool.clone(), self.committer.clone(), self.upcasters.clone())
            .load_aggregate(&id.to_string())
            .await
            .map_err(unreadable::<R>)
    }

    /// What came of a command that is already stored, if it is; `OtherRequest` where the key was
    /// used for something else.
    pub async fn remembered(
        &self,
        command_id: Uuid,
        request_hash: &[u8],
    ) -> Result<Option<Receipt>, Failure> {
        let found = self.found(command_id, request_hash).await?;
        if let Some(receipt) = &found {
            self.committer.figures().repeated(receipt);
        }
        Ok(found)
    }

    async fn found(
        &self,
        command_id: Uuid,
        request_hash: &[u8],
    ) -> Result<Option<Receipt>, Failure> {
        match crate::batch::remembered(&self.pool, command_id).await? {
            None => Ok(None),
            Some((receipt, hash)) => answer(receipt, &hash, request_hash).map(Some),
        }
    }

    /// Carries out one command on one aggregate.
    pub async fn execute<R: Room>(&self, id: Uuid, ask: R::Ask, order: Order) -> Outcome {
        let (command_id, role) = (order.command_id, order.authority.role.clone());
        let span = tracing::debug_span!("command", room = R::TYPE, outcome = Empty);
        let outcome = self.carry_out::<R>(id, ask, order).instrument(span.clone()).await;
        span.record("outcome", self.committer.figures().decided(R::TYPE, &outcome));
        if let Ok(receipt) = &outcome {
            let (room, position, repeated) = (R::TYPE, receipt.position, receipt.repeated);
            let refusal = receipt.refusal.as_ref().map(|refused| refused.code.as_str());
            tracing::info!(%command_id, room, role, position, repeated, refusal, "a command has its outcome");
        }
        outcome
    }

    async fn carry_out<R: Room>(&self, id: Uuid, ask: R::Ask, order: Order) -> Outcome {
        let _running = self.enter(order.command_id)?;
        if let Some(receipt) = self.found(order.command_id, &order.request_hash).await? {
            return Ok(receipt);
        }
        let _turn = self.turn(id).await;
        for _ in 0..CLASHES_MAX {
            let loaded = self.load::<R>(id).await?;
            if let Some(version) = order.if_match
                && version != loaded.version
            {
                return Err(Failure::Stale { version: loaded.version });
            }
            let append = self.decide::<R>(loaded, ask.clone(), &order).await?;
            match self.committer.append(append).await? {
                Appended::Stored(receipt) => return Ok(receipt),
                Appended::Known { receipt, request_hash } => {
                    return answer(receipt, &request_hash, &order.request_hash);
                }
                Appended::Clash { .. } => {}
                Appended::KeyTaken(key) => {
                    let refusal = R::taken(&key);
                    let mut append = Self::outcome_only::<R>(id, &order);
                    append.refusal = Some(remember(&refusal));
                    match self.committer.append(append).await? {
                        Appended::Stored(receipt) => return Ok(receipt),
                        Appended::Known { receipt, request_hash } => {
                            return answer(receipt, &request_hash, &order.request_hash);
                        }
                        Appended::Clash { .. } | Appended::KeyTaken(_) => {}
                        Appended::Unstorable { sqlstate } => {
                            return Err(Failure::Unstorable { sqlstate });
                        }
                    }
                }
                Appended::Unstorable { sqlstate } => return Err(Failure::Unstorable { sqlstate }),
            }
        }
        Err(Failure::Contended)
    }

    fn enter(&self, command_id: Uuid) -> Result<Running<'_>, Failure> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(command_id) {
            Ok(Running { command_id, all: &self.running })
        } else {
            Err(Failure::StillRunning)
        }
    }

    /// Commands on one aggregate take turns within a process: deciding on a version that is about
    /// to pass would only be work for nothing. Between processes the version check decides.
    async fn turn(&self, id: Uuid) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let place = usize::try_from(id.as_u128() % u128::from(TURNS)).unwrap_or(0);
        match self.turns.get(place) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }

    fn outcome_only<R: Room>(id: Uuid, order: &Order) -> Append {
        let mut append = Append::nothing(order.command_id, StreamId::new(R::TYPE, id));
        append.request_hash.clone_from(&order.request_hash);
        append.fired_timer = order.fired_timer;
        append.correlation_id = order.correlation_id;
        append
    }

    async fn decide<R: Room>(
        &self,
        mut loaded: Loaded<R>,
        ask: R::Ask,
        order: &Order,
    ) -> Result<Append, Failure> {
        let mut append = Self::outcome_only::<R>(loaded.id, order);
        append.expected_version = loaded.version;
        let sink = EventSink::default();
        let asked = Asked { occasion: order.occasion.clone(), command: ask };
        if let Err(refusal) = loaded.room.handle(asked, &(), &sink).await {
            append.refusal = Some(remember(&refusal));
            return Ok(append);
        }
        let meta = self.metadata(order);
        for event in sink.collect().await {
            append.add::<R>(&event, new_event_id(order), meta.clone())?;
        }
        Ok(append)
    }

    fn metadata(&self, order: &Order) -> String {
        let metadata = Metadata {
            command_id: order.command_id,
            correlation_id: order.correlation_id,
            causation_id: order.causation_id,
            actor: Actor { person: order.occasion.actor, account: order.account },
            on_behalf_of: order.occasion.on_behalf_of,
            authority: order.authority.clone(),
            rule_version: order.rule_version.clone(),
            occurred_at: order.occasion.taken_at,
            received_at: order.occasion.received_at,
            taken: order.occasion.taken,
            traceparent: order.traceparent.clone(),
            build: self.build.to_string(),
        };
        // Every field is plain data, so writing it cannot fail; an empty object would still be
        // refused by the schema, which wants `command_id`.
        serde_json::to_string(&metadata).unwrap_or_else(|_| "{}".to_owned())
    }
}

fn answer(receipt: Receipt, stored_hash: &[u8], given_hash: &[u8]) -> Outcome {
    if stored_hash == given_hash {
        Ok(Receipt { repeated: true, ..receipt })
    } else {
        Err(Failure::OtherRequest)
    }
}

fn remember<E: Refusal>(refusal: &E) -> Refused {
    Refused {
        code: refusal.code().to_owned(),
        text: refusal.to_string(),
        reasons: refusal.reasons(),
    }
}

fn new_event_id(order: &Order) -> Uuid {
    let taken_at = order.occasion.taken_at;
    let seconds = u64::try_from(taken_at.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(taken_at.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
}

fn unreadable<R: Room>(error: AggregateError<R::Error>) -> Failure {
    match error {
        AggregateError::DatabaseConnectionError(source)
        | AggregateError::DeserializationError(source)
        | AggregateError::UnexpectedError(source) => Failure::Unreadable(source),
        AggregateError::AggregateConflict => Failure::Contended,
        AggregateError::UserError(refusal) => Failure::Unreadable(Box::new(refusal)),
    }
}
