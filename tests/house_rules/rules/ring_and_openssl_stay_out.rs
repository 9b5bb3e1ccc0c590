//! All cryptography comes from aws-lc-rs. A second implementation would be one more thing to patch in
//! a hurry, so none may slip in behind a feature of some dependency.

use std::process::Command;

use crate::house::{obey, root, this_house};

const OUT: [&str; 4] = ["ring", "openssl", "openssl-sys", "native-tls"];

#[test]
fn in_this_house() {
    // Not --offline: right after a clone, cargo may still have manifests to fetch.
    let listing = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&listing.stderr);
    assert!(listing.status.success(), "`cargo tree` does not answer: {complaint}");
    obey(&breaches(&String::from_utf8_lossy(&listing.stdout)));
}

#[test]
fn and_one_that_slips_in_is_noticed() {
    let found =
        breaches("rustls v0.23.46\nring v0.17.14\nopenssl-probe v0.2.2\nring v0.17.14 (*)\n");
    assert_eq!(
        found,
        ["ring is linked: `cargo tree -i ring` shows by whom; switch that feature to aws-lc-rs"]
    );
}

#[test]
fn and_cargo_deny_is_told_the_same() {
    let told = this_house().page(".deny.toml").map_or("", |page| &page.text);
    for name in OUT {
        let line = format!("{{ crate = \"{name}\"");
        assert!(told.contains(&line), ".deny.toml does not ban {name}: add it to [bans]");
    }
}

fn breaches(tree: &str) -> Vec<String> {
    let linked = |name: &&&str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    OUT.iter()
        .filter(linked)
        .map(|name| {
            format!(
                "{name} is linked: `cargo tree -i {name}` shows by whom; switch that feature to \
                 aws-lc-rs"
            )
        })
        .collect()
}
