//! Reads a body strictly and says which field is wrong and how, without repeating it. Serde's own
//! messages quote what they met, so only the part that speaks of our types is let through.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::days;
use crate::problem::{FieldError, Problem};

/// Reads the body; an empty one stands for `{}`.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::not_text())?;
    let text = if text.trim().is_empty() { "{}" } else { text };
    let mut reading = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut reading)
        .map_err(|error| problem(error.inner(), &place_of(error.path(), error.inner())))?;
    reading.end().map_err(|error| problem(&error, ""))?;
    let errors = days::beyond_belief(text);
    if errors.is_empty() { Ok(read) } else { Err(Problem::malformed(errors)) }
}

fn problem(error: &serde_json::Error, place: &str) -> Problem {
    match error.classify() {
        Category::Io | Category::Syntax | Category::Eof => {
            Problem::not_json(error.line(), error.column())
        }
        Category::Data => Problem::malformed(vec![field_error(error, place)]),
    }
}

/// Where in the body, as far as that is said in words of ours: a name that nobody of ours gave may be
/// somebody's own.
fn place_of(path: &Path, error: &serde_json::Error) -> String {
    let message = error.to_string();
    let unknown = unknown_name(&message);
    let mut places = Vec::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => places.push(index.to_string()),
            Segment::Map { key } if unknown == Some(key) => break,
            Segment::Map { key } if is_a_field_s_name(key) => places.push(key.clone()),
            // Where one of several shapes is named by a field, that field stands in the body too.
            Segment::Enum { variant } if is_a_field_s_name(variant) => places.push(variant.clone()),
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    places.join(".")
}

/// The name that none of our types knows, where that is what is wrong.
fn unknown_name(message: &str) -> Option<&str> {
    let starts = ["unknown field `", "unknown variant `"];
    let rest = starts.iter().find_map(|start| message.strip_prefix(start))?;
    rest.split_once("`, expected ").map(|(name, _)| name)
}

fn is_a_field_s_name(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn field_error(error: &serde_json::Error, place: &str) -> FieldError {
    let message = error.to_string();
    let within = |name: &str| match place {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    };
    for (start, what) in
        [("missing field `", "is missing"), ("duplicate field `", "is given twice")]
    {
        if let Some(name) = message.strip_prefix(start).and_then(|rest| rest.split('`').next()) {
            return FieldError::new(within(name), format!("This field {what}."));
        }
    }
    let (line, column) = (error.line(), error.column());
    let problem = match expectation(&message) {
        Some(expected) => format!("At line {line}, column {column}: expected {}.", told(expected)),
        None => {
            format!("At line {line}, column {column}: this is not a value that can be used here.")
        }
    };
    FieldError::new(place, problem)
}

/// What is expected, in words for people who do not know our types.
fn told(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of 0 or more, in its range",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number, in its range",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        shape if shape.starts_with("struct ") => "an object",
        words => words,
    }
}

/// What serde's derived code says it expects: words of our types. A message of any other form was
/// written by somebody's `Deserialize` and may quote the body.
fn expectation(message: &str) -> Option<&str> {
    let derived = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant `",
        "unknown field `",
    ];
    if !derived.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    let (_, expected) = message.rsplit_once(", expected ")?;
    Some(expected.rsplit_once(" at line ").map_or(expected, |(words, _)| words))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use contracts::PersonId;
    use serde::Deserialize;

    use super::{Problem, read};

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Panel,
        Group,
        Other { label: String },
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        places: u8,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(default)]
        who: Option<PersonId>,
        #[serde(default)]
        at: Option<jiff::Timestamp>,
        #[serde(default)]
        inner: BTreeMap<String, Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        many: Vec<u8>,
    }

    fn problem(body: &str) -> (u16, String) {
        let problem: Problem = read::<Asked>(body.as_bytes()).unwrap_err();
        let text = serde_json::to_string(problem.body()).unwrap();
        (problem.body().status, text)
    }

    #[test]
    fn a_whole_body_is_read() {
        let asked: Asked = read(br#"{"places":3,"kind":"panel"}"#).unwrap();
        assert_eq!((asked.places, asked.who, asked.at), (3, None, None));
        assert!(asked.inner.values().all(|it| it.many.is_empty()));
        assert!(matches!(asked.kind, Some(Kind::Panel)));
        assert!(!matches!(asked.kind, Some(Kind::Group)));
        assert!(!matches!(asked.kind, Some(Kind::Other { label }) if label.is_empty()));
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        assert!(read::<Nothing>(b"").is_ok());
        let (status, text) = problem("");
        assert_eq!(status, 422);
        assert!(
            text.contains(r#"{"field":"places","problem":"This field is missing."}"#),
            "{text}"
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_repeating_it() {
        let cases = [
            (r#"{"places":"Jane Doe"}"#, r#""field":"places""#),
            (r#"{"places":"Jane, expected Doe"}"#, "a whole number of 0 or more"),
            (r#"{"places":1,"kind":"Jane"}"#, "expected one of `panel`, `group`, `other`"),
            (r#"{"places":1,"kind":{"other":{"label":7}}}"#, r#""field":"kind.other.label""#),
            (r#"{"places":1,"kind":{"jane":{"label":7}}}"#, r#""field":"kind""#),
            (r#"{"places":1,"jane":2}"#, "expected one of"),
            (r#"{"places":1,"01632960203":2}"#, "expected one of"),
            (r#"{"places":1,"Jane":2}"#, "expected one of `places`, `kind`, `who`, `at`, `inner`"),
            (r#"{"places":1,"places":2,"x":"Jane"}"#, "given twice"),
            (r#"{"places":1,"who":"Jane, expected Doe"}"#, "can be used here"),
            (r#"{"places":1,"at":"Jane, expected Doe"}"#, "can be used here"),
            (r#"{"places":3000,"who":"Jane"}"#, "a whole number of 0 or more"),
            (r#"{"places":1,"inner":{"Jane":{"many":"x"}}}"#, r#""field":"inner""#),
            (r#"{"places":1,"inner":{"a":{"many":[1,"Jane"]}}}"#, r#""field":"inner.a.many.1""#),
            (r#"{"places":1,"inner":{"a":{}}}"#, r#""field":"inner.a.many""#),
        ];
        for (body, hint) in cases {
            let (status, text) = problem(body);
            assert_eq!(status, 422, "{body}");
            assert!(text.contains(hint), "{body} led to {text}");
            for given in ["Jane", "jane", "Doe", "0163"] {
                assert!(!text.contains(given), "{body} led to {text}");
            }
        }
    }

    #[test]
    fn what_is_not_json_is_a_400_with_its_place() {
        let (status, text) = problem("{\n  \"places\": Jane }");
        assert_eq!(status, 400);
        assert!(text.contains("line 2, column 13") && !text.contains("Jane"), "{text}");
        assert_eq!(problem("{\"places\":1} trailing").0, 400);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_a_422() {
        let problem = read::<Asked>(b"{\"places\":\"\xff\"}").unwrap_err();
        assert_eq!(problem.body().status, 422);
    }

    #[test]
    fn nesting_without_end_is_turned_away() {
        let body = format!("{{\"places\":1,\"x\":{}", "[".repeat(100_000));
        assert_eq!(problem(&body).0, 422, "an unknown field is refused before it is read");
        let deep = "[".repeat(100_000);
        assert!(read::<serde_json::Value>(deep.as_bytes()).is_err());
    }
}
