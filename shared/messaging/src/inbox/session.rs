//! One durable consumer, opened where the checkpoint stands and heard until something is unclear;
//! then opened anew. The consumer's own state is never trusted: the checkpoint is the truth.

use std::pin::pin;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::StreamError as PullError;
use async_nats::jetstream::consumer::pull::MessagesError;
use async_nats::jetstream::stream::ConsumerError;
use futures::{FutureExt, StreamExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::checkpoint::{Checkpoint, StreamPlace};
use super::comparison::{Comparison, Telling};
use super::ears::{Ears, Word};
use super::opening::{Opened, made_at, open};
use super::refill::{Hole, refill};
use super::subscriber::{Heard, Stall, Subscriber, Unapplied, malformed};
use crate::connect::Connection;
use crate::fact::{Fact, Malformed, Mark};
use crate::layout::Channel;
use crate::streams::{StreamError, find_stream};
use crate::waiting::{Backoff, changed, wait};

/// Messages that wait for so long while none comes are held up by something.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often a stream with a hole is read again.
const HOLE_PAUSE: Duration = Duration::from_secs(30);
/// How often it is asked meanwhile whether a person has had the stream made anew.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// Why hearing was interrupted.
#[derive(Debug, thiserror::Error)]
pub(super) enum Interruption {
    #[error("the server was reached again")]
    Reconnected,
    #[error("the consumer ended")]
    Ended,
    #[error("messages wait and none comes")]
    HeldUp,
    #[error("the publisher's stream is not there")]
    NoStream,
    #[error("the publisher's stream cannot be asked for")]
    Stream(#[from] StreamError),
    #[error("the consumer cannot be made")]
    Consumer(#[from] ConsumerError),
    #[error("the consumer cannot be pulled from")]
    Pull(#[from] PullError),
    #[error("no more messages come")]
    Messages(#[from] MessagesError),
    #[error("a message cannot be acknowledged")]
    Acknowledgement(#[source] async_nats::Error),
    #[error("a message has no place in a stream")]
    Place(#[source] async_nats::Error),
    #[error(transparent)]
    Unapplied(#[from] Unapplied),
}

/// What happens after an interruption.
enum Then {
    Open { from_start: bool, after: Duration },
    WaitForAnother,
    StandStill,
}

pub(super) struct Session {
    subscriber: Subscriber,
    connection: Connection,
    ears: Ears,
    backoff: Backoff,
    /// Where applying failed; it flows again once it is past.
    stuck_at: Option<Mark>,
    /// Which making of the stream was opened last.
    opened: Option<i64>,
    comparison: Comparison,
    patience: Duration,
    /// Whether there was nobody to ask for what is missing.
    is_alone: bool,
}

impl Session {
    pub(super) fn new(
        subscriber: Subscriber,
        connection: Connection,
        ears: Ears,
        patience: Duration,
    ) -> Self {
        Self {
            subscriber,
            connection,
            ears,
            backoff: Backoff::new(),
            stuck_at: None,
            opened: None,
            comparison: Comparison::new(),
            patience,
            is_alone: false,
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut from_start = false;
        while let Err(interruption) = self.hear(from_start, &stop).await {
            let then = tokio::select! {
                () = stop.cancelled() => break,
                then = self.judge(interruption, from_start) => then,
            };
            match then {
                Then::Open { from_start: next, after } => {
                    from_start = next;
                    let mut connects = self.connection.connects();
                    connects.mark_unchanged();
                    if !wait(after, &stop, changed(&mut connects)).await {
                        break;
                    }
                }
                Then::WaitForAnother => {
                    from_start = true;
                    if !self.another_stream(&stop).await {
                        break;
                    }
                }
                Then::StandStill => {
                    stop.cancelled().await;
                    break;
                }
            }
        }
        self.subscriber.standing.finish();
    }

    async fn judge(&mut self, interruption: Interruption, from_start: bool) -> Then {
        match interruption {
            Interruption::Reconnected => Then::Open { from_start: false, after: Duration::ZERO },
            Interruption::Unapplied(Unapplied::Stalled(stall)) => {
                self.stall(&stall, from_start).await
            }
            Interruption::HeldUp => {
                tracing::warn!(
                    consumer = self.subscriber.durable,
                    stream = self.subscriber.stream,
                    "messages wait and none comes; the consumer is made anew"
                );
                self.subscriber.standing.reopened();
                Then::Open { from_start: false, after: Duration::ZERO }
            }
            Interruption::Unapplied(_)
            | Interruption::Ended
            | Interruption::NoStream
            | Interruption::Stream(_)
            | Interruption::Consumer(_)
            | Interruption::Pull(_)
            | Interruption::Messages(_)
            | Interruption::Acknowledgement(_)
            | Interruption::Place(_) => {
                let error: &dyn std::error::Error = &interruption;
                tracing::warn!(
                    consumer = self.subscriber.durable,
                    stream = self.subscriber.stream,
                    error,
                    "hearing is interrupted"
                );
                self.subscriber.standing.stalled(&interruption.to_string());
                Then::Open { from_start: false, after: self.backoff.next() }
            }
        }
    }

    /// What is missing is asked of the publisher. Where it does not answer, a hole may only come from
    /// messages delivered out of order, or from a place in the stream that is no longer what it was:
    /// reading from the start decides. Everything else stands still until a human has looked.
    async fn stall(&mut self, stall: &Stall, from_start: bool) -> Then {
        self.subscriber.standing.turned_away(matches!(stall, Stall::Hole { .. }));
        if let Stall::Hole { follows, .. } = stall {
            let hole = refill(&self.subscriber, &self.connection, *follows).await;
            self.is_alone = hole == Hole::Unasked;
            if hole == Hole::Filled {
                return Then::Open { from_start: false, after: Duration::ZERO };
            }
            if !from_start {
                return Then::Open { from_start: true, after: Duration::ZERO };
            }
        }
        tracing::error!(
            consumer = self.subscriber.durable,
            stream = self.subscriber.stream,
            reason = %stall,
            "a subscriber stands still"
        );
        self.subscriber.standing.stalled(&stall.to_string());
        match stall {
            Stall::Hole { .. } => Then::WaitForAnother,
            Stall::OtherLog
            | Stall::OtherHistory { .. }
            | Stall::Unreadable { .. }
            | Stall::Malformed { .. }
            | Stall::Unanswerable { .. } => Then::StandStill,
        }
    }

    /// Waits until the stream was made anew, its publisher can be asked, or it is to be read again all
    /// the same; false on a stop.
    async fn another_stream(&self, stop: &CancellationToken) -> bool {
        let began = Instant::now();
        let mut connects = self.connection.connects();
        connects.mark_unchanged();
        let another = pin!(async {
            loop {
                if !wait(LOOK_PAUSE, stop, std::future::pending()).await {
                    return;
                }
                let found = find_stream(self.connection.jetstream(), &self.subscriber.stream).await;
                let speaks = self.word().is_some_and(|word| word.heard_at > began);
                if self.is_alone && speaks {
                    return;
                }
                if let Ok(Some(stream)) = found
                    && self.opened != Some(made_at(stream.cached_info()))
                {
                    return;
                }
            }
        });
        let back = pin!(changed(&mut connects));
        let wake = futures::future::select(another, back);
        wait(HOLE_PAUSE, stop, wake.map(|_| ())).await
    }

    /// Opens the consumer and applies what comes. `Ok` on a stop.
    async fn hear(
        &mut self,
        from_start: bool,
        stop: &CancellationToken,
    ) -> Result<(), Interruption> {
        let mut connects = self.connection.connects();
        connects.mark_unchanged();
        let mut ears = self.ears.clone();
        let mut looks = tokio::time::interval(LOOK_PAUSE);
        let mut at = self.subscriber.checkpoint().await?;
        self.note(&at);
        let mut opened = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = changed(&mut connects) => return Err(Interruption::Reconnected),
            opened = open(self.connection.jetstream(), &self.subscriber, &at, from_start) => opened?,
        };
        self.opened = Some(opened.made_at);
        self.flows(at.mark);
        let mut since = Instant::now();
        loop {
            let first = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = changed(&mut connects) => return Err(Interruption::Reconnected),
                () = changed(&mut ears) => {
                    self.note(&at);
                    continue;
                }
                _ = looks.tick() => {
                    self.compare(&at);
                    if self.is_held_up(&opened, &mut since).await {
                        return Err(Interruption::HeldUp);
                    }
                    continue;
                }
                message = opened.messages.next() => message.ok_or(Interruption::Ended)??,
            };
            let mut taken = vec![first];
            while taken.len() < self.subscriber.at_once() {
                let Some(Some(message)) = opened.messages.next().now_or_never() else { break };
                taken.push(message?);
            }
            self.take(&taken, opened.made_at, &mut at).await?;
            since = Instant::now();
        }
    }

    /// Whether messages wait although none has come for long.
    async fn is_held_up(&self, opened: &Opened, since: &mut Instant) -> bool {
        if since.elapsed() < self.patience {
            return false;
        }
        *since = Instant::now();
        // A server that cannot say is noticed by its silence.
        let info = opened.consumer.get_info().await;
        info.is_ok_and(|info| info.num_pending > 0)
    }

    /// Applies messages together and, where that fails, one by one, so that those before the one
    /// that fails are not held back by it.
    async fn take(
        &mut self,
        taken: &[Message],
        made_at: i64,
        at: &mut Checkpoint,
    ) -> Result<(), Interruption> {
        let mut heard = Vec::with_capacity(taken.len());
        let mut broken = None;
        for message in taken {
            match self.parse(message, made_at)? {
                Ok(one) => heard.push(one),
                Err(unapplied) => {
                    broken = Some(unapplied);
                    break;
                }
            }
        }
        if self.subscriber.apply(at, &heard).await.is_ok() {
            self.subscriber.standing.heard(heard.len());
            self.settle(taken.get(..heard.len()).and_then(<[_]>::last), at).await?;
        } else {
            for (one, message) in heard.chunks(1).zip(taken) {
                if let Err(unapplied) = self.subscriber.apply(at, one).await {
                    self.stuck_at = Some(at.mark);
                    return Err(unapplied.into());
                }
                self.subscriber.standing.heard(1);
                self.settle(Some(message), at).await?;
            }
        }
        match broken {
            None => Ok(()),
            Some(unapplied) => {
                self.stuck_at = Some(at.mark);
                Err(unapplied.into())
            }
        }
    }

    fn parse(
        &self,
        message: &Message,
        made_at: i64,
    ) -> Result<Result<Heard, Unapplied>, Interruption> {
        let sequence = message.info().map_err(Interruption::Place)?.stream_sequence;
        let place =
            Some(StreamPlace { made_at, sequence: i64::try_from(sequence).unwrap_or(i64::MAX) });
        let headers = message.headers.clone().unwrap_or_default();
        let read = Fact::from_wire(&headers, &message.payload).and_then(|fact| {
            if fact.service == self.subscriber.source { Ok(fact) } else { Err(Malformed::Source) }
        });
        Ok(read
            .map(|fact| Heard { fact, place })
            .map_err(|why| malformed(&self.subscriber.source, sequence, &why)))
    }

    /// Acknowledges what was applied or dropped, by the last of it, and says where the subscriber
    /// stands.
    async fn settle(
        &mut self,
        applied: Option<&Message>,
        at: &Checkpoint,
    ) -> Result<(), Interruption> {
        if let Some(message) = applied {
            if self.subscriber.must_be_acknowledged() {
                message.double_ack().await.map_err(Interruption::Acknowledgement)?;
            } else {
                message.ack().await.map_err(Interruption::Acknowledgement)?;
            }
            let pending = message.info().map_err(Interruption::Place)?.pending;
            self.subscriber.standing.pending(pending);
        }
        self.note(at);
        self.flows(at.mark);
        Ok(())
    }

    fn note(&mut self, at: &Checkpoint) {
        // How far a publisher says it has come counts its facts; in its log every event has its
        // message, and only the message itself says that it was heard.
        let heard = match self.subscriber.who.channel() {
            Channel::Facts => self.word().map(|word| word.reached),
            Channel::Log => None,
        };
        self.subscriber.standing.at(at, heard.as_ref());
    }

    fn word(&self) -> Option<Word> {
        self.ears.borrow().get(&self.subscriber.source).copied()
    }

    fn compare(&mut self, at: &Checkpoint) {
        let channel = self.subscriber.who.channel();
        match self.comparison.look(at, channel, self.word().as_ref()) {
            Telling::Contradiction(why) => self.subscriber.standing.stalled(why),
            Telling::Agreement => self.flows(at.mark),
            Telling::Nothing => {}
        }
    }

    fn flows(&mut self, mark: Mark) {
        if self.stuck_at.is_none_or(|stuck_at| mark > stuck_at) {
            self.stuck_at = None;
            self.backoff.reset();
            self.subscriber.standing.flows();
        }
    }
}
