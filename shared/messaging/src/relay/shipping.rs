//! Messages on their way to one stream: few go alone, many as one atomic batch. Nothing is ever sent
//! again from here: what was refused or not answered is for the stream's last message to decide.

use std::collections::VecDeque;
use std::error::Error;

use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SEQUENCE,
};
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{PublishAckFuture, PublishError};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{HeaderMap, client, jetstream};
use bytes::Bytes;
use uuid::Uuid;

use super::lane::{Hitch, Place, Trouble};
use crate::connect::Connection;

/// Fewer go one by one: the server makes and removes a store for each batch, which costs more than the
/// few flushes it saves.
const BATCH_MIN: usize = 8;
/// The server takes a thousand; a smaller batch is stored while the next is on its way.
const BATCH_MAX: usize = 500;
const BATCH_BYTES_MAX: usize = 1024 * 1024;
/// Publishings on their way without an answer. The server takes fifty batches of one stream.
const UNDER_WAY_MAX: usize = 20;
const BYTES_UNDER_WAY_MAX: usize = 4 * 1024 * 1024;
/// What the headers of one message may take, with room to spare.
const HEADER_BYTES_MAX: usize = 4 * 1024;

/// One message as it goes out.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) subject: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Outgoing {
    fn n_bytes(&self) -> usize {
        self.body.len() + HEADER_BYTES_MAX / 4
    }
}

/// Messages that go out together, all of them or none.
#[derive(Debug, Default)]
pub(super) struct Load {
    messages: VecDeque<Outgoing>,
    n_bytes: usize,
}

impl Load {
    pub(super) fn push(&mut self, message: Outgoing) {
        self.n_bytes += message.n_bytes();
        self.messages.push_back(message);
    }

    pub(super) fn has_room_for(&self, message_bytes: usize) -> bool {
        self.messages.is_empty()
            || (self.messages.len() < BATCH_MAX && self.n_bytes + message_bytes < BATCH_BYTES_MAX)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// What was sent and not answered yet, in order.
#[derive(Debug)]
struct Sent {
    /// The sequence at which its last message must be stored.
    expected: u64,
    /// Where the lane stands once that is so.
    stands: Option<Place>,
    n_bytes: usize,
    acknowledgement: PublishAckFuture,
}

/// All that is on its way to one stream.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    sent: VecDeque<Sent>,
    n_bytes: usize,
}

impl UnderWay {
    fn add(&mut self, expected: u64, n_bytes: usize, acknowledgement: PublishAckFuture) {
        self.n_bytes += n_bytes;
        self.sent.push_back(Sent { expected, stands: None, n_bytes, acknowledgement });
    }

    /// Once everything that is under way is stored, the lane stands here. False where nothing is.
    pub(super) fn lead_to(&mut self, place: &Place) -> bool {
        match self.sent.back_mut() {
            Some(last) => {
                last.stands = Some(place.clone());
                true
            }
            None => false,
        }
    }

    /// Waits for the oldest answer. `None` where nothing is under way; else where the lane stands now,
    /// if that is known by it.
    pub(super) async fn settle_one(&mut self) -> Result<Option<Option<Place>>, Trouble> {
        let Some(oldest) = self.sent.pop_front() else { return Ok(None) };
        self.n_bytes -= oldest.n_bytes;
        let stored = oldest.acknowledgement.await.map_err(refused)?;
        if stored.duplicate {
            return Err(Hitch::Remembered.into());
        }
        if stored.sequence != oldest.expected {
            let (stored, expected) = (stored.sequence, oldest.expected);
            return Err(Hitch::OutOfStep { stored, expected }.into());
        }
        Ok(Some(oldest.stands))
    }

    pub(super) fn has_room(&self) -> bool {
        self.sent.len() < UNDER_WAY_MAX && self.n_bytes < BYTES_UNDER_WAY_MAX
    }
}

/// A batch that holds what the server remembers is refused whole.
fn refused(error: PublishError) -> Hitch {
    let is_remembered =
        error.source().and_then(|source| source.downcast_ref::<jetstream::Error>()).is_some_and(
            |why| why.error_code() == ErrorCode::ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE,
        );
    if is_remembered { Hitch::Remembered } else { Hitch::Publish(error) }
}

/// The next part of a load that goes out in one publishing.
pub(super) fn next_part(load: &mut Load, is_atomic: bool) -> Option<Part> {
    if is_atomic && load.messages.len() >= BATCH_MIN {
        return Some(Part::Batch(std::mem::take(load).messages));
    }
    let alone = load.messages.pop_front()?;
    load.n_bytes -= alone.n_bytes();
    Some(Part::Alone(alone))
}

/// What goes out in one publishing.
#[derive(Debug)]
pub(super) enum Part {
    Alone(Outgoing),
    Batch(VecDeque<Outgoing>),
}

/// Sends one part, whose first message must come right after `after` in the stream. Says where its
/// last message must be stored.
pub(super) async fn send(
    connection: &Connection,
    part: Part,
    after: u64,
    under_way: &mut UnderWay,
) -> Result<u64, SendError> {
    let (expected, n_bytes, acknowledgement) = match part {
        Part::Alone(message) => {
            let n_bytes = message.n_bytes();
            (after + 1, n_bytes, send_last(connection, message, Some(after)).await?)
        }
        Part::Batch(messages) => {
            let n_bytes = messages.iter().map(Outgoing::n_bytes).sum();
            let (expected, acknowledgement) = send_batch(connection, messages, after).await?;
            (expected, n_bytes, acknowledgement)
        }
    };
    under_way.add(expected, n_bytes, acknowledgement);
    Ok(expected)
}

async fn send_batch(
    connection: &Connection,
    messages: VecDeque<Outgoing>,
    after: u64,
) -> Result<(u64, PublishAckFuture), SendError> {
    // Of its own for each try: what was left of another is never completed by this one.
    let id = Uuid::now_v7().to_string();
    let (mut expected, mut first, mut last) = (after, Some(after), None);
    for (mut message, number) in messages.into_iter().zip(1_u64..) {
        message.headers.insert(NATS_BATCH_ID, id.as_str());
        message.headers.insert(NATS_BATCH_SEQUENCE, number.to_string());
        expected += 1;
        if let Some(before) = last.replace(message) {
            send_on(connection, before, first.take()).await?;
        }
    }
    let Some(mut message) = last else { return Err(SendError::Empty) };
    message.headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
    Ok((expected, send_last(connection, message, first).await?))
}

/// Sends a message whose batch is not at its end yet; nothing is answered to it.
async fn send_on(
    connection: &Connection,
    mut message: Outgoing,
    after: Option<u64>,
) -> Result<(), SendError> {
    expect(&mut message.headers, after);
    let Outgoing { subject, headers, body } = message;
    Ok(connection.client().publish_with_headers(subject, headers, body).await?)
}

async fn send_last(
    connection: &Connection,
    mut message: Outgoing,
    after: Option<u64>,
) -> Result<PublishAckFuture, SendError> {
    expect(&mut message.headers, after);
    let Outgoing { subject, headers, body } = message;
    let publish = PublishMessage::build().headers(headers).payload(body);
    Ok(connection.jetstream().send_publish(subject, publish).await?)
}

/// Only the first message of a batch may say what it must follow.
fn expect(headers: &mut HeaderMap, after: Option<u64>) {
    if let Some(after) = after {
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, after.to_string());
    }
}

/// Why a part could not even be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error("a message could not be sent")]
    Batched(#[from] client::PublishError),
    #[error("a message could not be sent")]
    Last(#[from] PublishError),
    #[error("there was nothing to send")]
    Empty,
}

/// Whether the server would never take a message with so long a body.
pub(super) fn is_too_large(connection: &Connection, body_bytes: usize) -> bool {
    body_bytes + HEADER_BYTES_MAX > connection.client().max_payload()
}
