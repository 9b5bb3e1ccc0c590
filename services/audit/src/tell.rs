//! Turns a record into a sentence that a person can read without knowing how it is stored: when, what,
//! who and in which role, for whom and how it came, under which rule, and why. Opens nothing.

mod saying;
mod who;
mod why;
mod opportunities;
mod recruitment;
mod reimbursements;
mod notifications;
mod elsewhere;

use contracts::PersonId;
use eventstore::{Metadata, Taken};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::chain::hex;
use crate::reading::Reading;
use crate::views::record::{Record, event_name};
use saying::{code_shown, instant_shown, say};

pub use who::Names;

/// One entry of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// When it happened, as its service took it.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whose log it stands in.
    pub source: String,
    /// Its place there.
    pub position: i64,
    /// Permanent stored name.
    pub event_type: String,
    /// All of it as one reads it.
    pub sentence: String,
    /// Who acted, where the reader may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Someone>,
    /// For whom, where someone acted for another and the reader may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Someone>,
    /// The role that allowed it; `system` for policies and timers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Where that role holds; empty means everywhere.
    pub scope: Vec<String>,
    /// How it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// When the person gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// Why, where the record says so in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Version of the rule it was decided under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_version: Option<String>,
    /// The record's chain hash, in hexadecimal digits.
    pub chain_hash: String,
}

/// A person in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Someone {
    /// Who.
    pub person: PersonId,
    /// What they are called now, where the reader asked for names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// All the words there are, by service.
const ALL: [&[(&str, &str)]; 5] = [
    opportunities::WORDS,
    recruitment::WORDS,
    reimbursements::WORDS,
    notifications::WORDS,
    elsewhere::WORDS,
];

/// The words for an event of this name, if they are known here.
pub fn words(event_name: &str) -> Option<&'static str> {
    ALL.into_iter().flatten().find(|(name, _)| *name == event_name).map(|(_, words)| *words)
}

/// Tells a record to a reader, with the names opened for them.
pub fn entry(record: &Record, reading: Reading, names: &Names) -> Entry {
    let event = &record.event;
    let name = event_name(&event.event_type);
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let meta = event.metadata().ok();
    let meta = meta.as_ref();
    let reason = why::reason(&payload, reading);
    let rule_version = why::rule_version(meta, &payload);
    let at = meta.map_or(event.recorded_at, |meta| meta.occurred_at);
    let mut parts = vec![format!("{}.", instant_shown(at)), what(name, &payload)];
    parts.extend(meta.map(|meta| who::told(meta, reading, names, name)));
    parts.extend(rule_version.as_deref().map(|it| format!("Under {}.", why::rule_shown(it))));
    parts.extend(reason.as_deref().map(|it| format!("Reason given: {}", ended(it))));
    let someone = |person: PersonId| Someone { person, name: names.get(&person).cloned() };
    Entry {
        at,
        recorded_at: event.recorded_at,
        source: record.source.clone(),
        position: event.position,
        event_type: event.event_type.clone(),
        sentence: parts.join(" "),
        actor: actor(meta, reading, name).map(someone),
        on_behalf_of: on_behalf_of(meta, reading).map(someone),
        role: meta.map(|meta| meta.authority.role.clone()),
        scope: meta.map(|meta| meta.authority.scope.clone()).unwrap_or_default(),
        taken: meta.map(|meta| meta.taken),
        received_at: meta.map(|meta| meta.received_at),
        reason,
        rule_version,
        chain_hash: hex(&event.chain_hash),
    }
}

/// Everyone whom an entry of this record would name to this reader.
pub fn people(record: &Record, reading: Reading) -> impl Iterator<Item = PersonId> {
    let name = event_name(&record.event.event_type);
    let meta: Option<Metadata> = record.event.metadata().ok();
    let actor = actor(meta.as_ref(), reading, name);
    actor.into_iter().chain(on_behalf_of(meta.as_ref(), reading))
}

/// Who acted, where it was a person and the reader may know.
fn actor(meta: Option<&Metadata>, reading: Reading, event_name: &str) -> Option<PersonId> {
    let meta = meta?;
    let is_person = match meta.taken {
        Taken::Online | Taken::Paper | Taken::Phone | Taken::InPerson => true,
        Taken::Policy | Taken::Timer => false,
    };
    let person = meta.actor.person;
    (is_person && who::is_shown(reading, person, &meta.authority.role, event_name))
        .then_some(person)
}

fn on_behalf_of(meta: Option<&Metadata>, reading: Reading) -> Option<PersonId> {
    let person = meta?.on_behalf_of?;
    match reading {
        Reading::Own(myself) => (person == myself).then_some(person),
        Reading::Full | Reading::Pack => Some(person),
    }
}

fn what(event_name: &str, payload: &Value) -> String {
    words(event_name).map_or_else(|| unknown(event_name), |words| say(words, payload))
}

/// What the stored name itself says, such as `Opportunity: closing extended.`
fn unknown(event_name: &str) -> String {
    let (noun, verb) = event_name.split_once('.').unwrap_or((event_name, "something happened"));
    let mut noun = code_shown(noun);
    if let Some(first) = noun.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{noun}: {}.", code_shown(verb))
}

fn ended(reason: &str) -> String {
    if reason.ends_with(['.', '!', '?']) { reason.to_owned() } else { format!("{reason}.") }
}

#[cfg(test)]
mod stories {
    use std::fs;
    use std::path::PathBuf;

    use eventstore::{StoredEvent, StreamId};
    use uuid::Uuid;

    use super::*;

    /// Never said to people, or of them.
    const UNSAID: [&str; 12] = [
        "seat",
        "appointment",
        "involvee",
        "reimburs",
        "reject",
        "refused",
        "lottery",
        "claimant",
        "expired",
        "alumni",
        "constituency",
        "service user",
    ];

    /// Stored name and payload of every event that any service of this house has ever stored.
    fn samples() -> Vec<(String, String)> {
        let services = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let folders = fs::read_dir(services).unwrap().map(|it| it.unwrap().path().join("samples"));
        let files = folders
            .filter(|folder| folder.is_dir())
            .flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
        files
            .filter(|file| file.extension().is_some_and(|it| it == "json"))
            .map(|file| {
                let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
                (name, fs::read_to_string(&file).unwrap())
            })
            .collect()
    }

    fn record(event_type: &str, payload: &str) -> Record {
        let event = StoredEvent {
            position: 1,
            log_id: Uuid::nil(),
            event_id: Uuid::nil(),
            stream: StreamId::new("any", Uuid::nil()),
            version: 1,
            event_type: event_type.to_owned(),
            schema_version: 1,
            payload: payload.to_owned(),
            meta: "{}".to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
            database_at: Timestamp::UNIX_EPOCH,
            hash_format: 1,
            chain_hash: Vec::new(),
        };
        Record { source: "any".to_owned(), event }
    }

    #[test]
    fn every_event_of_the_house_has_its_words() {
        let samples = samples();
        assert!(samples.len() > 10);
        let lacking: Vec<&str> = samples
            .iter()
            .map(|(name, _)| event_name(name))
            .filter(|name| words(name).is_none())
            .collect();
        assert!(lacking.is_empty(), "say in src/tell/ what these mean: {lacking:#?}");
    }

    #[test]
    fn no_sentence_uses_a_word_of_the_system_or_says_who_a_place_is_for() {
        for (name, payload) in samples() {
            let told = what(event_name(&name), &serde_json::from_str(&payload).unwrap());
            let lower = told.to_lowercase();
            let said: Vec<_> = UNSAID.iter().filter(|word| lower.contains(**word)).collect();
            assert!(said.is_empty(), "{name}: {told} {said:?}");
            assert!(told.ends_with('.') && !told.contains(['[', '{', '}', ']']), "{name}: {told}");
        }
    }

    #[test]
    fn what_a_payload_adds_is_always_optional() {
        for (name, words) in ALL.into_iter().flatten() {
            let told = say(words, &Value::Null);
            assert!(told.ends_with('.') && !told.contains(['[', '{', '}', ']', '_']), "{name}");
            assert!(!told.contains(" ,") && !told.contains("  "), "{name}: {told}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_is_told_all_the_same() {
        let entry = entry(&record("claim.rained_on.v1", "no json"), Reading::Full, &Names::new());
        assert_eq!(entry.sentence, "1 January 1970 at 01:00. Claim: rained on.");
        assert_eq!((entry.actor, entry.role), (None, None));
    }
}
