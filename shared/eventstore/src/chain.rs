//! The chain hash: each event's hash covers its stored bytes and its predecessor's hash, so no
//! event can be changed, removed or moved without breaking every hash after it.

use aws_lc_rs::digest::{Context, SHA256, digest};
use jiff::Timestamp;
use uuid::Uuid;

/// The recipe in use. A changed recipe gets a new number; old events keep theirs.
pub const FORMAT: i16 = 1;

/// What the hash of one event covers.
#[derive(Debug)]
pub struct Link<'a> {
    /// See [`crate::StoredEvent`]; likewise below.
    pub position: i64,
    /// Which log.
    pub log_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// The room's type.
    pub stream_type: &'a str,
    /// The aggregate.
    pub stream_id: Uuid,
    /// Place in the stream.
    pub version: i64,
    /// Stored name.
    pub event_type: &'a str,
    /// The number at the end of the name.
    pub schema_version: i32,
    /// Stored bytes.
    pub payload: &'a str,
    /// Stored bytes.
    pub meta: &'a str,
    /// Our clock.
    pub recorded_at: Timestamp,
    /// The database's clock.
    pub database_at: Timestamp,
}

/// The hash that the first event of a log is chained to.
pub fn genesis(log_id: Uuid) -> [u8; 32] {
    whole(digest(&SHA256, &[b"involvement log 1".as_slice(), log_id.as_bytes()].concat()).as_ref())
}

/// The hash of an event whose predecessor's is `previous`: SHA-256 over the format number, the
/// previous hash, and each column preceded by its length in eight bytes.
pub fn hash(previous: &[u8], link: &Link<'_>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(&FORMAT.to_be_bytes());
    let mut add = |bytes: &[u8]| {
        context.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(bytes);
    };
    add(previous);
    add(&link.position.to_be_bytes());
    add(link.log_id.as_bytes());
    add(link.event_id.as_bytes());
    add(link.stream_type.as_bytes());
    add(link.stream_id.as_bytes());
    add(&link.version.to_be_bytes());
    add(link.event_type.as_bytes());
    add(&link.schema_version.to_be_bytes());
    add(link.payload.as_bytes());
    add(link.meta.as_bytes());
    add(&link.recorded_at.as_microsecond().to_be_bytes());
    add(&link.database_at.as_microsecond().to_be_bytes());
    whole(context.finish().as_ref())
}

fn whole(digest: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = *from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Link, genesis, hash};
    use jiff::Timestamp;
    use uuid::Uuid;

    fn link(payload: &'static str, meta: &'static str) -> Link<'static> {
        Link {
            position: 1,
            log_id: Uuid::nil(),
            event_id: Uuid::nil(),
            stream_type: "seat",
            stream_id: Uuid::nil(),
            version: 1,
            event_type: "seat.created.v1",
            schema_version: 1,
            payload,
            meta,
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_byte_moved_from_one_column_to_the_next_changes_the_hash() {
        let start = genesis(Uuid::nil());
        assert_ne!(hash(&start, &link("{}", "{} ")), hash(&start, &link("{} ", "{}")));
        assert_ne!(hash(&start, &link("{}", "{}")), hash(&[1; 32], &link("{}", "{}")));
    }

    #[test]
    fn the_recipe_of_format_1_never_changes() {
        let first = hash(&genesis(Uuid::nil()), &link("{}", "{}"));
        assert_eq!(hex(&first), "b04d75715c90370609359932856e164b8ee13328ac966a2b19c5a1fbbe4ffe3e");
    }

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
