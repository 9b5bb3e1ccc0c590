//! A stored event as the log's stream carries it: every column, payload and metadata as the very
//! text that was stored, so that `audit` can verify the chain from what it heard.

use eventstore::{StoredEvent, StreamId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fact;

/// Why a message of the log could not be turned back into its event.
#[derive(Debug, thiserror::Error)]
pub enum BrokenEnvelope {
    /// The body is not the stored columns.
    #[error("the body is not a stored event")]
    Json(#[from] serde_json::Error),
    /// The chain hash is not hex.
    #[error("the chain hash is not hex")]
    ChainHash,
}

#[derive(Serialize, Deserialize)]
struct Columns {
    position: i64,
    log_id: Uuid,
    event_id: Uuid,
    stream_type: String,
    stream_id: Uuid,
    version: i64,
    event_type: String,
    schema_version: i32,
    payload: String,
    meta: String,
    recorded_at: Timestamp,
    database_at: Timestamp,
    hash_format: i16,
    chain_hash: String,
}

/// The stored columns as JSON text.
pub(crate) fn log_body(event: &StoredEvent) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Columns {
        position: event.position,
        log_id: event.log_id,
        event_id: event.event_id,
        stream_type: event.stream.kind.clone(),
        stream_id: event.stream.id,
        version: event.version,
        event_type: event.event_type.clone(),
        schema_version: event.schema_version,
        payload: event.payload.clone(),
        meta: event.meta.clone(),
        recorded_at: event.recorded_at,
        database_at: event.database_at,
        hash_format: event.hash_format,
        chain_hash: hex(&event.chain_hash),
    })
}

impl Fact {
    /// The stored event, byte for byte, from a message of a log stream.
    pub fn stored_event(&self) -> Result<StoredEvent, BrokenEnvelope> {
        let columns: Columns = serde_json::from_str(&self.body)?;
        Ok(StoredEvent {
            position: columns.position,
            log_id: columns.log_id,
            event_id: columns.event_id,
            stream: StreamId { kind: columns.stream_type, id: columns.stream_id },
            version: columns.version,
            event_type: columns.event_type,
            schema_version: columns.schema_version,
            payload: columns.payload,
            meta: columns.meta,
            recorded_at: columns.recorded_at,
            database_at: columns.database_at,
            hash_format: columns.hash_format,
            chain_hash: unhex(&columns.chain_hash).ok_or(BrokenEnvelope::ChainHash)?,
        })
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|pair| {
            std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{StoredEvent, StreamId, Timestamp, Uuid, log_body};
    use crate::fact::{Mark, samples};

    #[test]
    fn a_stored_event_comes_back_from_the_log_stream_byte_for_byte() {
        let event = StoredEvent {
            position: 3,
            log_id: Uuid::from_u128(1),
            event_id: Uuid::from_u128(2),
            stream: StreamId::new("application", Uuid::from_u128(3)),
            version: 1,
            event_type: "application.submitted.v1".to_owned(),
            schema_version: 1,
            payload: "{ \"spaced\" : \"\\u00e9 and \\\"quotes\\\"\" }".to_owned(),
            meta: "{}".to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
            hash_format: 1,
            chain_hash: vec![0, 127, 255],
        };
        let mut message = samples::fact(Mark { position: 3, ordinal: 1 }, Mark::START);
        message.body = log_body(&event).unwrap();
        assert_eq!(message.stored_event().unwrap(), event);
    }
}
