//! A link that leads nowhere tells the reader that nobody looks after the page.

use std::path::Path;

use crate::house::{House, Page, obey, root, this_house};

#[test]
fn in_this_house() {
    let root = root();
    obey(&breaches(this_house(), |path| root.join(path).exists()));
}

#[test]
fn and_one_that_leads_nowhere_is_noticed() {
    let text = "[a](../b.md#top) [b](../b.md \"B\") [c](gone.md) [d](https://example.org/x) [e](#here)\n\
                ```\n[f](in_a_listing.md)\n```\n`[g](quoted.md)` ![h](/root.png)\n";
    let house = House::of(&[("docs/a.md", text), ("b.md", "")]);
    let found = breaches(&house, |path| path == Path::new("docs/../b.md"));
    assert_eq!(
        found,
        [
            "docs/a.md:1: the link to gone.md leads nowhere; mend it or remove it",
            "docs/a.md:5: the link to /root.png leads nowhere; mend it or remove it",
        ]
    );
}

fn breaches(house: &House, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for page in house.below("", ".md") {
        for (number, target) in links(page) {
            let path = target.split(['#', ' ']).next().unwrap_or_default();
            let elsewhere = path.contains("://") || path.starts_with("mailto:");
            if !path.is_empty() && !elsewhere && !exists(&Path::new(page.folder()).join(path)) {
                let place = format!("{}:{number}", page.path);
                found.push(format!(
                    "{place}: the link to {path} leads nowhere; mend it or remove it"
                ));
            }
        }
    }
    found
}

/// Every link's target and line, those in listings and in code left out.
fn links(page: &Page) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_listing = false;
    for (number, line) in (1..).zip(page.text.lines()) {
        if line.trim_start().starts_with("```") {
            in_listing = !in_listing;
        }
        if in_listing {
            continue;
        }
        let prose = line.split('`').step_by(2);
        let targets = prose.flat_map(|it| it.split("](").skip(1));
        found.extend(targets.filter_map(|it| Some((number, it.split_once(')')?.0))));
    }
    found
}
