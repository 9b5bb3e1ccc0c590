//! A refusal is a rule of the business. One that no story runs into is a rule nobody has seen hold.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::{in_word, variants};

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_one_without_is_noticed() {
    let house = House::of(&[
        (
            "services/a/src/claim.rs",
            "impl Aggregate for Claim {}\nmod refusals;\n#[cfg(test)] mod samples;",
        ),
        (
            "services/a/src/claim/refusals.rs",
            "enum Refusal { #[error(\"x, y\")] Closed, Late { by: u8 }, LateAgain, Full }\n\
             #[cfg(test)] mod stories { fn a() { Refusal::Full } }",
        ),
        (
            "services/a/src/claim/submit.rs",
            "fn a() { Refusal::Full }\n#[cfg(test)] mod stories { Refusal::LateAgain }",
        ),
        ("services/a/src/claim/samples.rs", "fn a() { Refusal::Closed }"),
    ]);
    let found = breaches(&house);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|breach| breach.contains("Refusal::Late has no story")));
    assert!(found.iter().any(|breach| breach.contains("Refusal::Full has no story")));
}

fn breaches(house: &House) -> Vec<String> {
    house.rooms().flat_map(|room| of_one(house, room)).collect()
}

fn of_one(house: &House, room: &Page) -> Vec<String> {
    let (refusals, others): (Vec<&Page>, Vec<&Page>) =
        house.files_of(room).partition(|page| page.stem() == "refusals");
    let mut found = Vec::new();
    for page in refusals {
        for variant in variants(&page.code, "Refusal") {
            if !others.iter().any(|other| is_told(&other.stories, variant)) {
                found.push(format!(
                    "{}: Refusal::{variant} has no story; tell one in the file of the command it \
                     refuses, or remove the rule",
                    page.path
                ));
            }
        }
    }
    found
}

fn is_told(stories: &str, variant: &str) -> bool {
    let written = format!("Refusal::{variant}");
    stories
        .match_indices(&written)
        .any(|(at, _)| !stories.get(at + written.len()..).is_some_and(|it| it.starts_with(in_word)))
}
