//! A name says what a thing does for someone. The words banned here say only that it exists; and what
//! is refused to a person is never called rejected.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::{strings, variants, words};

/// Words that could stand on any file's door.
const EMPTY: [&str; 13] = [
    "common",
    "dto",
    "handler",
    "handlers",
    "helper",
    "helpers",
    "manager",
    "misc",
    "processed",
    "processor",
    "updated",
    "util",
    "utils",
];
/// The words behind which a name is declared.
const DECLARES: [&str; 5] = ["enum", "mod", "struct", "trait", "type"];
/// What people are never told, not even by an identifier.
const UNKIND: [&str; 2] = ["rejected", "rejection"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_banned_name_is_noticed() {
    let house = House::of(&[
        ("services/a/src/utils.rs", ""),
        ("services/a/src/claim.rs", "mod claim_helpers;\nstruct ClaimManager;\nfn processor() {}"),
        ("services/a/src/claim/events.rs", "enum Event { Updated { a: u8 }, Paid }"),
        ("services/a/src/claim/pay.rs", "let rejected = 1;\nlet a = \"Rejected.\";\nfn calm() {}"),
        ("shared/web/src/json.rs", "type Rejection = Problem; use axum::JsonRejection;"),
        (
            "shared/a/src/b.rs",
            "#[cfg(test)]\nmod stories { fn an_updated_row_is_the_common_case() {} }",
        ),
        ("deploy/helpers/readme.md", "helper"),
    ]);
    let found = breaches(&house);
    let expected = [
        "services/a/src/utils.rs: `utils`",
        "services/a/src/claim.rs:1: `claim_helpers`",
        "services/a/src/claim.rs:2: `ClaimManager`",
        "services/a/src/claim.rs:3: `processor`",
        "services/a/src/claim/events.rs: `Updated`",
        "services/a/src/claim/pay.rs:1: `rejected`",
        "services/a/src/claim/pay.rs:2: `Rejected.`",
        "deploy/helpers/readme.md: `helpers`",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (breach, start) in found.iter().zip(expected) {
        assert!(breach.starts_with(start), "{breach}");
    }
}

fn breaches(house: &House) -> Vec<String> {
    house
        .pages
        .iter()
        .flat_map(|page| [in_the_path(page), in_the_code(page), unkind_words(page)].concat())
        .collect()
}

fn in_the_path(page: &Page) -> Vec<String> {
    let parts = page.path.split('/').map(|part| part.split('.').next().unwrap_or_default());
    parts.filter(|part| is_banned(part, &EMPTY)).map(|part| told(&page.path, part)).collect()
}

/// What is declared anywhere; a story's name is a sentence, and may use any word.
fn in_the_code(page: &Page) -> Vec<String> {
    let pairs = words(&page.code).zip(words(&page.code).skip(1));
    let named = pairs
        .filter(|((at, word), _)| {
            DECLARES.contains(word) || (*word == "fn" && !page.is_for_tests(*at))
        })
        .filter(|(_, (_, name))| is_banned(name, &EMPTY))
        .map(|(_, (at, name))| told(&page.at(at), name));
    let events = ["Event", "Fact", "Command"].into_iter().flat_map(|it| variants(&page.code, it));
    let events = events.filter(|it| is_banned(it, &EMPTY)).map(|it| told(&page.path, it));
    named.chain(events).collect()
}

/// Axum calls a request it cannot read a rejection, and only `shared/web` has to know that.
fn unkind_words(page: &Page) -> Vec<String> {
    if !page.is_rust() || !page.text.to_lowercase().contains("reject") {
        return Vec::new();
    }
    let axum_s = |name: &str| page.path.starts_with("shared/web/") && name.ends_with("Rejection");
    let named = words(&page.production)
        .filter(|(_, name)| is_banned(name, &UNKIND) && !axum_s(name))
        .map(|(at, name)| told(&page.at(at), name));
    let texts = strings(&page.text)
        .into_iter()
        .filter(|(at, text)| !page.is_for_tests(*at) && is_banned(text, &UNKIND))
        .map(|(at, text)| told(&page.at(at), text));
    named.chain(texts).collect()
}

fn told(place: &str, name: &str) -> String {
    format!("{place}: `{name}` is a banned name; use the word the people who do the work would use")
}

fn is_banned(name: &str, banned: &[&str]) -> bool {
    let mut spaced = String::new();
    for character in name.chars() {
        if character.is_uppercase() || !character.is_alphanumeric() {
            spaced.push(' ');
        }
        spaced.extend(character.to_lowercase());
    }
    spaced.split(|it: char| !it.is_alphanumeric()).any(|word| banned.contains(&word))
}
