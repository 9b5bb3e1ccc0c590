//! The seals: `sealed.txt` lists the SHA-256 of every sample and migration, in the form that
//! `sha256sum --check` reads. Lines are only ever added, which `SEAL=1 cargo test -p house_rules` does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use aws_lc_rs::digest;

use crate::house::{House, Page, is_named, obey, root};

const LIST: &str = "tests/house_rules/sealed.txt";

/// What has changed or vanished although it was sealed.
pub(crate) fn broken(house: &House, is_kept: fn(&str) -> bool, remedy: &str) -> Vec<String> {
    let sealed = seals(house);
    let kept = sealed.iter().filter(|(path, _)| is_kept(path));
    let complaints = kept.filter_map(|(path, seal)| match house.page(path) {
        Some(page) if seal_of(page) == *seal => None,
        Some(_) => Some(format!("{path} has changed: put it back as it was, and {remedy}")),
        None => Some(format!("{path} has vanished: put it back as it was, and {remedy}")),
    });
    complaints.collect()
}

/// The lines that `sealed.txt` lacks.
pub(crate) fn lacking(house: &House, is_kept: fn(&str) -> bool) -> Vec<String> {
    let sealed = seals(house);
    let unsealed =
        house.pages.iter().filter(|page| is_kept(&page.path) && !sealed.contains_key(&*page.path));
    unsealed.map(|page| format!("{}  {}", seal_of(page), page.path)).collect()
}

/// Fails with what is broken and with what is lacking; adds what is lacking instead if it was asked
/// to by `SEAL=1`.
pub(crate) fn obey_seals(house: &House, is_kept: fn(&str) -> bool, remedy: &str) {
    let mut complaints = broken(house, is_kept, remedy);
    let lines = lacking(house, is_kept);
    if is_asked_to_seal() {
        assert!(add(&lines).is_ok(), "{LIST} cannot be written");
    } else if !lines.is_empty() {
        complaints.push(format!(
            "not sealed yet; run `SEAL=1 cargo test -p house_rules`, or add to {LIST}:\n{}",
            lines.join("\n")
        ));
    }
    obey(&complaints);
}

#[expect(clippy::disallowed_methods, reason = "a person's wish for this one run, no configuration")]
fn is_asked_to_seal() -> bool {
    std::env::var("SEAL").is_ok_and(|it| it == "1")
}

fn add(lines: &[String]) -> std::io::Result<()> {
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let mut list = OpenOptions::new().create(true).append(true).open(root().join(LIST))?;
    list.write_all(text.as_bytes())
}

/// Path to seal. Where a path is listed twice, the first line holds.
fn seals(house: &House) -> BTreeMap<&str, &str> {
    let list = house.page(LIST).map_or("", |page| &page.text);
    let entries = list.lines().rev().filter_map(|line| line.split_once("  "));
    entries.map(|(seal, path)| (path, seal)).collect()
}

fn seal_of(page: &Page) -> String {
    let mut seal = String::new();
    for byte in digest::digest(&digest::SHA256, page.text.as_bytes()).as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(seal, "{byte:02x}");
    }
    seal
}

#[test]
fn a_seal_is_what_sha256sum_says() {
    let house = House::of(&[("a.sql", "abc")]);
    let seals: Vec<String> = house.pages.iter().map(seal_of).collect();
    assert_eq!(seals, ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]);
}

#[test]
fn what_changed_vanished_or_waits_is_noticed() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let listed = format!(
        "{abc}  kept.sql\n{abc}  changed.sql\n{abc}  gone.sql\n{abc}  other.json\n0  kept.sql\n"
    );
    let house = House::of(&[
        (LIST, &listed),
        ("kept.sql", "abc"),
        ("changed.sql", "abd"),
        ("new.sql", "abc"),
    ]);
    let is_kept = |path: &str| is_named(path, "sql");
    let broken = broken(&house, is_kept, "write a new one");
    assert_eq!(
        broken,
        [
            "changed.sql has changed: put it back as it was, and write a new one",
            "gone.sql has vanished: put it back as it was, and write a new one",
        ]
    );
    assert_eq!(lacking(&house, is_kept), [format!("{abc}  new.sql")]);
}
