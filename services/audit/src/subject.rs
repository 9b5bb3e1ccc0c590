//! What a record can be about, and by which keys a payload says so. Works on names of keys alone, as
//! services meet only in contracts: a key nobody here knows changes nothing.

use std::collections::BTreeSet;

use contracts::PersonId;
use eventstore::executor::SYSTEM_ACCOUNT;
use eventstore::{Metadata, StoredEvent};
use serde_json::Value;
use uuid::Uuid;

/// A kind of thing with a history of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Someone involved, or a member of staff.
    Person,
    /// An advertised chance to take part.
    Opportunity,
    /// One person's wish to take part in one opportunity.
    Application,
    /// One panel's work on one opportunity.
    Selection,
    /// One place in a group.
    Seat,
    /// One person's holding of one seat.
    Appointment,
    /// A body with purpose and seats.
    Group,
    /// A meeting or other occasion.
    Session,
    /// A piece of work done without a session.
    Work,
    /// What one person is owed for one activity.
    Claim,
    /// Claims paid together.
    Batch,
    /// One message to one person.
    Message,
    /// The rates that hold from a day on.
    RateCard,
}

/// One thing with a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Of what kind.
    pub kind: Kind,
    /// Which.
    pub id: Uuid,
}

impl Kind {
    /// The name in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Opportunity => "opportunity",
            Self::Application => "application",
            Self::Selection => "selection",
            Self::Seat => "seat",
            Self::Appointment => "appointment",
            Self::Group => "group",
            Self::Session => "session",
            Self::Work => "work",
            Self::Claim => "claim",
            Self::Batch => "batch",
            Self::Message => "message",
            Self::RateCard => "rate_card",
        }
    }

    /// What a stream of this type is the life of; `None` for what nobody asks the history of.
    fn of_stream(stream_type: &str) -> Option<Self> {
        match stream_type {
            "involvee" => Some(Self::Person),
            "payment_batch" => Some(Self::Batch),
            _ => Self::of_key(stream_type),
        }
    }

    /// What the ids under a key name; `None` for a key nobody knows. Whose scores counted is no such
    /// key: by who is missing there, it would tell who kept out of a decision.
    fn of_key(key: &str) -> Option<Self> {
        match key {
            "person" | "people" | "applicant" | "applicants" | "member" | "members" | "owner"
            | "author" | "authors" | "approved_by" | "approver" | "approvers" | "authorised_by"
            | "authoriser" | "authorisers" | "reachable" | "supporter" | "to" | "recipient"
            | "holder" | "payee" | "invited" | "accepted_by" | "chair" | "attendee"
            | "attendees" | "mentor" | "successor" => Some(Self::Person),
            "opportunity" | "opportunities" | "about" | "recruiting_through"
            | "readvertised_from" => Some(Self::Opportunity),
            "application" | "applications" => Some(Self::Application),
            "selection" | "selections" => Some(Self::Selection),
            "seat" | "seats" => Some(Self::Seat),
            "appointment" | "appointments" => Some(Self::Appointment),
            "group" | "groups" => Some(Self::Group),
            "session" | "sessions" => Some(Self::Session),
            "work" | "works" => Some(Self::Work),
            "claim" | "claims" => Some(Self::Claim),
            "batch" | "batches" | "payment_batch" => Some(Self::Batch),
            "message" | "messages" => Some(Self::Message),
            "rate_card" | "rate_cards" | "card" => Some(Self::RateCard),
            _ => None,
        }
    }
}

/// Everything a record is about: its stream, who acted and for whom, and what its payload names.
pub fn subjects(event: &StoredEvent) -> BTreeSet<Subject> {
    let mut found = BTreeSet::new();
    if let Some(kind) = Kind::of_stream(&event.stream.kind) {
        found.insert(Subject { kind, id: event.stream.id });
    }
    if let Ok(payload) = serde_json::from_str(&event.payload) {
        walk(&payload, None, &mut found);
    }
    if let Ok(Metadata { actor, on_behalf_of, .. }) = event.metadata() {
        let people = [Some(actor.person), on_behalf_of].into_iter().flatten();
        found.extend(people.map(|person| Subject { kind: Kind::Person, id: person.uuid() }));
    }
    // The system is no person, and nearly everything is about it.
    found.remove(&Subject { kind: Kind::Person, id: PersonId::new(SYSTEM_ACCOUNT).uuid() });
    found
}

fn walk(value: &Value, kind: Option<Kind>, found: &mut BTreeSet<Subject>) {
    match value {
        Value::String(text) => note(text, kind, found),
        Value::Array(items) => {
            for item in items {
                walk(item, kind, found);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                // A map from ids to what is said of each.
                note(key, kind, found);
                walk(value, Kind::of_key(key), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn note(text: &str, kind: Option<Kind>, found: &mut BTreeSet<Subject>) {
    if let Some(kind) = kind
        && let Ok(id) = text.parse()
    {
        found.insert(Subject { kind, id });
    }
}

#[cfg(test)]
mod stories {
    use eventstore::StreamId;
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn event(stream_type: &str, payload: &Value, meta: &str) -> StoredEvent {
        StoredEvent {
            position: 1,
            log_id: id(100),
            event_id: id(101),
            stream: StreamId::new(stream_type, id(1)),
            version: 1,
            event_type: "any.thing.v1".to_owned(),
            schema_version: 1,
            payload: payload.to_string(),
            meta: meta.to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
            hash_format: 1,
            chain_hash: Vec::new(),
        }
    }

    fn found(stream_type: &str, payload: &Value, meta: &str) -> Vec<(&'static str, u128)> {
        subjects(&event(stream_type, payload, meta))
            .into_iter()
            .map(|it| (it.kind.name(), it.id.as_u128()))
            .collect()
    }

    #[test]
    fn a_record_is_about_its_stream_and_every_id_under_a_known_key_however_deep() {
        let payload = json!({
            "applicant": id(2), "opportunity": id(3), "members": [{"person": id(4), "kind": "staff"}],
            "activity": {"kind": "session", "session": id(5)}, "claims": {id(6).to_string(): {}},
            "seats": [id(7), id(8)], "to": "coordinator", "shoe": id(9), "counted": [id(10)],
            "note": {"person": id(2), "class": "money", "field": "cost_note", "bytes": "AAAA"},
        });
        assert_eq!(
            found("application", &payload, "{}"),
            [
                ("person", 2),
                ("person", 4),
                ("opportunity", 3),
                ("application", 1),
                ("seat", 7),
                ("seat", 8),
                ("session", 5),
                ("claim", 6)
            ]
        );
    }

    #[test]
    fn it_is_about_who_acted_and_for_whom_but_never_about_the_system() {
        let meta = |actor: Uuid| {
            json!({
                "command_id": id(20), "correlation_id": id(20),
                "actor": {"person": actor, "account": actor}, "on_behalf_of": id(22),
                "authority": {"role": "coordinator"}, "occurred_at": "2026-11-02T09:00:00Z",
                "received_at": "2026-11-02T09:00:00Z", "taken": "paper", "build": "test",
            })
            .to_string()
        };
        assert_eq!(
            found("involvee", &json!({}), &meta(id(21))),
            [("person", 1), ("person", 21), ("person", 22)]
        );
        assert_eq!(found("setting", &json!({}), &meta(SYSTEM_ACCOUNT)), [("person", 22)]);
    }

    #[test]
    fn what_cannot_be_read_is_about_its_stream_alone() {
        let mut odd = event("claim", &json!({}), "no json");
        odd.payload = "{\"person\":".to_owned();
        let about: Vec<_> = subjects(&odd).into_iter().collect();
        assert_eq!(about, [Subject { kind: Kind::Claim, id: id(1) }]);
    }
}
