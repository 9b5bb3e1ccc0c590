//! A room decides from what it is handed: it reaches no database, network, file, environment, clock,
//! chance or vault, in its stories neither, so that every rule can be tried in a microsecond. The one
//! exception: the stories of `events.rs` read the samples from their folder.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::{block, in_word, words};

/// Crates a room has no business with.
const CRATES: [&str; 14] = [
    "async_nats",
    "aws_lc_rs",
    "axum",
    "boot",
    "jsonwebtoken",
    "lettre",
    "messaging",
    "rand",
    "reqwest",
    "servers",
    "sqlx",
    "tokio",
    "vault",
    "web",
];
/// Parts of the standard library that reach outside.
const STD: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];
/// Where time and chance would come from.
const CALLS: [&str; 6] =
    ["Instant::now", "SystemTime", "Timestamp::now", "Uuid::new_v4", "Uuid::now_v7", "Zoned::now"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_room_that_reaches_out_is_noticed() {
    let house = House::of(&[
        ("services/a/src/claim.rs", "impl Aggregate for Claim {}\nuse sqlx::PgPool;\n// tokio::x"),
        ("services/a/src/claim/pay.rs", "use std::{collections::BTreeMap, env};\nlet web = 1;"),
        (
            "services/a/src/claim/draft.rs",
            "#[cfg(test)]\nmod stories { fn a() { Timestamp::now() } }",
        ),
        ("services/a/src/claim/approve.rs", "fn a() { std::fs::read(x); crate::claim::web::a() }"),
        (
            "services/a/src/claim/events.rs",
            "#[cfg(test)]\nmod stories { fn a() { std::fs::read(b) } }",
        ),
        ("services/a/src/api.rs", "use axum::Router;"),
    ]);
    let found = breaches(&house);
    let expected = [
        "services/a/src/claim.rs:2: `sqlx`",
        "services/a/src/claim/pay.rs:1: `std::env`",
        "services/a/src/claim/draft.rs:2: `Timestamp::now`",
        "services/a/src/claim/approve.rs:1: `std::fs`",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (breach, start) in found.iter().zip(expected) {
        assert!(breach.starts_with(start), "{breach}");
    }
}

fn breaches(house: &House) -> Vec<String> {
    house.rooms().flat_map(|room| house.files_of(room)).flat_map(of_one).collect()
}

fn of_one(page: &Page) -> Vec<String> {
    let crates = CRATES.iter().flat_map(|name| crate_uses(&page.code, name));
    let reads_samples = |(at, what): &(usize, String)| {
        what == "std::fs" && page.stem() == "events" && page.is_for_tests(*at)
    };
    let std = std_uses(&page.code).into_iter().filter(|it| !reads_samples(it));
    let calls = CALLS
        .iter()
        .flat_map(|call| page.code.match_indices(call).map(|(at, it)| (at, it.to_owned())));
    crates
        .chain(std)
        .chain(calls)
        .map(|(at, what)| {
            format!(
                "{}: `{what}` in a room; bring what it would find in the command or its occasion",
                page.at(at)
            )
        })
        .collect()
}

/// The crate at the head of a path, or in an attribute of its own.
fn crate_uses(code: &str, name: &str) -> Vec<(usize, String)> {
    let heads = words(code).filter(|(at, word)| {
        let before = code.get(..*at).unwrap_or_default();
        let after = code.get(at + word.len()..).unwrap_or_default();
        *word == name
            && !before.ends_with("::")
            && (after.starts_with("::") || before.ends_with("#[") || before.ends_with("use "))
    });
    heads.map(|(at, word)| (at, word.to_owned())).collect()
}

fn std_uses(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, path) in code.match_indices("std::") {
        let rest = code.get(at + path.len()..).unwrap_or_default();
        let parts: Vec<&str> = if rest.starts_with('{') {
            block(rest, 0).map(|(_, inside)| inside.split(',').collect()).unwrap_or_default()
        } else {
            vec![rest]
        };
        for part in parts {
            let head = part.trim().split(|it| !in_word(it)).next().unwrap_or_default();
            if STD.contains(&head) {
                found.push((at, format!("std::{head}")));
            }
        }
    }
    found
}
