//! Each stored event means the same facts for ever: what is told of every sample ever stored lies in
//! `published/samples/`, under the name of the event. Only for tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eventstore::StreamId;
use eventstore::envelope::StoredEvent;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::publish;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Every sample, by its stored name.
fn stored() -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(folder("samples")).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(&path)))
        .collect()
}

fn event(name: &str, payload: &Value) -> StoredEvent {
    let (kind, _) = name.split_once('.').unwrap();
    StoredEvent {
        position: 1,
        log_id: Uuid::nil(),
        event_id: Uuid::nil(),
        stream: StreamId::new(kind, Uuid::from_u128(99)),
        version: 1,
        event_type: name.to_owned(),
        schema_version: 1,
        payload: payload.to_string(),
        meta: "{}".to_owned(),
        recorded_at: Timestamp::UNIX_EPOCH,
        database_at: Timestamp::UNIX_EPOCH,
        hash_format: 1,
        chain_hash: Vec::new(),
    }
}

/// What others are told of an event: each fact's name with its body.
fn told(name: &str, payload: &Value) -> Value {
    let stored = event(name, payload);
    let today = crate::upcast::upcasters().unwrap().of(&stored).unwrap().into_owned();
    let facts = today.iter().flat_map(|event| publish(event).unwrap());
    let fact = |(name, body): (String, String)| json!({"name": name, "body": serde_json::from_str::<Value>(&body).unwrap()});
    facts.map(fact).collect()
}

#[test]
fn every_event_ever_stored_means_what_it_has_always_meant() {
    let stored = stored();
    assert!(stored.len() > 50, "{}", stored.len());
    for (name, payload) in stored {
        let path = folder("published/samples").join(format!("{name}.json"));
        assert_eq!(told(&name, &payload), read(&path), "{name}");
    }
}

#[test]
fn no_fact_that_names_a_person_says_who_a_place_is_for_or_what_they_said_on_leaving() {
    for (name, payload) in stored() {
        for fact in told(&name, &payload).as_array().unwrap() {
            let body = &fact["body"];
            let about_a_place = ["seat.", "appointment."].iter().any(|it| name.starts_with(it));
            if about_a_place && body.get("person").is_some() {
                for unsaid in ["constituency", "words", "grounds", "exception", "contact"] {
                    assert_eq!(body.get(unsaid), None, "{name}");
                }
            }
        }
    }
}

#[test]
fn an_absence_is_told_only_once_a_human_has_found_that_it_counts() {
    let stored = stored();
    let mut recorded = stored["session.attendance_recorded.v1"].clone();
    recorded["how"] = json!("did_not_attend");
    recorded["minutes"] = json!(0);
    assert_eq!(told("session.attendance_recorded.v1", &recorded), json!([]));
    let mut corrected = stored["session.attendance_corrected.v1"].clone();
    corrected["how"] = json!("did_not_attend");
    corrected["minutes"] = json!(0);
    let facts = told("session.attendance_corrected.v1", &corrected);
    assert_eq!(facts[0]["body"]["how"], "not_known");
    let mut done = stored["session.follow_up_done.v1"].clone();
    for (outcome, how) in [("excused", Value::Null), ("counts", json!("did_not_attend"))] {
        done["outcome"] = json!(outcome);
        let facts = told("session.follow_up_done.v1", &done);
        assert_eq!(facts[0]["body"]["how"], how, "{outcome}");
    }
}

#[test]
fn a_seat_wants_an_opportunity_unless_one_is_under_way_or_its_role_has_ended() {
    let mut vacated = stored()["seat.vacated.v1"].clone();
    let mut wants = |recruiting: Value, why: &str| {
        vacated["recruiting_through"] = recruiting;
        vacated["why"] = json!(why);
        told("seat.vacated.v1", &vacated)[0]["body"]["needs_opportunity"].clone()
    };
    assert_eq!(wants(json!(Uuid::nil()), "term_complete"), false);
    assert_eq!(wants(Value::Null, "role_ended"), false);
    for why in ["term_complete", "resigned", "stepped_down"] {
        assert_eq!(wants(Value::Null, why), true, "{why}");
    }
}
