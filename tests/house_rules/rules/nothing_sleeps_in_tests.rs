//! A test that sleeps is slow when it passes and wrong when it fails. Tests drive the pumps, wait on
//! a position, or move the test clock. Where something tells nobody that it holds, the test kit looks
//! again, bounded, in its one place.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::words;

const SLEEPS: [&str; 4] = ["park_timeout", "sleep", "sleep_ms", "sleep_until"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_sleeper_is_noticed() {
    let house = House::of(&[
        ("shared/a/src/pause.rs", "fn a() { tokio::time::sleep(LONG) }"),
        (
            "shared/a/src/b.rs",
            "#[cfg(test)]\nmod stories { fn a() {\n std::thread::sleep (LONG) } }",
        ),
        ("shared/a/tests/store/main.rs", "// never sleep(1)\nfn sleep_is_for_people() {}"),
        ("shared/testkit/src/wait.rs", "fn a() { sleep_until(then) }"),
    ]);
    assert_eq!(
        breaches(&house),
        ["shared/a/src/b.rs:3: wait for the thing itself, move the test clock, or let the \
             testkit look"]
    );
}

fn breaches(house: &House) -> Vec<String> {
    house.rust().flat_map(of_one).collect()
}

fn of_one(page: &Page) -> Vec<String> {
    let code = &page.stories;
    let is_called = |at: usize, word: &str| {
        code.get(at + word.len()..).is_some_and(|rest| rest.trim_start().starts_with('('))
    };
    words(code)
        .filter(|(at, word)| SLEEPS.contains(word) && is_called(*at, word))
        .map(|(at, _)| {
            format!(
                "{}: wait for the thing itself, move the test clock, or let the testkit look",
                page.at(at)
            )
        })
        .collect()
}
