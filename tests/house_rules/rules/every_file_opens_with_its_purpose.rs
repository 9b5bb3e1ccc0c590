//! The first line of a file is its welcome: what this place is for, and what it must never do.

use crate::house::{House, Page, obey, this_house};

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_one_that_does_not_is_noticed() {
    let house = House::of(&[
        ("a.rs", "//! What it is for.\nfn a() {}"),
        ("b.rs", "use a;"),
        ("c.sql", "-- Why.\nselect 1;"),
        ("d.sql", "select 1; -- why"),
        ("e.sh", "#!/bin/sh\n# Why.\n"),
        ("f.sh", "#!/bin/sh\ntrue\n"),
        ("g.json", "{}"),
    ]);
    let files: Vec<String> =
        breaches(&house).iter().filter_map(|it| it.get(..5).map(str::to_owned)).collect();
    assert_eq!(files, ["b.rs ", "d.sql", "f.sh "]);
}

fn breaches(house: &House) -> Vec<String> {
    house.pages.iter().filter_map(of_one).collect()
}

fn of_one(page: &Page) -> Option<String> {
    let (marks, line) = match page.path.rsplit('.').next() {
        Some("rs") => ("//! ", page.text.lines().next()),
        Some("sql") => ("-- ", page.text.lines().next()),
        Some("sh") => ("# ", page.text.lines().nth(1)),
        Some(_) | None => return None,
    };
    let is_told = line.is_some_and(|it| it.starts_with(marks));
    (!is_told)
        .then(|| format!("{} does not open with its purpose: begin with `{marks}…`", page.path))
}
