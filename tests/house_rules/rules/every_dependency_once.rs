//! Every version and feature is said once, in the workspace manifest, so that one crate and the
//! whole workspace resolve alike; and every member lives under the workspace's lints.

use crate::house::{House, Page, obey, this_house};

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_version_of_its_own_is_noticed() {
    let manifest = "[package]\nname = \"a\"\n\n[dependencies]\nserde.workspace = true\n\
                    jiff = \"0.2\"\n\n[target.'cfg(unix)'.dev-dependencies]\n\
                    uuid = { workspace = true, features = [\"v4\"] }\n\n[dependencies.sqlx]\n\
                    workspace = true\n";
    let house = House::of(&[
        ("Cargo.toml", "[dependencies]\na = \"1\""),
        ("shared/a/Cargo.toml", manifest),
    ]);
    let found = breaches(&house);
    let expected =
        ["shared/a/Cargo.toml:6", "shared/a/Cargo.toml:9", "shared/a/Cargo.toml:11", "[lints]"];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (breach, place) in found.iter().zip(expected) {
        assert!(breach.contains(place), "{breach}");
    }
}

fn breaches(house: &House) -> Vec<String> {
    house.below("", "/Cargo.toml").flat_map(of_one).collect()
}

fn of_one(page: &Page) -> Vec<String> {
    let path = &page.path;
    let mut found = Vec::new();
    let mut among_dependencies = false;
    for (number, line) in (1..).zip(page.text.lines().map(str::trim)) {
        if line.starts_with('[') {
            among_dependencies = line.trim_end_matches(']').ends_with("dependencies");
            if line.contains("dependencies.") {
                found.push(format!(
                    "{path}:{number}: write it as one line, `name.workspace = true`"
                ));
            }
        } else if among_dependencies
            && !line.is_empty()
            && !line.starts_with('#')
            && !line.ends_with(".workspace = true")
        {
            found.push(format!(
                "{path}:{number}: write `name.workspace = true`; the version and the features \
                 belong in the workspace manifest"
            ));
        }
    }
    if !page.text.contains("[lints]\nworkspace = true") {
        found.push(format!("{path}: add `[lints]` with `workspace = true`"));
    }
    found
}
