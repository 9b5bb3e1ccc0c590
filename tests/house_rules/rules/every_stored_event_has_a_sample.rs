//! What was once stored must be readable for ever. Each stored event and each published fact keeps one
//! sample, which its own crate's tests decode; a sample outlives the code that wrote it.

use std::collections::BTreeSet;

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::{strings, variants};

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_one_without_is_noticed() {
    let house = House::of(&[
        (
            "services/a/src/claim/events.rs",
            "enum Event { #[serde(rename = \"claim.paid.v2\")] Paid, #[serde(rename = \"claim.drafted.v1\")] Drafted, Lost }",
        ),
        ("services/a/src/claim/upcast.rs", "fn a() { \"claim.paid.v1\" }"),
        ("services/a/samples/claim.paid.v1.json", "{}"),
        ("services/a/samples/claim.paid.v2.json", "{}"),
        ("services/a/samples/claim.dreamt.v1.json", "{}"),
        ("shared/contracts/src/a.rs", "enum Fact { #[serde(rename = \"claim.paid.v1\")] Paid }"),
        (
            "shared/eventstore/src/view/upkeep/events.rs",
            "enum Event { #[serde(rename = \"view.closed.v1\")] Closed }",
        ),
    ]);
    let found = breaches(&house);
    let expected = [
        "services/a/src/claim/events.rs: 3 events",
        "services/a/samples/claim.drafted.v1.json is missing",
        "services/a/samples/claim.dreamt.v1.json belongs to nothing",
        "shared/eventstore/samples/view.closed.v1.json is missing",
        "shared/contracts/samples/claim.paid.v1.json is missing",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (breach, start) in found.iter().zip(expected) {
        assert!(breach.starts_with(start), "{breach}");
    }
}

fn breaches(house: &House) -> Vec<String> {
    let services: BTreeSet<&str> =
        house.below("services/", ".rs").filter_map(|page| page.path.split('/').nth(1)).collect();
    let mut found: Vec<String> = house
        .below("services/", "/events.rs")
        .filter_map(|page| unnamed(page, "Event"))
        .chain(house.below("shared/contracts/src/", ".rs").filter_map(|page| unnamed(page, "Fact")))
        .collect();
    for service in services {
        let (sources, samples) =
            (format!("services/{service}/src/"), format!("services/{service}/samples/"));
        let named: BTreeSet<&str> = ["/events.rs", "/upcast.rs"]
            .into_iter()
            .flat_map(|ending| {
                house.below(&sources, ending).flat_map(stored_names).collect::<Vec<_>>()
            })
            .collect();
        found.extend(unpaired(house, &named, &samples));
    }
    let of_the_store = house.below("shared/eventstore/src/", "/events.rs");
    found.extend(of_the_store.filter_map(|page| unnamed(page, "Event")));
    let named =
        house.below("shared/eventstore/src/", "/events.rs").flat_map(stored_names).collect();
    found.extend(unpaired(house, &named, "shared/eventstore/samples/"));
    let named = house.below("shared/contracts/src/", ".rs").flat_map(stored_names).collect();
    found.extend(unpaired(house, &named, "shared/contracts/samples/"));
    found
}

/// Every variant says its stored name; one that did not would be stored under its name in code.
fn unnamed(page: &Page, which: &str) -> Option<String> {
    let events = variants(&page.code, which).len();
    let named = page.text.matches("#[serde(rename = \"").count();
    (events > named).then(|| {
        format!(
            "{}: {events} events, but only {named} stored names; write \
             `#[serde(rename = \"noun.verb.v1\")]` at each",
            page.path
        )
    })
}

fn stored_names(page: &Page) -> Vec<&str> {
    strings(&page.text).into_iter().map(|(_, it)| it).filter(|it| is_stored_name(it)).collect()
}

fn is_stored_name(text: &str) -> bool {
    let Some((noun_and_verb, version)) = text.rsplit_once(".v") else { return false };
    noun_and_verb.contains('.')
        && noun_and_verb.chars().all(|it| it.is_ascii_lowercase() || it == '.' || it == '_')
        && version.parse::<u16>().is_ok()
}

fn unpaired(house: &House, named: &BTreeSet<&str>, folder: &str) -> Vec<String> {
    let kept: BTreeSet<&str> = house
        .below(folder, ".json")
        .filter_map(|page| page.path.strip_prefix(folder)?.strip_suffix(".json"))
        .collect();
    let missing = named.difference(&kept).map(|name| {
        format!("{folder}{name}.json is missing: commit one as it is stored, whole, and seal it")
    });
    let orphaned = kept.difference(named).map(|name| {
        format!("{folder}{name}.json belongs to nothing: a stored name is never renamed or removed")
    });
    missing.chain(orphaned).collect()
}
