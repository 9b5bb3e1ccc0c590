//! The packages of the workspace as cargo knows them. Asks cargo for names, folders and
//! dependencies only, so nothing needs to be downloaded or built.

use std::process::Command;

use serde_json::Value;

use crate::house::root;

/// A member of the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Its folder, from the root.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// The first file of each of its targets, from the root.
    pub(crate) roots: Vec<String>,
    /// The names of its integration test binaries.
    pub(crate) test_binaries: Vec<String>,
}

/// What a member depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Whether only its tests do.
    pub(crate) for_tests: bool,
}

impl Package {
    /// A made-up member; a dependency's name may end in ` (tests)`.
    pub(crate) fn made_up(folder: &str, dependencies: &[&str]) -> Self {
        let dependency = |written: &&str| match written.strip_suffix(" (tests)") {
            Some(name) => Dependency { name: name.to_owned(), for_tests: true },
            None => Dependency { name: (*written).to_owned(), for_tests: false },
        };
        Self {
            name: folder.rsplit('/').next().unwrap_or_default().to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
            ..Self::default()
        }
    }
}

/// Every member of this workspace.
pub(crate) fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output();
    let metadata = output.ok().and_then(|it| serde_json::from_slice::<Value>(&it.stdout).ok());
    let members = metadata.as_ref().map(read).unwrap_or_default();
    assert!(!members.is_empty(), "`cargo metadata` does not answer; does Cargo.toml parse?");
    members
}

fn read(metadata: &Value) -> Vec<Package> {
    let root = format!("{}/", text(metadata, "workspace_root"));
    let from_root = |path: &str| path.strip_prefix(&root).unwrap_or(path).to_owned();
    let package = |it: &Value| {
        let tests =
            list(it, "targets").filter(|target| list(target, "kind").any(|it| it == "test"));
        Package {
            name: text(it, "name").to_owned(),
            folder: from_root(text(it, "manifest_path").trim_end_matches("/Cargo.toml")),
            dependencies: list(it, "dependencies").map(dependency).collect(),
            roots: list(it, "targets").map(|target| from_root(text(target, "src_path"))).collect(),
            test_binaries: tests.map(|target| text(target, "name").to_owned()).collect(),
        }
    };
    list(metadata, "packages").map(package).collect()
}

fn dependency(it: &Value) -> Dependency {
    Dependency { name: text(it, "name").to_owned(), for_tests: text(it, "kind") == "dev" }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[test]
fn this_workspace_is_read_as_it_stands() {
    let packages = packages();
    let rules = packages.iter().find(|it| it.folder == "tests/house_rules").unwrap();
    assert_eq!(rules.name, "house_rules");
    assert_eq!(rules.test_binaries, ["house_rules"]);
    assert!(rules.roots.contains(&"tests/house_rules/rules/main.rs".to_owned()));
    assert!(rules.dependencies.iter().all(|it| it.for_tests));
    assert!(rules.dependencies.iter().any(|it| it.name == "serde_json"));
}
