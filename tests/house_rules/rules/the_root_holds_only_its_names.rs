//! The root is the front door: the four rooms of the house, and the files every project has. A new
//! name there is a decision, not an accident.

use std::collections::BTreeSet;

use crate::house::{House, obey, this_house};

const NAMES: [&str; 11] = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "deploy",
    "services",
    "shared",
    "tests",
];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_stranger_is_noticed() {
    let house =
        House::of(&[("Cargo.toml", ""), (".ci/run", ""), ("docs/a.md", ""), ("docs/b.md", "")]);
    assert_eq!(
        breaches(&house),
        ["docs does not belong at the root: find its place in services, shared, deploy or tests"]
    );
}

fn breaches(house: &House) -> Vec<String> {
    let names: BTreeSet<&str> =
        house.pages.iter().filter_map(|page| page.path.split('/').next()).collect();
    names
        .into_iter()
        .filter(|name| !name.starts_with('.') && !NAMES.contains(name))
        .map(|name| {
            format!(
                "{name} does not belong at the root: find its place in services, shared, deploy or \
                 tests"
            )
        })
        .collect()
}
