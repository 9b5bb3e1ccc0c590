//! Days and instants in a body: none lies outside the years that anybody here means. One that a database
//! cannot keep would be stored as an event first, and then stop every screen made from it.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::problem::FieldError;

/// Years that anybody here was born in or will plan for.
const YEARS: RangeInclusive<i16> = 1900..=2200;
/// No day or instant is written longer.
const BYTES_MAX: usize = 64;

/// Every day and instant of a body that cannot be meant, by its place. What is no JSON holds none.
pub(crate) fn beyond_belief(text: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Ok(body) = serde_json::from_str(text) {
        look(&body, "", &mut errors);
    }
    errors
}

fn look(part: &Value, place: &str, errors: &mut Vec<FieldError>) {
    let within = |name: &str| match place {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    };
    match part {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| look(field, &within(name), errors));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, it)| look(it, &within(&n.to_string()), errors));
        }
        Value::String(text) if year(text).is_some_and(|it| !YEARS.contains(&it)) => {
            let (first, last) = (YEARS.start(), YEARS.end());
            let problem = format!("Please give a day in the years {first} to {last}.");
            errors.push(FieldError::new(place, problem));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The year of a text that is a day or an instant and nothing else. Digits alone are none: they may be
/// an account's number.
fn year(text: &str) -> Option<i16> {
    let may_be = text.len() <= BYTES_MAX
        && text.starts_with(|it: char| it.is_ascii_digit() || matches!(it, '+' | '-'))
        && text.contains(['-', 'T', 't']);
    if !may_be {
        return None;
    }
    let instant = text.parse::<Timestamp>().map(|it| it.to_zoned(TimeZone::UTC).year());
    instant.or_else(|_| text.parse::<Date>().map(Date::year)).ok()
}

#[cfg(test)]
mod tests {
    use super::beyond_belief;

    fn fields(body: &str) -> Vec<String> {
        beyond_belief(body).into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn days_and_instants_that_cannot_be_meant_are_named_by_their_place() {
        for day in [
            "0000-01-01",
            "0001-01-01",
            "1899-12-31",
            "2201-01-01",
            "9999-12-31",
            "-009999-01-02",
            "0001-01-01T00:00:00Z",
            "00010101T000000Z",
            "9999-12-30T22:00:00Z",
            "-009999-01-02T01:59:59Z",
        ] {
            let body = format!(r#"{{"a":{{"on":"{day}"}},"b":[1,"{day}"]}}"#);
            assert_eq!(fields(&body), ["a.on", "b.1"], "{day}");
        }
    }

    #[test]
    fn other_days_and_other_texts_pass() {
        for text in [
            "1900-01-01",
            "2200-12-31T23:59:59Z",
            "2028-02-29",
            "00010101",
            "12-34-56",
            "01632-960-201",
            "0001-01-01 was a Monday",
            "-2+3",
            "2030-02-30",
            "",
        ] {
            assert_eq!(fields(&format!(r#"{{"a":"{text}"}}"#)), [""; 0], "{text}");
        }
        assert_eq!(fields("no JSON"), [""; 0]);
        assert_eq!(fields(&"[".repeat(100_000)), [""; 0]);
    }
}
