//! One stream of the relay. Before anything is published, and again after anything unclear, the
//! stream's last message says where to go on; nothing is ever sent again blindly.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RawMessageError, Stream};
use bytes::Bytes;
use eventstore::{StoredEvent, Upcasters, reader};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::messages::messages;
use super::{Halt, Publish, Published, RelayStatus};
use crate::fact::{Fact, Mark, hex};
use crate::layout::Channel;
use crate::reached::Reached;
use crate::streams::{self, StreamError, ensure_stream};

/// Events read at once.
const BATCH: i64 = 128;
/// Messages on their way without an acknowledgement. The server syncs each message to disk, so
/// more would not be faster.
const IN_FLIGHT_MAX: usize = 64;
/// Stream and log are compared at least this often.
const RECONCILE_EVERY: Duration = Duration::from_mins(1);

/// Why a lane stops.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Until a human has looked.
    Halted(Halt),
    /// Until the next try, which begins by looking.
    Again(Hitch),
}

/// What went wrong on the way to the stream.
#[derive(Debug, thiserror::Error)]
pub(super) enum Hitch {
    #[error("the log cannot be read")]
    Database(#[from] sqlx::Error),
    #[error("the stream is not there")]
    Stream(#[from] StreamError),
    #[error("the stream's last message cannot be read")]
    LastMessage(#[from] RawMessageError),
    #[error("a message was not acknowledged")]
    Publish(#[from] PublishError),
    #[error("a message was stored at {stored} instead of {expected}")]
    OutOfStep { stored: u64, expected: u64 },
}

impl<E: Into<Hitch>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Again(error.into())
    }
}

/// What is published where.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) service: String,
    pub(super) channel: Channel,
    pub(super) publish: Publish,
    pub(super) upcasters: Upcasters,
}

/// Where a lane tells how far it has come.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) status: Arc<watch::Sender<RelayStatus>>,
    pub(super) reached: Arc<watch::Sender<Option<Reached>>>,
}

/// Where to go on.
#[derive(Clone, Debug)]
struct Place {
    log_id: Uuid,
    /// Events up to here have their messages in the stream.
    read: i64,
    /// Where the log ends, as far as it was seen.
    head: i64,
    /// The stream's last message, sent or found.
    last: Mark,
    /// The stream's last sequence.
    sequence: u64,
    looked_at: Instant,
}

#[derive(Debug)]
pub(super) struct Lane {
    way: Way,
    jetstream: Context,
    pool: PgPool,
    config: Config,
    report: Report,
    place: Option<Place>,
}

impl Lane {
    pub(super) fn new(
        way: Way,
        jetstream: Context,
        pool: PgPool,
        replicas: usize,
        report: Report,
    ) -> Self {
        let config = streams::config(&way.service, way.channel, replicas);
        Self { way, jetstream, pool, config, report, place: None }
    }

    /// Reads old shapes of events by these.
    pub(super) fn read_by(&mut self, upcasters: Upcasters) {
        self.way.upcasters = upcasters;
    }

    /// Forgets where it stood; the stream will be asked, and until then nothing is said of it.
    pub(super) fn doubt(&mut self) {
        self.place = None;
        if self.way.channel == Channel::Facts {
            self.report.reached.send_replace(None);
        }
    }

    /// Learns from the stream where to go on, where that is unknown or long ago.
    pub(super) async fn reconcile(&mut self) -> Result<(), Trouble> {
        let known = self.place.take();
        if let Some(place) = &known
            && place.looked_at.elapsed() < RECONCILE_EVERY
        {
            self.place = known;
            return Ok(());
        }
        let stream = ensure_stream(&self.jetstream, &self.config).await?;
        let state = &stream.cached_info().state;
        let head = reader::head(&self.pool).await?;
        let mut place = Place {
            log_id: head.log_id,
            read: 0,
            head: head.position,
            last: Mark::START,
            sequence: state.last_sequence,
            looked_at: Instant::now(),
        };
        if state.messages > 0 {
            let last = self.last_message(&stream, state.last_sequence).await?;
            self.compare(&last, &head).await?;
            place.last = last.mark;
            place.read = if last.completes_its_event() {
                last.mark.position
            } else {
                last.mark.position - 1
            };
            place.read = place.read.max(self.remembered(&place, head.position).await?);
        }
        self.tell(&place);
        self.place = Some(place);
        Ok(())
    }

    async fn last_message(&self, stream: &Stream, sequence: u64) -> Result<Fact, Trouble> {
        let message = stream.get_raw_message(sequence).await?;
        match Fact::from_wire(&message.headers, &message.payload) {
            Ok(fact) if fact.service == self.way.service => Ok(fact),
            Ok(_) | Err(_) => {
                Err(Trouble::Halted(Halt::Foreign { stream: self.config.name.clone(), sequence }))
            }
        }
    }

    /// A published message must be an event of this log, with the very same chain behind it.
    async fn compare(&self, last: &Fact, head: &reader::Head) -> Result<(), Trouble> {
        let (stream, published) = (self.config.name.clone(), last.mark.position);
        if last.log_id != head.log_id {
            return Err(Trouble::Halted(Halt::OtherLog { stream, published }));
        }
        if published > head.position {
            return Err(Trouble::Halted(Halt::Ahead { stream, published, head: head.position }));
        }
        let stored = reader::event_at(&self.pool, published).await?;
        if stored.is_none_or(|event| hex(&event.chain_hash) != last.chain_hash) {
            return Err(Trouble::Halted(Halt::OtherHistory { stream, published }));
        }
        Ok(())
    }

    /// How far events without messages were read when this very message was the last. A hint: where
    /// it is lost, they are read again.
    async fn remembered(&self, place: &Place, head: i64) -> Result<i64, sqlx::Error> {
        let position: Option<i64> = sqlx::query_scalar(
            "select position from views.relay_position where stream = $1 and sequence = $2",
        )
        .bind(&self.config.name)
        .bind(i64::try_from(place.sequence).unwrap_or(i64::MAX))
        .fetch_optional(&self.pool)
        .await?;
        Ok(position.unwrap_or(0).min(head))
    }

    /// Publishes the next events. True where there may be more.
    pub(super) async fn advance(&mut self) -> Result<bool, Trouble> {
        let Some(mut place) = self.place.take() else { return Ok(true) };
        let events = reader::after(&self.pool, place.read, BATCH).await?;
        let Some(until) = events.last().map(|event| event.position) else {
            self.place = Some(place);
            return Ok(false);
        };
        let mut in_flight = InFlight::default();
        for event in &events {
            for message in self.messages(event)? {
                if message.mark > place.last {
                    self.send(message, &mut place, &mut in_flight).await?;
                }
            }
        }
        in_flight.settle(0).await?;
        place.read = until;
        place.head = place.head.max(until);
        self.remember(&place).await?;
        self.tell(&place);
        self.place = Some(place);
        Ok(true)
    }

    fn messages(&self, event: &StoredEvent) -> Result<Vec<Fact>, Trouble> {
        let Way { service, channel, publish, upcasters } = &self.way;
        messages(service, *channel, *publish, upcasters, event).map_err(|why| {
            let error: &dyn std::error::Error = &why;
            tracing::error!(
                position = event.position,
                event_type = event.event_type,
                error,
                "an event cannot be published"
            );
            unpublishable(event.position, &event.event_type)
        })
    }

    async fn send(
        &self,
        mut message: Fact,
        place: &mut Place,
        in_flight: &mut InFlight,
    ) -> Result<(), Trouble> {
        message.previous = place.last;
        let Some(subject) = self.way.channel.subject(&self.way.service, &message.name) else {
            return Err(unpublishable(message.mark.position, &message.name));
        };
        let trace_id = message.trace_id();
        let publish = PublishMessage::build()
            .headers(message.headers())
            .expected_last_sequence(place.sequence)
            .payload(Bytes::from(message.body));
        let sent = self.jetstream.send_publish(subject, publish).await;
        let acknowledgement = match sent {
            Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                return Err(unpublishable(message.mark.position, &message.name));
            }
            sent => sent?,
        };
        tracing::debug!(fact = message.name, at = %message.mark, trace_id, "a fact is on its way");
        place.last = message.mark;
        place.sequence += 1;
        in_flight.waiting.push_back((place.sequence, acknowledgement));
        in_flight.settle(IN_FLIGHT_MAX).await
    }

    async fn remember(&self, place: &Place) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into views.relay_position (stream, position, sequence) values ($1, $2, $3)
             on conflict (stream) do update
             set position = excluded.position, sequence = excluded.sequence",
        )
        .bind(&self.config.name)
        .bind(place.read)
        .bind(i64::try_from(place.sequence).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await
        .map(|_| ())
    }

    fn tell(&self, place: &Place) {
        let published = Published { position: place.read, sequence: place.sequence };
        match self.way.channel {
            Channel::Log => self.report.status.send_modify(|status| status.log = published),
            Channel::Facts => {
                self.report.status.send_modify(|status| status.facts = published);
                self.report.reached.send_replace(Some(Reached {
                    log_id: place.log_id,
                    position: place.read,
                    facts: place.last,
                    head: Some(place.head),
                }));
            }
        }
    }
}

fn unpublishable(position: i64, event_type: &str) -> Trouble {
    Trouble::Halted(Halt::Unpublishable { position, event_type: event_type.to_owned() })
}

/// Messages on their way, each with the sequence at which it must be stored.
#[derive(Debug, Default)]
struct InFlight {
    waiting: VecDeque<(u64, PublishAckFuture)>,
}

impl InFlight {
    /// Waits until at most `left` are still on their way.
    async fn settle(&mut self, left: usize) -> Result<(), Trouble> {
        while self.waiting.len() > left
            && let Some((expected, acknowledgement)) = self.waiting.pop_front()
        {
            let stored = acknowledgement.await?;
            if stored.sequence != expected {
                return Err(Hitch::OutOfStep { stored: stored.sequence, expected }.into());
            }
        }
        Ok(())
    }
}
