//! One command's append, and what comes of it: all or nothing, one stream per command.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::envelope::StreamId;
use crate::room::UniqueKey;

/// An event ready to be stored.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `UUIDv7`, made from the occasion's time.
    pub event_id: Uuid,
    /// Permanent stored name.
    pub event_type: String,
    /// The number at the end of the name.
    pub schema_version: i32,
    /// JSON object as text.
    pub payload: String,
    /// JSON object as text.
    pub meta: String,
}

/// A unique key taken or given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// From now on this stream holds it.
    Claim(UniqueKey),
    /// From now on nobody holds it. Releasing what the stream does not hold changes nothing.
    Release(UniqueKey),
}

/// A timer armed or cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimerChange {
    /// At `due_at` the room's command for `name` is given. Arming a name again moves it.
    Arm {
        /// Unique within the stream, such as `close`.
        name: String,
        /// When.
        due_at: Timestamp,
    },
    /// It will not fire.
    Cancel {
        /// Unique within the stream.
        name: String,
    },
}

/// A refusal by a business rule, as remembered for whoever repeats the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Permanent machine-readable name.
    pub code: String,
    /// The sentence shown to the person.
    pub text: String,
    /// Every reason, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// One of several reasons for one refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reason {
    /// Permanent machine-readable name.
    pub code: String,
    /// The sentence shown to the person.
    pub text: String,
}

/// What one command wants stored.
#[derive(Clone, Debug)]
pub struct Append {
    /// Unique per command; a second append with it is answered from the first.
    pub command_id: Uuid,
    /// Keyed hash of the request, to tell a repeat from another request under the same key. Empty
    /// for policies and timers, whose ids are derived.
    pub request_hash: Vec<u8>,
    /// Shared by all that follows from one outside request; its timers carry it on.
    pub correlation_id: Uuid,
    /// The one stream it writes.
    pub stream: StreamId,
    /// The version the decision was made on.
    pub expected_version: i64,
    /// Nothing where the command was already fulfilled or was refused.
    pub events: Vec<NewEvent>,
    /// Keys claimed and released, in order.
    pub keys: Vec<KeyChange>,
    /// Timers armed and cancelled, in order.
    pub timers: Vec<TimerChange>,
    /// The timer this command answers, done with this append.
    pub fired_timer: Option<Uuid>,
    /// The refusal to remember, where a rule said no.
    pub refusal: Option<Refused>,
}

/// What a stored command led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The stream written.
    pub stream: StreamId,
    /// Version before; 0 for a new stream.
    pub from_version: i64,
    /// Version after.
    pub version: i64,
    /// The log's position at which the outcome holds; views that have reached it show it.
    pub position: i64,
    /// Set where a rule said no.
    pub refusal: Option<Refused>,
    /// Whether this answers a repeat from what was stored before.
    pub repeated: bool,
}

/// The committer's answer to one append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// Durable.
    Stored(Receipt),
    /// The command was there before, with this request hash.
    Known {
        /// What came of it then.
        receipt: Receipt,
        /// The hash stored then.
        request_hash: Vec<u8>,
    },
    /// The stream moved on; decide again.
    Clash {
        /// Its version now.
        version: i64,
    },
    /// Another stream holds a key this command claims.
    KeyTaken(UniqueKey),
    /// The database refuses this command's data (SQLSTATE class 22 or 23); repeating cannot help.
    Unstorable {
        /// The database's code.
        sqlstate: String,
    },
}
