//! The test kit lends throwaway servers, a test clock and made-up people; none of it may be reachable
//! from a release build.

use crate::house::obey;
use crate::packages::{Package, packages};

#[test]
fn in_this_house() {
    obey(&breaches(&packages()));
}

#[test]
fn and_one_that_ships_it_is_noticed() {
    let found = breaches(&[
        Package::made_up("services/recruitment", &["testkit"]),
        Package::made_up("services/audit", &["testkit (tests)"]),
    ]);
    assert_eq!(
        found,
        ["services/recruitment ships the testkit: move it to [dev-dependencies] in its Cargo.toml"]
    );
}

fn breaches(packages: &[Package]) -> Vec<String> {
    let ships =
        |it: &&Package| it.dependencies.iter().any(|it| it.name == "testkit" && !it.for_tests);
    packages
        .iter()
        .filter(ships)
        .map(|it| {
            format!(
                "{} ships the testkit: move it to [dev-dependencies] in its Cargo.toml",
                it.folder
            )
        })
        .collect()
}
