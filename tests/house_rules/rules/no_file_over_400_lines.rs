//! Whoever opens a file should be able to hold it in their head.

use crate::house::{House, is_named, obey, this_house};

const LINES_MAX: usize = 400;
const KINDS: [&str; 8] = ["css", "html", "js", "py", "rs", "sh", "sql", "toml"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_longer_one_is_noticed() {
    let (long, longest_allowed) = ("\n".repeat(401), "\n".repeat(400));
    let house = House::of(&[("a.rs", &long), ("b.rs", &longest_allowed), ("Cargo.lock", &long)]);
    assert_eq!(breaches(&house), ["a.rs has 401 lines: find the seam, and make it two files"]);
}

fn breaches(house: &House) -> Vec<String> {
    house
        .pages
        .iter()
        .filter(|page| KINDS.iter().any(|kind| is_named(&page.path, kind)))
        .map(|page| (&page.path, page.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| {
            format!("{path} has {lines} lines: find the seam, and make it two files")
        })
        .collect()
}
