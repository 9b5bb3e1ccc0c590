//! No service imports another, and nothing shared knows a service: services meet in `contracts`.
//! Each shared crate leans only on the rungs below it.

use crate::house::obey;
use crate::packages::{Package, packages};

/// The ladder: each shared crate, and on which others it may lean.
const LADDER: [(&str, &[&str]); 8] = [
    ("contracts", &[]),
    ("servers", &[]),
    ("eventstore", &["contracts"]),
    ("vault", &["contracts"]),
    ("messaging", &["contracts", "eventstore"]),
    ("web", &["contracts", "eventstore"]),
    ("boot", &["contracts", "eventstore", "messaging", "vault", "web"]),
    ("testkit", &["boot", "contracts", "eventstore", "messaging", "servers", "vault", "web"]),
];

/// On which shared crates a service may lean.
const FOR_SERVICES: [&str; 6] = ["boot", "contracts", "eventstore", "messaging", "vault", "web"];

#[test]
fn in_this_house() {
    obey(&breaches(&packages()));
}

#[test]
fn and_each_step_off_the_ladder_is_noticed() {
    let found = breaches(&[
        Package::made_up("services/recruitment", &["opportunities", "contracts", "serde"]),
        Package::made_up("services/opportunities", &["recruitment (tests)", "testkit (tests)"]),
        Package::made_up("shared/contracts", &["eventstore"]),
        Package::made_up("shared/eventstore", &["opportunities (tests)", "boot (tests)"]),
        Package::made_up("shared/boot", &["servers", "web"]),
        Package::made_up("shared/servers", &[]),
        Package::made_up("shared/toolbox", &[]),
        Package::made_up("shared/web", &["contracts"]),
        Package::made_up("shared/testkit", &["eventstore"]),
        Package::made_up("deploy/local", &["recruitment", "opportunities", "servers"]),
        Package::made_up("tests/house_rules", &["contracts (tests)"]),
    ]);
    let expected = [
        ("services/recruitment", "opportunities"),
        ("services/opportunities", "recruitment"),
        ("shared/contracts", "eventstore"),
        ("shared/eventstore", "opportunities"),
        ("shared/boot", "servers"),
        ("shared/toolbox", "the ladder"),
        ("tests/house_rules", "contracts"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (breach, (folder, word)) in found.iter().zip(expected) {
        assert!(breach.starts_with(folder) && breach.contains(word), "{breach}");
    }
}

fn breaches(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(|package| of_one(package, packages)).collect()
}

fn of_one(package: &Package, all: &[Package]) -> Vec<String> {
    let folder = &package.folder;
    let is_service = |it: &Package| it.folder.starts_with("services/");
    let rungs: &[&str] = if is_service(package) {
        &FOR_SERVICES
    } else if folder.starts_with("shared/") {
        let Some((_, rungs)) = LADDER.iter().find(|(name, _)| *name == package.name) else {
            return vec![format!(
                "{folder}: a new shared crate needs a decision record, and its rung on the ladder \
                 in services_meet_only_in_contracts.rs"
            )];
        };
        rungs
    } else if folder.starts_with("deploy/") {
        return Vec::new();
    } else {
        &[]
    };
    let is_below = |it: &Package| rungs.contains(&it.name.as_str());
    // A shared crate's tests may lean on what stands above it; the rules of the house never do.
    let is_lent = |it: &Package| it.folder.starts_with("shared/") && !folder.starts_with("tests/");
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let Some(ours) = all.iter().find(|it| it.name == dependency.name) else { continue };
        if is_service(ours) {
            found.push(format!(
                "{folder} depends on the service {}: put what both need to know into \
                 shared/contracts as a fact, and hear it",
                ours.name
            ));
        } else if !(is_below(ours) || dependency.for_tests && is_lent(ours)) {
            found.push(format!(
                "{folder} depends on {}, which does not stand below it: move what is needed down \
                 the ladder, or record why the ladder changes",
                ours.name
            ));
        }
    }
    found
}
