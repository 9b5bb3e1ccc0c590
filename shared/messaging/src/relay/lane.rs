//! One stream of the relay. Before anything is published, and again after anything unclear, the
//! stream's last message says where to go on; nothing is ever sent again blindly.

use std::time::Duration;

use async_nats::client;
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::stream::{Config, RawMessageError, Stream};
use bytes::Bytes;
use eventstore::{StoredEvent, Upcasters, reader};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::messages::messages;
use super::report::Report;
use super::shipping::{self, Load, Outgoing, SendError, UnderWay};
use super::{Halt, Publish};
use crate::connect::Connection;
use crate::fact::{Fact, Mark, hex};
use crate::layout::Channel;
use crate::reached::Reached;
use crate::streams::{self, StreamError, ensure_stream};
use crate::waiting::changed;

/// Events read at once, and about how much text of them.
const PAGE: i64 = 1000;
const PAGE_BYTES: usize = 1024 * 1024;
/// Stream and log are compared at least this often.
const RECONCILE_EVERY: Duration = Duration::from_mins(1);
/// The safety net under the in-process wake-up.
const POLL: Duration = Duration::from_millis(500);

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
    #[error("a message could not be sent")]
    Send(#[from] client::PublishError),
    #[error("nothing was left to send")]
    Empty,
    /// Messages that were lost from a stream are known to the server by their ids for a while; they are
    /// sent again without them, since the expected sequence is what keeps them single.
    #[error("the server remembers a message that its stream does not end with")]
    Remembered,
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

impl From<SendError> for Hitch {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Batched(error) => Self::Send(error),
            SendError::Last(error) => Self::Publish(error),
            SendError::Empty => Self::Empty,
        }
    }
}

/// Where to go on.
#[derive(Clone, Debug)]
pub(super) struct Place {
    log_id: Uuid,
    /// Events up to here have their messages in the stream.
    read: i64,
    /// Where the log ends, as far as it was seen.
    head: i64,
    /// The stream's last message, sent or found.
    last: Mark,
    /// The stream's last sequence.
    sequence: u64,
    /// Whether the stream takes batches; one of an earlier build does not.
    takes_batches: bool,
    looked_at: Instant,
}

impl Place {
    fn is_fresh(&self) -> bool {
        self.looked_at.elapsed() < RECONCILE_EVERY
    }
}

/// What is being sent.
#[derive(Debug)]
struct Sending {
    /// Where the lane stands once everything is stored that was taken on.
    place: Place,
    load: Load,
    under_way: UnderWay,
}

#[derive(Debug)]
pub(super) struct Lane {
    way: Way,
    connection: Connection,
    pool: PgPool,
    config: Config,
    report: Report,
    place: Option<Place>,
    /// Until it has caught up, ids of messages help nobody.
    leaves_ids_out: bool,
}

impl Lane {
    pub(super) fn new(
        way: Way,
        connection: Connection,
        pool: PgPool,
        replicas: usize,
        report: Report,
    ) -> Self {
        let config = streams::config(&way.service, way.channel, replicas);
        Self { way, connection, pool, config, report, place: None, leaves_ids_out: false }
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
        if known.as_ref().is_some_and(Place::is_fresh) {
            self.place = known;
            return Ok(());
        }
        let stream = ensure_stream(self.connection.jetstream(), &self.config).await?;
        let state = &stream.cached_info().state;
        let last = if state.messages > 0 { Some(self.last_message(&stream).await?) } else { None };
        // Read after the message: what another relay publishes meanwhile is in the log before it.
        let head = reader::head(&self.pool).await?;
        let mut place = Place {
            log_id: head.log_id,
            read: 0,
            head: head.position,
            last: Mark::START,
            sequence: state.last_sequence,
            takes_batches: stream.cached_info().config.allow_atomic_publish,
            looked_at: Instant::now(),
        };
        if let Some((last, sequence)) = last {
            self.compare(&last, &head).await?;
            place.last = last.mark;
            // It may have come after the stream was looked at.
            place.sequence = place.sequence.max(sequence);
            place.read = if last.completes_its_event() {
                last.mark.position
            } else {
                last.mark.position - 1
            };
            place.read = place.read.max(self.remembered(sequence, head.position).await?);
        }
        self.tell(&place);
        self.place = Some(place);
        Ok(())
    }

    /// The last message there is; a server that lost messages may stand at a later sequence.
    async fn last_message(&self, stream: &Stream) -> Result<(Fact, u64), Trouble> {
        let subjects = self.way.channel.subjects(&self.way.service);
        let message = stream.get_last_raw_message_by_subject(&subjects).await?;
        match Fact::from_wire(&message.headers, &message.payload) {
            Ok(fact) if fact.service == self.way.service => Ok((fact, message.sequence)),
            Ok(_) | Err(_) => {
                let (stream, sequence) = (self.config.name.clone(), message.sequence);
                Err(Trouble::Halted(Halt::Foreign { stream, sequence }))
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
    async fn remembered(&self, sequence: u64, head: i64) -> Result<i64, sqlx::Error> {
        let position: Option<i64> = sqlx::query_scalar(
            "select position from views.relay_position where stream = $1 and sequence = $2",
        )
        .bind(&self.config.name)
        .bind(i64::try_from(sequence).unwrap_or(i64::MAX))
        .fetch_optional(&self.pool)
        .await?;
        Ok(position.unwrap_or(0).min(head))
    }

    /// Publishes what comes until stream and log are to be compared again.
    pub(super) async fn follow(&mut self, heads: &mut watch::Receiver<i64>) -> Result<(), Trouble> {
        while self.place.as_ref().is_some_and(Place::is_fresh) {
            heads.mark_unchanged();
            let caught_up = self.advance().await;
            if matches!(caught_up, Err(Trouble::Again(Hitch::Remembered))) {
                self.leaves_ids_out = true;
            }
            if caught_up? {
                let _ = tokio::time::timeout(POLL, changed(heads)).await;
            }
        }
        Ok(())
    }

    /// Publishes up to the end of the log, or for as long as the last look at the stream counts. While
    /// a page is on its way the next is being read. True at the end of the log.
    async fn advance(&mut self) -> Result<bool, Trouble> {
        let Some(place) = self.place.take() else { return Ok(true) };
        let mut page = self.page_after(place.read).await?;
        let mut sending = Sending { place, load: Load::default(), under_way: UnderWay::default() };
        while let Some(last) = page.last().map(|event| event.position)
            && sending.place.is_fresh()
        {
            let (next, shipped) =
                tokio::join!(self.page_after(last), self.ship(&page, &mut sending));
            shipped?;
            page = next?;
        }
        self.settle(&mut sending).await?;
        if page.is_empty() {
            self.leaves_ids_out = false;
        }
        self.place = Some(sending.place);
        Ok(page.is_empty())
    }

    async fn page_after(&self, position: i64) -> Result<Vec<StoredEvent>, sqlx::Error> {
        reader::page_after(&self.pool, position, PAGE, PAGE_BYTES).await
    }

    /// Sends one page of events. What comes before an event that cannot be published is published.
    async fn ship(&self, page: &[StoredEvent], sending: &mut Sending) -> Result<(), Trouble> {
        for event in page {
            if let Err(trouble) = self.take_on(event, sending).await {
                if matches!(trouble, Trouble::Halted(_)) {
                    self.flush(sending).await?;
                    self.settle(sending).await?;
                }
                return Err(trouble);
            }
            sending.place.read = event.position;
            sending.place.head = sending.place.head.max(event.position);
        }
        self.flush(sending).await?;
        if !sending.under_way.lead_to(&sending.place) {
            self.tell(&sending.place);
        }
        Ok(())
    }

    async fn take_on(&self, event: &StoredEvent, sending: &mut Sending) -> Result<(), Trouble> {
        for mut message in self.messages(event)? {
            if message.mark <= sending.place.last {
                continue;
            }
            message.previous = sending.place.last;
            let mark = message.mark;
            let outgoing = self.outgoing(message)?;
            if !sending.load.has_room_for(outgoing.body.len()) {
                self.flush(sending).await?;
            }
            sending.load.push(outgoing);
            sending.place.last = mark;
        }
        Ok(())
    }

    fn outgoing(&self, message: Fact) -> Result<Outgoing, Trouble> {
        let unfit = || unpublishable(message.mark.position, &message.name);
        let subject = self.way.channel.subject(&self.way.service, &message.name);
        let headers = if self.leaves_ids_out { message.attributes() } else { message.headers() };
        let (trace_id, fact) = (message.trace_id(), message.name.as_str());
        let traceparent = message.traceparent.as_deref();
        let _span = tracing::debug_span!("relay", fact, trace_id, traceparent).entered();
        tracing::debug!(fact, at = %message.mark, trace_id, "a fact is on its way");
        let subject = subject.ok_or_else(unfit)?;
        if shipping::is_too_large(&self.connection, message.body.len()) {
            return Err(unfit());
        }
        Ok(Outgoing { subject, headers, body: Bytes::from(message.body) })
    }

    /// Sends what was taken on.
    async fn flush(&self, sending: &mut Sending) -> Result<(), Trouble> {
        if sending.load.is_empty() {
            return Ok(());
        }
        while let Some(part) = shipping::next_part(&mut sending.load, sending.place.takes_batches) {
            while !sending.under_way.has_room() {
                self.settle_one(sending).await?;
            }
            let after = sending.place.sequence;
            let sent = shipping::send(&self.connection, part, after, &mut sending.under_way).await;
            sending.place.sequence = sent.map_err(Hitch::from)?;
        }
        sending.under_way.lead_to(&sending.place);
        Ok(())
    }

    async fn settle(&self, sending: &mut Sending) -> Result<(), Trouble> {
        while self.settle_one(sending).await? {}
        Ok(())
    }

    /// Waits for one answer; false where none is to come.
    async fn settle_one(&self, sending: &mut Sending) -> Result<bool, Trouble> {
        let settled = sending.under_way.settle_one().await?;
        if let Some(Some(place)) = &settled {
            self.tell(place);
        }
        Ok(settled.is_some())
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

    fn tell(&self, place: &Place) {
        let reached = Reached {
            log_id: place.log_id,
            position: place.read,
            facts: place.last,
            head: Some(place.head),
        };
        self.report.tell(self.way.channel, place.sequence, reached);
    }
}

fn unpublishable(position: i64, event_type: &str) -> Trouble {
    Trouble::Halted(Halt::Unpublishable { position, event_type: event_type.to_owned() })
}
