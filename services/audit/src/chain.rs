//! Whether one record follows from the one before it, by the publisher's own recipe. Pure; what is
//! compared is what was heard, as no other service's database can be reached from here.

use eventstore::StoredEvent;
use eventstore::chain::{self, FORMAT, Link};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// It does not stand directly behind the one before it.
    PositionMissing,
    /// It belongs to another log than the first record did.
    OtherLog,
    /// Its hash was made by a recipe that this build does not know.
    UnknownFormat,
    /// Its bytes, or those of one before it, are not the ones that were hashed.
    HashDiffers,
    /// What stood around the message and what stood in it do not agree.
    EnvelopeDiffers,
    /// Its publisher told it otherwise when it was heard before.
    HeardOtherwiseBefore,
}

impl Flaw {
    /// The name in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PositionMissing => "position_missing",
            Self::OtherLog => "other_log",
            Self::UnknownFormat => "unknown_format",
            Self::HashDiffers => "hash_differs",
            Self::EnvelopeDiffers => "envelope_differs",
            Self::HeardOtherwiseBefore => "heard_otherwise_before",
        }
    }

    /// The flaw of this name.
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::PositionMissing,
            Self::OtherLog,
            Self::UnknownFormat,
            Self::HashDiffers,
            Self::EnvelopeDiffers,
            Self::HeardOtherwiseBefore,
        ]
        .into_iter()
        .find(|flaw| flaw.name() == name)
    }
}

/// What a record has to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The log it has to belong to.
    pub log_id: Uuid,
    /// The position before its own; 0 before the first.
    pub position: i64,
    /// The chain hash there.
    pub chain_hash: Vec<u8>,
}

impl Before {
    /// Before the first record of a log.
    pub fn the_first(log_id: Uuid) -> Self {
        Self { log_id, position: 0, chain_hash: chain::genesis(log_id).to_vec() }
    }

    /// Behind a record, whatever is wrong with it.
    pub fn behind(log_id: Uuid, record: &StoredEvent) -> Self {
        Self { log_id, position: record.position, chain_hash: record.chain_hash.clone() }
    }

    /// What is wrong with the record that comes next.
    pub fn flaw_of(&self, record: &StoredEvent) -> Option<Flaw> {
        if record.position != self.position + 1 {
            Some(Flaw::PositionMissing)
        } else if record.log_id != self.log_id {
            Some(Flaw::OtherLog)
        } else if record.hash_format != FORMAT {
            Some(Flaw::UnknownFormat)
        } else if hash(&self.chain_hash, record) != record.chain_hash.as_slice() {
            Some(Flaw::HashDiffers)
        } else {
            None
        }
    }
}

fn hash(previous: &[u8], record: &StoredEvent) -> [u8; 32] {
    chain::hash(
        previous,
        &Link {
            position: record.position,
            log_id: record.log_id,
            event_id: record.event_id,
            stream_type: &record.stream.kind,
            stream_id: record.stream.id,
            version: record.version,
            event_type: &record.event_type,
            schema_version: record.schema_version,
            payload: &record.payload,
            meta: &record.meta,
            recorded_at: record.recorded_at,
            database_at: record.database_at,
        },
    )
}

/// A hash as people compare it: lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

#[cfg(test)]
mod stories {
    use eventstore::StreamId;
    use jiff::Timestamp;

    use super::*;

    const LOG: Uuid = Uuid::from_u128(1);

    fn first() -> StoredEvent {
        let mut record = StoredEvent {
            position: 1,
            log_id: LOG,
            event_id: Uuid::from_u128(2),
            stream: StreamId::new("claim", Uuid::from_u128(3)),
            version: 1,
            event_type: "claim.withdrawn.v1".to_owned(),
            schema_version: 1,
            payload: "{}".to_owned(),
            meta: "{}".to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
            hash_format: FORMAT,
            chain_hash: Vec::new(),
        };
        record.chain_hash = hash(&chain::genesis(LOG), &record).to_vec();
        record
    }

    #[test]
    fn a_record_as_it_was_hashed_follows_and_each_change_to_it_is_noticed() {
        let changed = |change: fn(&mut StoredEvent)| {
            let mut record = first();
            change(&mut record);
            Before::the_first(LOG).flaw_of(&record)
        };
        assert_eq!(changed(|_| {}), None);
        assert_eq!(changed(|it| it.payload.push(' ')), Some(Flaw::HashDiffers));
        assert_eq!(changed(|it| it.meta.push(' ')), Some(Flaw::HashDiffers));
        assert_eq!(changed(|it| it.chain_hash[0] ^= 1), Some(Flaw::HashDiffers));
        assert_eq!(changed(|it| it.position = 2), Some(Flaw::PositionMissing));
        assert_eq!(changed(|it| it.log_id = Uuid::nil()), Some(Flaw::OtherLog));
        assert_eq!(changed(|it| it.hash_format = 2), Some(Flaw::UnknownFormat));
    }

    #[test]
    fn every_flaw_is_found_by_its_stored_name() {
        for flaw in ["position_missing", "hash_differs", "heard_otherwise_before"] {
            let found = Flaw::named(flaw).unwrap();
            assert_eq!(found.name(), flaw);
            assert_eq!(serde_json::to_value(found).unwrap(), flaw);
        }
        assert_eq!(Flaw::named("none"), None);
    }

    #[test]
    fn a_hash_is_written_as_everyone_writes_it() {
        assert_eq!(hex(&[0, 127, 255]), "007fff");
    }
}
