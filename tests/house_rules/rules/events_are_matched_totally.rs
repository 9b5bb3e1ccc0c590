//! A new event must break the build wherever it matters. Clippy forbids `_` over an enum; it does not
//! see one inside a tuple, nor a name that catches all the rest. This does.

use crate::house::{House, Page, obey, this_house};
use crate::rust_text::{block, in_word, split_outside_brackets, words};

/// Whose variants are always all written out.
const ALL_WRITTEN_OUT: [&str; 2] = ["Event::", "Fact::"];

#[test]
fn in_this_house() {
    obey(&breaches(this_house()));
}

#[test]
fn and_a_match_that_lets_new_events_through_is_noticed() {
    let total = "match (event, stage) { (Event::Closed { .. }, _) => { a() } \
                 (Event::Opened | Event::Extended(_), stage) => b(match c { 1 => 2, _ => 3 }), }";
    let by_name = "match e { Event::Closed => 1, other => 2 }";
    let in_tuple = "match (stage, e) { (Stage::Open, Event::Closed) => 1,\n (stage, _) => 2 }";
    let guarded = "match e {\n Some(Event::Closed) => 1,\n Some(_) if late => 2,\n None => 3 }";
    let text = |code: &str| format!("fn a() {{ {code} }}");
    for (code, breached) in [(total, 0), (by_name, 1), (in_tuple, 1), (guarded, 1)] {
        let house = House::of(&[("services/a/src/views/b.rs", &text(code))]);
        assert_eq!(breaches(&house).len(), breached, "{code}");
    }
}

fn breaches(house: &House) -> Vec<String> {
    house.below("services/", ".rs").flat_map(of_one).collect()
}

fn of_one(page: &Page) -> Vec<String> {
    let code = &page.production;
    let mut found = Vec::new();
    for (at, _) in words(code).filter(|(_, word)| *word == "match") {
        let Some((begin, body)) = block(code, at) else { continue };
        let patterns = patterns(body);
        for column in columns(&patterns) {
            let lets_through = |pattern: &&(usize, &str)| {
                alternatives(pattern.1).any(|it| is_open(elements(it).get(column).copied()))
            };
            found.extend(patterns.iter().filter(lets_through).map(|(offset, _)| {
                format!(
                    "{}: this arm would take events that do not exist yet; write every variant out",
                    page.at(begin + offset)
                )
            }));
        }
    }
    found
}

/// The arms' patterns without guards, and where each stands.
fn patterns(body: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = body.get(at..) {
        let Some(arrow) = outside_brackets(rest, "=>") else { break };
        let pattern = rest.get(..arrow).unwrap_or_default();
        let blank = pattern.len() - pattern.trim_start().len();
        found.push((at + blank, pattern.split(" if ").next().unwrap_or_default().trim()));
        let answer = rest.get(arrow + 2..).unwrap_or_default();
        at += arrow + 2 + length_of_answer(answer);
    }
    found
}

fn length_of_answer(answer: &str) -> usize {
    if answer.trim_start().starts_with('{')
        && let Some((begin, inside)) = block(answer, 0)
    {
        let end = begin + inside.len() + 1;
        let rest = answer.get(end..).unwrap_or_default();
        let comma = rest.len() - rest.trim_start().len();
        return end + if rest.trim_start().starts_with(',') { comma + 1 } else { 0 };
    }
    split_outside_brackets(answer, ',').first().map_or(answer.len(), |it| it.len() + 1)
}

fn outside_brackets(text: &str, wanted: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, character)| {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0 && text.get(at..).is_some_and(|it| it.starts_with(wanted))).then_some(at)
    })
}

fn alternatives(pattern: &str) -> impl Iterator<Item = &str> {
    split_outside_brackets(pattern, '|').into_iter().map(str::trim)
}

fn elements(alternative: &str) -> Vec<&str> {
    match alternative.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        Some(tuple) => split_outside_brackets(tuple, ',').into_iter().map(str::trim).collect(),
        None => vec![alternative],
    }
}

/// At which places of the tuple events are matched; the first, where there is no tuple.
fn columns(patterns: &[(usize, &str)]) -> Vec<usize> {
    let names_an_event = |element: &&str| ALL_WRITTEN_OUT.iter().any(|it| element.contains(it));
    let mut found: Vec<usize> = patterns
        .iter()
        .flat_map(|(_, pattern)| alternatives(pattern))
        .flat_map(|it| {
            let places: Vec<usize> = (0..)
                .zip(elements(it))
                .filter(|(_, element)| names_an_event(element))
                .map(|(place, _)| place)
                .collect();
            places
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a pattern takes anything: `_`, `..`, or a name that is only bound.
fn is_open(element: Option<&str>) -> bool {
    let Some(element) = element else { return false };
    let inner = ["Some(", "Ok("]
        .iter()
        .find_map(|it| element.strip_prefix(it)?.strip_suffix(')'))
        .unwrap_or(element);
    let is_name = inner.chars().all(in_word) && inner.starts_with(|it: char| it.is_lowercase());
    inner == "_" || inner == ".." || (is_name && !["true", "false"].contains(&inner))
}
