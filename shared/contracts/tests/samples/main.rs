//! Each sample is a fact that may still lie in a stream or in somebody's inbox. The contract reads
//! every one of them, for ever, and writes it as it stands.

use std::fs;
use std::io;
use std::path::Path;

use contracts::fact::{Unreadable, read, write};
use contracts::{notifications, opportunities, recruitment, reimbursements};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

type Rewrite = fn(&str, &str) -> Result<(String, String), Unreadable>;

/// Every publisher's contract. A new publisher adds its line.
const PUBLISHERS: [Rewrite; 4] = [
    rewrite::<notifications::Fact>,
    rewrite::<opportunities::Fact>,
    rewrite::<recruitment::Fact>,
    rewrite::<reimbursements::Fact>,
];

fn rewrite<F: Serialize + DeserializeOwned>(
    name: &str,
    body: &str,
) -> Result<(String, String), Unreadable> {
    write(&read::<F>(name, body)?)
}

/// Names and bodies.
fn samples() -> io::Result<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        found.push((name.unwrap_or_default(), fs::read_to_string(&path)?));
    }
    Ok(found)
}

#[test]
fn every_sample_is_read_by_one_contract_and_written_as_it_stands() {
    let samples = samples().unwrap();
    assert!(!samples.is_empty());
    for (name, body) in samples {
        let (read, unread): (Vec<_>, Vec<_>) =
            PUBLISHERS.iter().map(|rewrite| rewrite(&name, &body)).partition(Result::is_ok);
        assert_eq!(read.len(), 1, "{name} is for one contract to read; the others say {unread:?}");
        for (name_now, body_now) in read.into_iter().flatten() {
            let now: Value = serde_json::from_str(&body_now).unwrap();
            let then: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((name_now, now), (name.clone(), then));
        }
    }
}

#[test]
fn a_fact_from_a_newer_publisher_is_read_without_what_is_new() {
    for (name, body) in samples().unwrap() {
        let newer = with_news(serde_json::from_str(&body).unwrap()).to_string();
        let read_again = PUBLISHERS.iter().any(|rewrite| rewrite(&name, &newer).is_ok());
        assert!(read_again, "{name} stumbles over a field it does not know");
    }
}

/// The same, with a field that no contract knows in each of its objects.
fn with_news(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let told = fields.into_iter().map(|(name, value)| (name, with_news(value)));
            told.chain([("told_since_2028".to_owned(), Value::Bool(true))]).collect()
        }
        Value::Array(values) => values.into_iter().map(with_news).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[test]
fn a_body_under_anothers_name_is_no_fact() {
    for (_, body) in samples().unwrap() {
        for name in ["opportunity.dreamt.v1", "Opened"] {
            assert!(PUBLISHERS.iter().all(|rewrite| rewrite(name, &body).is_err()));
        }
    }
}
