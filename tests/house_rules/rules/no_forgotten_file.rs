//! A file that nothing declares is never compiled, and rots; a loose file in a `tests` folder is
//! compiled all too readily, as one more binary to link. Each package has one test binary at most.

use std::collections::BTreeSet;

use crate::house::{House, Page, obey, this_house};
use crate::packages::{Package, packages};
use crate::rust_text::declared_modules;

#[test]
fn in_this_house() {
    obey(&breaches(this_house(), &packages()));
}

#[test]
fn and_one_that_is_forgotten_is_noticed() {
    let house = House::of(&[
        ("shared/a/src/lib.rs", "mod kept;"),
        ("shared/a/src/kept.rs", "mod inner;"),
        ("shared/a/src/kept/inner.rs", ""),
        ("shared/a/src/forgotten.rs", ""),
        ("shared/a/tests/loose.rs", ""),
        ("shared/a/tests/store/main.rs", "mod order;"),
        ("shared/a/tests/store/order.rs", ""),
        ("shared/a/tests/store/rights.rs", ""),
    ]);
    let binaries =
        ["shared/a/src/lib.rs", "shared/a/tests/store/main.rs", "shared/a/tests/loose.rs"];
    let package = Package {
        roots: binaries.map(str::to_owned).to_vec(),
        test_binaries: ["loose", "store"].map(str::to_owned).to_vec(),
        ..Package::made_up("shared/a", &[])
    };
    assert_eq!(
        breaches(&house, &[package]),
        [
            "shared/a has 2 test binaries (loose, store): make them modules of one",
            "shared/a/tests/loose.rs lies loose: move it into the folder of the test binary, and \
             declare it in its main.rs",
            "shared/a/src/forgotten.rs is never compiled: declare it where it belongs, or remove it",
            "shared/a/tests/store/rights.rs is never compiled: declare it where it belongs, or \
             remove it",
        ]
    );
}

fn breaches(house: &House, packages: &[Package]) -> Vec<String> {
    let roots: BTreeSet<&String> = packages.iter().flat_map(|it| &it.roots).collect();
    let crowded = packages.iter().filter(|it| it.test_binaries.len() > 1).map(|it| {
        let (folder, names) = (&it.folder, &it.test_binaries);
        format!(
            "{folder} has {} test binaries ({}): make them modules of one",
            names.len(),
            names.join(", ")
        )
    });
    let loose = house.rust().filter(|page| page.folder().ends_with("/tests")).map(|page| {
        format!(
            "{} lies loose: move it into the folder of the test binary, and declare it in its \
             main.rs",
            page.path
        )
    });
    let undeclared = house
        .rust()
        .filter(|page| !roots.contains(&page.path) && !is_declared(house, page))
        .map(|page| {
            format!("{} is never compiled: declare it where it belongs, or remove it", page.path)
        });
    crowded.chain(loose).chain(undeclared).collect()
}

fn is_declared(house: &House, page: &Page) -> bool {
    house
        .rust()
        .filter(|parent| parent.path != page.path && parent.folder_of_modules() == page.folder())
        .any(|parent| declared_modules(&parent.code).any(|name| name == page.stem()))
}
