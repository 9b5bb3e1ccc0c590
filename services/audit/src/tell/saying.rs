//! The words for what happened, with what the payload adds to them. A part in brackets stands only
//! where the payload has what it asks for: `Applications closed[ as of {/closed_at}].`; `{?/place}`
//! says nothing, and asks for something that is neither no nor nought. Free text of people is never
//! asked for.

use eventstore::clock::local_zone;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// Fills the words for one payload.
pub(super) fn say(words: &str, payload: &Value) -> String {
    let mut told = String::new();
    let mut rest = words;
    while let Some((plain, after)) = rest.split_once('[') {
        told.push_str(plain);
        let (part, after) = after.split_once(']').unwrap_or((after, ""));
        if let Some(part) = filled(part, payload) {
            told.push_str(&part);
        }
        rest = after;
    }
    told.push_str(rest);
    told
}

/// A part whose every question the payload answers.
fn filled(part: &str, payload: &Value) -> Option<String> {
    let mut told = String::new();
    let mut rest = part;
    while let Some((plain, after)) = rest.split_once('{') {
        told.push_str(plain);
        let (place, after) = after.split_once('}')?;
        match place.strip_prefix('?') {
            Some(place) => {
                payload.pointer(place).filter(|it| is_something(it))?;
            }
            None => told.push_str(&shown(payload.pointer(place)?)?),
        }
        rest = after;
    }
    told.push_str(rest);
    Some(told)
}

fn is_something(value: &Value) -> bool {
    !(value.is_null() || value.as_bool() == Some(false) || value.as_i64() == Some(0))
}

/// A value as people read it; `None` where there is nothing to read.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text_shown(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(fields) => {
            let pence: i64 = fields.get("pence")?.as_str()?.parse().ok()?;
            let sign = if fields.get("currency")?.as_str()? == "EUR" { '€' } else { '£' };
            (pence != 0).then(|| format!("{sign}{}.{:02}", pence / 100, pence.abs() % 100))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

fn text_shown(text: &str) -> String {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        return day_shown(day);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return instant_shown(at);
    }
    code_shown(text)
}

/// What the system calls otherwise than people do.
const SAID: [(&str, &str); 4] = [
    ("not_selected", "not_selected_this_time"),
    ("appointment", "place"),
    ("seat", "place"),
    ("involvee", "person"),
];

/// A stored code as words; any other text as it is.
pub(super) fn code_shown(text: &str) -> String {
    if !text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return text.to_owned();
    }
    let told = SAID.iter().fold(text.to_owned(), |told, (code, words)| told.replace(code, words));
    told.replace('_', " ")
}

/// A day, such as 2 December 2026.
fn day_shown(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// An instant as people's clocks showed it, such as 2 December 2026 at 10:15.
pub(super) fn instant_shown(at: Timestamp) -> String {
    at.to_zoned(local_zone()).strftime("%-d %B %Y at %H:%M").to_string()
}

#[cfg(test)]
mod stories {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_part_stands_only_where_the_payload_has_what_it_asks_for() {
        let words = "The closing moved[ to {/closing/at}][, {/n} times][{?/late}, late].";
        let all = json!({"closing": {"at": "2027-06-30T11:00:00Z"}, "n": 2, "late": true});
        assert_eq!(say(words, &all), "The closing moved to 30 June 2027 at 12:00, 2 times, late.");
        for nothing in
            [json!({}), json!({"late": null}), json!({"late": false}), json!({"late": 0})]
        {
            assert_eq!(say(words, &nothing), "The closing moved.");
        }
    }

    #[test]
    fn values_are_shown_as_people_write_them() {
        let told = |value: Value| say("[{/it}]", &json!({ "it": value }));
        assert_eq!(told(json!("2027-01-02")), "2 January 2027");
        assert_eq!(told(json!("subject_access")), "subject access");
        assert_eq!(told(json!("not_selected")), "not selected this time");
        assert_eq!(told(json!("appointment_offered")), "place offered");
        assert_eq!(told(json!("A Panel_of two")), "A Panel_of two");
        assert_eq!(told(json!({"pence": "7505", "currency": "GBP"})), "£75.05");
        assert_eq!(told(json!({"pence": "0", "currency": "GBP"})), "");
        assert_eq!(told(json!([1])), "");
    }
}
