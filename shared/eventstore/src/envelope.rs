//! What is stored around every event: who, when, for whom, under which authority, because of what.

use contracts::{Id, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names a stream: the room's type and the aggregate's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    /// The room's permanent type, such as `application`.
    pub kind: String,
    /// The aggregate.
    pub id: Uuid,
}

impl StreamId {
    /// The stream of one aggregate.
    pub fn new(kind: &str, id: Uuid) -> Self {
        Self { kind: kind.to_owned(), id }
    }
}

/// How a command came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// By the person, through the system.
    Online,
    /// On paper, typed in by staff.
    Paper,
    /// By telephone, typed in by staff.
    Phone,
    /// Face to face, typed in by staff.
    InPerson,
    /// A policy answered an event.
    Policy,
    /// A timer came due.
    Timer,
}

/// Who acted: the person, and the account they used. Never a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person behind the account; two accounts of one person share it.
    pub person: PersonId,
    /// Derived from issuer and subject, or from the name of a policy.
    pub account: Uuid,
}

/// Under which right someone acted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The role that allowed it, such as `coordinator`, or `system` for policies and timers.
    pub role: String,
    /// Where the role holds, such as localities; empty means everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// The delegation it was held by, if it was not the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Uuid>,
}

/// Stored beside every event, as JSON text, and covered by the chain hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The command that caused the event.
    pub command_id: Uuid,
    /// Shared by everything that followed from one outside request.
    pub correlation_id: Uuid,
    /// The event or timer that caused the command, if it was not a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// Who acted.
    pub actor: Actor,
    /// For whom, where someone acted for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonId>,
    /// Under which right.
    pub authority: Authority,
    /// Version of the setting or policy the decision was made under, such as `selection.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_version: Option<String>,
    /// When this system took the command.
    pub occurred_at: Timestamp,
    /// When the person gave it.
    pub received_at: Timestamp,
    /// How it came.
    pub taken: Taken,
    /// W3C trace context, if the request had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The build that wrote it.
    pub build: String,
}

/// An event as read back from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Place in the service's log; dense, from 1.
    pub position: i64,
    /// Which log; a fresh one per database.
    pub log_id: Uuid,
    /// `UUIDv7`.
    pub event_id: Uuid,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Place in its stream; dense, from 1.
    pub version: i64,
    /// Permanent stored name, such as `application.submitted.v1`.
    pub event_type: String,
    /// The number at the end of the name.
    pub schema_version: i32,
    /// JSON object, byte for byte as written.
    pub payload: String,
    /// JSON object, byte for byte as written.
    pub meta: String,
    /// Our clock at commit; never below its predecessor's.
    pub recorded_at: Timestamp,
    /// The database's clock at commit.
    pub database_at: Timestamp,
    /// Which recipe `chain_hash` was made by.
    pub hash_format: i16,
    /// Covers this event and, through its predecessor's, all before it.
    pub chain_hash: Vec<u8>,
}

impl Metadata {
    /// What ties together, in logs, all that followed from one outside request.
    pub fn trace_id(&self) -> String {
        trace_id(self.traceparent.as_deref(), self.correlation_id)
    }
}

/// The trace's own id where there is a trace context, else the id all that followed shares.
pub fn trace_id(traceparent: Option<&str>, correlation_id: Uuid) -> String {
    traceparent
        .and_then(|context| context.split('-').nth(1))
        .map_or_else(|| correlation_id.simple().to_string(), ToOwned::to_owned)
}

impl StoredEvent {
    /// The event as its room knows it.
    pub fn decode<E: serde::de::DeserializeOwned>(&self) -> Result<E, contracts::fact::Unreadable> {
        contracts::fact::read(&self.event_type, &self.payload)
    }

    /// What is stored around it.
    pub fn metadata(&self) -> Result<Metadata, serde_json::Error> {
        serde_json::from_str(&self.meta)
    }

    /// The stream's aggregate, typed.
    pub fn id<K>(&self) -> Id<K> {
        Id::new(self.stream.id)
    }
}
