//! A consumer is opened where the checkpoint stands, whatever the server remembers of the last time.

use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{ConsumerError, ConsumerErrorKind, Info};
use async_nats::jetstream::{Context, ErrorCode};

use super::checkpoint::{Checkpoint, StreamPlace};
use super::session::Interruption;
use super::subscriber::Subscriber;
use crate::streams::find_stream;

/// Not acknowledged for this long, a message is delivered again, which changes nothing.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// Messages delivered and not yet acknowledged.
const ACK_PENDING_MAX: i64 = 2000;
/// Messages asked for at once: while some are being applied, the next are on their way.
const PULL: usize = 500;
/// How long one pull waits, and how often the server says meanwhile that it is there. A silence of
/// two heartbeats opens the consumer anew.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(5);

/// A consumer that was opened.
pub(super) struct Opened {
    /// When its stream was made.
    pub(super) made_at: i64,
    pub(super) consumer: PullConsumer,
    pub(super) messages: pull::Stream,
}

/// Opens the consumer of a subscriber anew, where `at` stands or from the start.
pub(super) async fn open(
    jetstream: &Context,
    subscriber: &Subscriber,
    at: &Checkpoint,
    from_start: bool,
) -> Result<Opened, Interruption> {
    let Subscriber { stream, durable, standing, .. } = subscriber;
    let found = find_stream(jetstream, stream).await?.ok_or(Interruption::NoStream)?;
    let made_at = made_at(found.cached_info());
    let place = at.place.filter(|_| !from_start);
    match found.delete_consumer(durable).await {
        Ok(_) => {}
        Err(error) if is_not_found(&error) => {}
        Err(error) => return Err(error.into()),
    }
    let last_sequence = found.cached_info().state.last_sequence;
    let consumer = found
        .create_consumer(pull::Config {
            durable_name: Some(durable.clone()),
            deliver_policy: deliver_from(place, made_at, last_sequence),
            ack_policy: subscriber.ack_policy(),
            ack_wait: ACK_WAIT,
            max_ack_pending: ACK_PENDING_MAX,
            ..pull::Config::default()
        })
        .await?;
    standing.pending(consumer.cached_info().num_pending);
    let messages = consumer
        .stream()
        .max_messages_per_batch(PULL)
        .expires(PULL_EXPIRES)
        .heartbeat(HEARTBEAT)
        .messages()
        .await?;
    Ok(Opened { made_at, consumer, messages })
}

/// From the last message applied, where this is still the stream it was applied from; that message
/// itself comes first and is dropped. Otherwise from the beginning.
pub(super) fn deliver_from(
    place: Option<StreamPlace>,
    made_at: i64,
    last_sequence: u64,
) -> DeliverPolicy {
    match place.and_then(|place| u64::try_from(place.sequence).ok().zip(Some(place.made_at))) {
        Some((start_sequence, then)) if then == made_at && start_sequence <= last_sequence => {
            DeliverPolicy::ByStartSequence { start_sequence }
        }
        Some(_) | None => DeliverPolicy::All,
    }
}

pub(super) fn made_at(stream: &Info) -> i64 {
    i64::try_from(stream.created.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

pub(super) fn is_not_found(error: &ConsumerError) -> bool {
    match error.kind() {
        ConsumerErrorKind::JetStream(cause) => {
            let code = cause.error_code();
            code == ErrorCode::CONSUMER_NOT_FOUND
        }
        ConsumerErrorKind::TimedOut
        | ConsumerErrorKind::Request
        | ConsumerErrorKind::InvalidConsumerType
        | ConsumerErrorKind::InvalidName
        | ConsumerErrorKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{DeliverPolicy, StreamPlace, deliver_from};

    #[test]
    fn a_place_counts_only_in_the_making_of_the_stream_it_was_noted_in() {
        let place = Some(StreamPlace { made_at: 5, sequence: 8 });
        let there = DeliverPolicy::ByStartSequence { start_sequence: 8 };
        assert_eq!(deliver_from(place, 5, 8), there);
        assert_eq!(deliver_from(place, 5, 7), DeliverPolicy::All);
        assert_eq!(deliver_from(place, 6, 9), DeliverPolicy::All);
        assert_eq!(deliver_from(None, 5, 8), DeliverPolicy::All);
    }
}
