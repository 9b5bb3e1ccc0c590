//! Whatever is logged at level error, and every sentence with which a service does not start, has a row
//! in `deploy/runbooks/README.md`: whoever meets it at night finds what to do about it.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::strings;

const ROWS: &str = "deploy/runbooks/README.md";
/// Where a service's refusals to start stand.
const REFUSALS: [&str; 2] = ["shared/boot/src/connections.rs", "shared/boot/src/config.rs"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_an_alarm_without_a_row_is_noticed() {
    let house = House::of(&[
        (ROWS, "| \"it broke\" | [a.md](a.md) |\n| \"cannot listen on {address}\" | b |"),
        (
            "shared/a/src/b.rs",
            "fn a() { tracing::error!(name = \"x\", %error, \"it broke\");\n tracing::error!(\"it fell\") }\n\
             // tracing::error!(\"said\")\n#[cfg(test)]\nmod stories { fn b() { tracing::error!(\"tried\") } }",
        ),
        (
            "shared/boot/src/connections.rs",
            "#[error(\"cannot listen on {address}\")]\nA,\n#[error(\"it is late\")]\nB,",
        ),
        ("shared/b/src/c.rs", "#[error(\"is not asked for here\")]"),
    ]);
    assert_eq!(
        breaches(&house),
        [
            "shared/a/src/b.rs:2: give \"it fell\" a row in deploy/runbooks/README.md",
            "shared/boot/src/connections.rs:3: give \"it is late\" a row in deploy/runbooks/README.md",
        ]
    );
}

fn breaches(house: &House) -> Vec<String> {
    let rows = house.page(ROWS).map_or("", |page| page.text.as_str());
    let lacks = |(page, offset, text): &(&Page, usize, &str)| {
        (!rows.contains(&format!("\"{text}\"")))
            .then(|| format!("{}: give \"{text}\" a row in {ROWS}", page.at(*offset)))
    };
    house.rust().flat_map(alarms).filter_map(|alarm| lacks(&alarm)).collect()
}

/// What a page lets be logged as an error, or says where a service does not start.
fn alarms(page: &Page) -> Vec<(&Page, usize, &str)> {
    let mut alarms = of_macro(page, "tracing::error!(");
    if REFUSALS.contains(&page.path.as_str()) {
        alarms.extend(of_macro(page, "#[error("));
    }
    alarms
}

/// The last text within each use of a macro or attribute, which is the sentence it says.
fn of_macro<'a>(page: &'a Page, opening: &str) -> Vec<(&'a Page, usize, &'a str)> {
    let texts = strings(&page.text);
    let uses = page.production.match_indices(opening).map(|(at, _)| at);
    let said = uses.filter_map(|at| {
        let end = at + end_of_brackets(page.production.get(at..)?)?;
        texts.iter().rfind(|(offset, _)| (at..end).contains(offset)).copied()
    });
    said.map(|(offset, text)| (page, offset, text)).collect()
}

fn end_of_brackets(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at),
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
