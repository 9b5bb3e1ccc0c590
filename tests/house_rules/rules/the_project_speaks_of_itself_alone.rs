//! What stands in the repository holds on every machine: no file knows where its writer's checkout or
//! home lay.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::in_word;

/// Folders of somebody's machine, put together here so that this file does not name them.
const SOMEBODYS: [&str; 4] = ["work", "root", "home", "Users"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_path_of_somebodys_machine_is_noticed() {
    let [work, root, home, _] = SOMEBODYS.map(|folder| format!("/{folder}/"));
    let text = format!(
        "see {work}main\nhttps://example.org{work}with-us\n\"{home}ana\" ~{root}\n/v1{work}{{id}}"
    );
    let found = breaches(&House::of(&[("docs/a.md", &text)]));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|breach| breach.starts_with("docs/a.md:1:")));
    assert!(found.iter().any(|breach| breach.starts_with("docs/a.md:3:")));
}

fn breaches(house: &House) -> Vec<String> {
    house.pages.iter().flat_map(of_one).collect()
}

fn of_one(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for path in SOMEBODYS.map(|folder| format!("/{folder}/")) {
        for (at, _) in page.text.match_indices(&path) {
            let before = page.text.get(..at).unwrap_or_default();
            let after = page.text.get(at + path.len()..).unwrap_or_default();
            let begins_here = !before.ends_with(|it: char| in_word(it) || "./-~}$".contains(it));
            if begins_here && after.starts_with(in_word) {
                let place = page.at(at);
                found.push(format!(
                    "{place}: {path} lies on somebody's machine; say it relative to the root"
                ));
            }
        }
    }
    found
}
