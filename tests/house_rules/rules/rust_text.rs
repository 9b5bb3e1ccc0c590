//! Reads Rust as text: what is code, what is comment or literal, what only tests reach, which names
//! are declared. Knows just enough of the language for the rules; the compiler knows the rest.

use std::ops::Range;

/// What a stretch of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Code,
    Comment,
    Literal,
}

/// The file in stretches, in order.
pub(crate) fn pieces(text: &str) -> Vec<(Piece, Range<usize>)> {
    let mut found: Vec<(Piece, Range<usize>)> = Vec::new();
    let mut at = 0;
    let mut after_word = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (piece, length) = next_piece(rest, after_word);
        let end = at + length;
        match found.last_mut() {
            Some((Piece::Code, range)) if piece == Piece::Code => range.end = end,
            Some(_) | None => found.push((piece, at..end)),
        }
        after_word = piece == Piece::Code && rest.starts_with(in_word);
        at = end;
    }
    found
}

fn next_piece(rest: &str, after_word: bool) -> (Piece, usize) {
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if rest.starts_with("//") {
        return (Piece::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Piece::Comment, block_comment(rest));
    }
    if let Some(length) = quoted(rest, '"') {
        return (Piece::Literal, length);
    }
    if let Some(length) = raw_string(rest).filter(|_| !after_word) {
        return (Piece::Literal, length);
    }
    // A lone quote begins a lifetime.
    let mut characters = rest.chars();
    let is_character = characters.next() == Some('\'')
        && (characters.next() == Some('\\') || characters.next() == Some('\''));
    if let Some(length) = quoted(rest, '\'').filter(|_| is_character) {
        return (Piece::Literal, length);
    }
    (Piece::Code, first)
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> Option<usize> {
    let inside = rest.strip_prefix(quote)?;
    let mut escaped = false;
    for (at, character) in inside.char_indices() {
        if character == quote && !escaped {
            return Some(at + 2);
        }
        escaped = character == '\\' && !escaped;
    }
    Some(rest.len())
}

fn raw_string(rest: &str) -> Option<usize> {
    let opened = ["r", "br", "cr"].into_iter().find_map(|it| rest.strip_prefix(it))?;
    let inside = opened.trim_start_matches('#');
    let hashes = opened.len() - inside.len();
    let inside = inside.strip_prefix('"')?;
    let before = rest.len() - inside.len();
    let end = format!("\"{}", "#".repeat(hashes));
    Some(inside.find(&end).map_or(rest.len(), |at| before + at + end.len()))
}

/// The text with comments and literals blanked; every offset and line stays as it was.
pub(crate) fn code(text: &str) -> String {
    let pieces = pieces(text);
    let mut other = pieces.iter().filter(|(piece, _)| *piece != Piece::Code).peekable();
    blank(text, |at| {
        while other.next_if(|(_, range)| range.end <= at).is_some() {}
        other.peek().is_some_and(|(_, range)| range.contains(&at))
    })
}

/// The text with spaces wherever `hidden` says so; asked in order, line ends excepted.
pub(crate) fn blank(text: &str, mut hidden: impl FnMut(usize) -> bool) -> String {
    let mut blanked = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        if character != '\n' && hidden(at) {
            blanked.extend(std::iter::repeat_n(' ', character.len_utf8()));
        } else {
            blanked.push(character);
        }
    }
    blanked
}

/// The string literals of a file, without quotes, and where they stand.
pub(crate) fn strings(text: &str) -> Vec<(usize, &str)> {
    let literals = pieces(text).into_iter().filter(|(piece, _)| *piece == Piece::Literal);
    let unquoted = literals.filter_map(|(_, range)| {
        let start = range.start;
        let inside = text.get(range)?.trim_start_matches(['r', 'b', 'c', '#']);
        Some((start, inside.trim_end_matches('#').trim_matches('"')))
    });
    unquoted.collect()
}

/// What stands under `#[cfg(test)]`.
pub(crate) fn parts_for_tests(code: &str) -> Vec<Range<usize>> {
    let attributes = code.match_indices("#[cfg(test)]");
    attributes.map(|(start, it)| start..item_end(code, start + it.len())).collect()
}

fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices().skip_while(|(at, _)| *at < start) {
        match character {
            '{' | '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

pub(crate) fn in_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Every identifier and keyword, and where it stands.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let stretches = code.split_inclusive(|it| !in_word(it)).map(move |stretch| {
        let start = at;
        at += stretch.len();
        (start, stretch.trim_end_matches(|it| !in_word(it)))
    });
    stretches.filter(|(_, word)| !word.is_empty())
}

/// The words that follow `keyword`, such as the name behind `fn`.
pub(crate) fn names_after<'a>(
    code: &'a str,
    keyword: &'a str,
) -> impl Iterator<Item = (usize, &'a str)> {
    let pairs = words(code).zip(words(code).skip(1));
    pairs.filter(move |((_, it), _)| *it == keyword).map(|(_, named)| named)
}

/// The modules that are declared and stand in files of their own.
pub(crate) fn declared_modules(code: &str) -> impl Iterator<Item = &str> {
    names_after(code, "mod")
        .filter(|(at, name)| {
            code.get(at + name.len()..).is_some_and(|rest| rest.trim_start().starts_with(';'))
        })
        .map(|(_, name)| name)
}

/// What stands between the braces that open at or after `start`, and where it begins.
pub(crate) fn block(code: &str, start: usize) -> Option<(usize, &str)> {
    let mut depth = 0_usize;
    let mut begin = None;
    for (at, character) in code.char_indices().skip_while(|(at, _)| *at < start) {
        match character {
            '{' | '(' | '[' => {
                if character == '{' && depth == 0 {
                    begin = Some(at + 1);
                }
                depth += 1;
            }
            '}' | ')' | ']' => {
                depth = depth.checked_sub(1)?;
                if let Some(begin) = begin.filter(|_| depth == 0) {
                    return code.get(begin..at).map(|inside| (begin, inside));
                }
            }
            _ => {}
        }
    }
    None
}

/// The text in parts, cut where `separator` stands outside all brackets.
pub(crate) fn split_outside_brackets(code: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut begin) = (0_usize, 0);
    let mut parts = Vec::new();
    for (at, character) in code.char_indices() {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            it if it == separator && depth == 0 => {
                parts.extend(code.get(begin..at));
                begin = at + it.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(code.get(begin..));
    parts
}

/// The variants of every enum called `name`.
pub(crate) fn variants<'a>(code: &'a str, name: &'a str) -> Vec<&'a str> {
    let enums = names_after(code, "enum").filter(|(_, it)| *it == name);
    let bodies = enums.filter_map(|(at, _)| block(code, at));
    bodies
        .flat_map(|(_, body)| split_outside_brackets(body, ','))
        .filter_map(|variant| words(without_attributes(variant)).next().map(|(_, word)| word))
        .collect()
}

fn without_attributes(variant: &str) -> &str {
    let mut rest = variant.trim_start();
    while rest.starts_with("#[") {
        let Some(end) = attribute_end(rest) else { break };
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    rest
}

fn attribute_end(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    rest.char_indices().find_map(|(at, character)| {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => return None,
        }
        (depth == 0).then_some(at + 1)
    })
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "let a: &'a str = \"x // y\"; // it's\nlet b = '\\''; let c = r#\"a\"b\"#; /* a /* b */ */ d";
    let code = code(text);
    assert_eq!(code.len(), text.len());
    let words: Vec<&str> = words(&code).map(|(_, word)| word).collect();
    assert_eq!(words, ["let", "a", "a", "str", "let", "b", "let", "c", "d"]);
    assert_eq!(strings("f(\"one\", r#\"two\"#)"), [(2, "one"), (9, "two")]);
}

#[test]
fn variants_are_found_behind_attributes_and_fields() {
    let code = "enum Refusal { #[error(a[0], b)] Closed, Late { by: u8, why: (u8, u8) }, #[a] #[b] Full(u8) }";
    assert_eq!(variants(code, "Refusal"), ["Closed", "Late", "Full"]);
}

#[test]
fn a_test_part_ends_where_its_item_ends() {
    let code = "a();\n#[cfg(test)]\nfn b<C, D>(c: [u8; 3]) { d() }\ne(); #[cfg(test)] use f; g();";
    let parts: Vec<&str> =
        parts_for_tests(code).into_iter().filter_map(|part| code.get(part)).collect();
    assert_eq!(parts, ["#[cfg(test)]\nfn b<C, D>(c: [u8; 3]) { d() }", "#[cfg(test)] use f;"]);
}
