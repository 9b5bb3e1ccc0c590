//! The house as the rules see it: every file of the checkout as text, with the parts of a Rust file
//! that only tests reach told apart from the rest. Nothing here knows a rule.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::rust_text;

/// Left alone at the root when the checkout is walked without git.
const NOT_OURS: [&str; 3] = [".git", "target", ".involvement"];

/// This checkout, read once.
static HOUSE: LazyLock<House> = LazyLock::new(House::read);

/// This checkout.
pub(crate) fn this_house() -> &'static House {
    &HOUSE
}

/// Where the checkout lies.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Fails with every breach, each on a line of its own.
pub(crate) fn obey(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n\n{}\n", breaches.join("\n"));
}

/// A file, with its path from the root.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) text: String,
    /// A Rust file's text with comments and literals blanked; empty for any other file.
    pub(crate) code: String,
    /// The code without what only tests reach.
    pub(crate) production: String,
    /// The code that only tests reach.
    pub(crate) stories: String,
    for_tests: Vec<Range<usize>>,
}

impl Page {
    fn new(path: &str, text: &str) -> Self {
        let code = if is_named(path, "rs") { rust_text::code(text) } else { String::new() };
        let for_tests = rust_text::parts_for_tests(&code);
        let mut page = Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            production: String::new(),
            stories: String::new(),
            for_tests: Vec::new(),
        };
        page.part(for_tests);
        page
    }

    fn part(&mut self, for_tests: Vec<Range<usize>>) {
        self.for_tests = for_tests;
        self.production = rust_text::blank(&self.code, |at| self.is_for_tests(at));
        self.stories = rust_text::blank(&self.code, |at| !self.is_for_tests(at));
    }

    /// Whether only tests reach what stands there.
    pub(crate) fn is_for_tests(&self, offset: usize) -> bool {
        self.for_tests.iter().any(|part| part.contains(&offset))
    }

    pub(crate) fn is_rust(&self) -> bool {
        is_named(&self.path, "rs")
    }

    /// The file's name without folders and ending.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The folder it lies in; empty at the root.
    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Where its own modules lie.
    pub(crate) fn folder_of_modules(&self) -> String {
        match self.stem() {
            "lib" | "main" => self.folder().to_owned(),
            stem => format!("{}/{stem}", self.folder()),
        }
    }

    /// `path:line` of a place in the text.
    pub(crate) fn at(&self, offset: usize) -> String {
        let line = 1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        format!("{}:{line}", self.path)
    }
}

/// Whether a file's name ends so.
pub(crate) fn is_named(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, it)| it == ending)
}

/// Every text file of a checkout.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) pages: Vec<Page>,
}

impl House {
    /// A made-up house, for showing that a breach is noticed.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut house =
            Self { pages: files.iter().map(|(path, text)| Page::new(path, text)).collect() };
        house.note_test_modules();
        house
    }

    fn read() -> Self {
        let root = root();
        let paths = listed_by_git(&root).unwrap_or_else(|| walked(&root, ""));
        // What was deleted but is still listed, and what is no text, is nobody's concern here.
        let texts = paths.iter().filter_map(|path| {
            fs::read_to_string(root.join(path)).ok().map(|text| (path.as_str(), text))
        });
        let mut house = Self { pages: texts.map(|(path, text)| Page::new(path, &text)).collect() };
        house.note_test_modules();
        house
    }

    /// A file below a `tests` folder, and a module declared for tests alone, belong to tests whole.
    fn note_test_modules(&mut self) {
        let declared: Vec<String> = self.pages.iter().flat_map(modules_for_tests_alone).collect();
        for page in self.pages.iter_mut().filter(|page| page.is_rust()) {
            let below_tests = page.path.split('/').any(|folder| folder == "tests");
            let declared_so = declared.iter().any(|module| {
                page.path.strip_prefix(module).is_some_and(|it| it == ".rs" || it.starts_with('/'))
            });
            if below_tests || declared_so || page.code.contains("#![cfg(test)]") {
                let whole = 0..page.text.len();
                page.part(Vec::from([whole]));
            }
        }
    }

    pub(crate) fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = &Page> {
        self.pages.iter().filter(|page| page.is_rust())
    }

    /// The files whose paths start and end so.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
        ending: &'a str,
    ) -> impl Iterator<Item = &'a Page> {
        self.pages
            .iter()
            .filter(move |page| page.path.starts_with(folder) && page.path.ends_with(ending))
    }

    /// The rooms: a service's files that hold an aggregate.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &Page> {
        self.below("services/", ".rs").filter(|page| page.code.contains("impl Aggregate for"))
    }

    /// Every file of a room: its own, and those of its folder.
    pub(crate) fn files_of<'a>(&'a self, room: &'a Page) -> impl Iterator<Item = &'a Page> {
        let folder = format!("{}/", room.folder_of_modules());
        self.rust().filter(move |page| page.path == room.path || page.path.starts_with(&folder))
    }
}

fn modules_for_tests_alone(page: &Page) -> Vec<String> {
    let folder = page.folder_of_modules();
    rust_text::declared_modules(&page.stories).map(|name| format!("{folder}/{name}")).collect()
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let listing = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|listing| listing.status.success())?;
    let names = String::from_utf8(listing.stdout).ok()?;
    Some(names.split_terminator('\0').map(str::to_owned).collect())
}

fn walked(root: &Path, folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !NOT_OURS.contains(&path.as_str()) => {
                found.extend(walked(root, &path));
            }
            Ok(kind) if kind.is_file() => found.push(path),
            Ok(_) | Err(_) => {}
        }
    }
    found.sort();
    found
}

#[test]
fn the_rules_have_something_to_look_at() {
    let house = this_house();
    assert!(house.rooms().count() > 0);
    for ending in ["/events.rs", "/refusals.rs", "/samples.rs", ".sql", ".md", "/Cargo.toml"] {
        assert!(house.below("", ending).count() > 0, "no file ends in {ending}");
    }
    for room in house.rooms() {
        assert!(house.files_of(room).count() > 1, "{} has no folder", room.path);
    }
}

#[test]
fn a_walk_finds_what_git_lists() {
    let walked = walked(&root(), "");
    for page in &this_house().pages {
        assert!(walked.contains(&page.path), "{} is overlooked where there is no git", page.path);
    }
}

#[test]
fn what_only_tests_reach_is_told_apart() {
    let house = House::of(&[
        ("shared/a/src/lib.rs", "mod room;\n#[cfg(test)]\nmod samples;\nfn calm() {}"),
        ("shared/a/src/samples.rs", "fn sample() {}"),
        ("shared/a/src/samples/more.rs", "fn further() {}"),
        ("shared/a/tests/store/main.rs", "fn story() {}"),
    ]);
    let stories: Vec<&str> = house.pages.iter().map(|page| page.stories.trim()).collect();
    assert_eq!(
        stories,
        ["#[cfg(test)]\nmod samples;", "fn sample() {}", "fn further() {}", "fn story() {}"]
    );
    assert!(house.pages.iter().skip(1).all(|page| page.production.trim().is_empty()));
}
