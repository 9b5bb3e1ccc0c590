//! Where in a stream a consumer is opened, from what is known of the last time.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::stream::{ConsumerError, ConsumerErrorKind, Info};

use super::checkpoint::StreamPlace;

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
