//! Why it was done and under which version of which rule, as far as the record says so in clear. What
//! was sealed stays sealed: that a reason exists is not told either.

use eventstore::Metadata;
use serde_json::Value;

use super::saying::code_shown;
use crate::reading::Reading;

/// Keys under which payloads give a reason that is meant for those it concerns.
const REASONS: [&str; 5] = ["reason", "why", "grounds", "question", "late_because"];
/// A key under which staff note something for staff.
const NOTE: &str = "note";

/// The reason, in the words it was given in.
pub(super) fn reason(payload: &Value, reading: Reading) -> Option<String> {
    let mut told: Vec<String> =
        REASONS.iter().filter_map(|key| in_words(payload.get(key)?)).collect();
    if reading == Reading::Full
        && let Some(Value::String(note)) = payload.get(NOTE)
    {
        told.push(note.clone());
    }
    for refused in payload.get("refused").and_then(Value::as_array).into_iter().flatten() {
        if let (Some(line), Some(Value::String(reason))) =
            (refused.get("line"), refused.get("reason"))
        {
            told.push(format!("We cannot pay line {line} because {reason}"));
        }
    }
    (!told.is_empty()).then(|| told.join(" "))
}

/// A text, or a code that stands alone or is followed by what only some may see.
fn in_words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(meant(text)),
        Value::Object(fields) => {
            let is_sealed = fields.contains_key("bytes");
            let (code, _) = fields.iter().next()?;
            (fields.len() == 1 && !is_sealed).then(|| meant(code))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn meant(text: &str) -> String {
    match text {
        "term_complete" => "the term came to its end".to_owned(),
        "role_ended" => "the role is not needed any more".to_owned(),
        "resigned" => "the person left".to_owned(),
        other => code_shown(other),
    }
}

/// The version of the rule a decision was made under.
pub(super) fn rule_version(meta: Option<&Metadata>, payload: &Value) -> Option<String> {
    if let Some(version) = meta.and_then(|meta| meta.rule_version.clone()) {
        return Some(version);
    }
    for place in ["/rule_version", "/rule/rule_version"] {
        if let Some(Value::String(version)) = payload.pointer(place) {
            return Some(version.clone());
        }
    }
    if let Some(Value::Number(version)) = payload.get("rules_version") {
        return Some(format!("selection_rules.{version}"));
    }
    match payload.get("card") {
        Some(Value::String(card)) => Some(format!("rate_card {card}")),
        Some(_) | None => None,
    }
}

/// What is cited as words, such as `version 3 of the term policy and version 1 of the advert rules`.
pub(super) fn rule_shown(cited: &str) -> String {
    let shown: Vec<String> = match cited.strip_prefix("rate_card ") {
        Some(_) => vec![one_shown(cited)],
        None => cited.split_whitespace().map(one_shown).collect(),
    };
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn one_shown(version: &str) -> String {
    match version.rsplit_once('.') {
        Some((rule, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            let mut words = rule.split('.').map(code_shown);
            let name = words.next().unwrap_or_default();
            let of_what = words.collect::<Vec<_>>().join(" ");
            if of_what.is_empty() {
                format!("version {number} of the {name}")
            } else {
                format!("version {number} of the {name} ({of_what})")
            }
        }
        Some(_) | None => version.replace('_', " "),
    }
}

#[cfg(test)]
mod stories {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_in_clear_is_told_and_a_sealed_one_is_not_even_mentioned() {
        let told = |payload: Value| reason(&payload, Reading::Pack);
        assert_eq!(told(json!({"reason": "The post was late."})).unwrap(), "The post was late.");
        let sealed = json!({"person": "p", "class": "application", "field": "f", "bytes": "AAAA"});
        assert_eq!(told(json!({ "reason": sealed })), None);
        assert_eq!(told(json!({"why": "term_complete"})).unwrap(), "the term came to its end");
    }

    #[test]
    fn who_was_asked_to_leave_stepped_down_and_no_more_is_said() {
        let grounds = json!({"grounds": {"stepped_down": {
            "review_until": "2027-01-04", "reason": {"bytes": "AAAA"}}}});
        assert_eq!(reason(&grounds, Reading::Full).unwrap(), "stepped down");
        assert_eq!(reason(&json!({"why": "stepped_down"}), Reading::Full).unwrap(), "stepped down");
    }

    #[test]
    fn lines_that_are_not_paid_say_why_and_staff_notes_are_for_staff() {
        let decided = json!({"refused": [{"line": 2, "reason": "the bus is free."}]});
        let told = reason(&decided, Reading::Pack).unwrap();
        assert_eq!(told, "We cannot pay line 2 because the bus is free.");
        let noted = json!({"note": "As agreed on Monday."});
        assert_eq!(reason(&noted, Reading::Pack), None);
        assert_eq!(reason(&noted, Reading::Full).unwrap(), "As agreed on Monday.");
    }

    #[test]
    fn the_rule_is_found_wherever_a_record_cites_it() {
        let of = |payload: Value| rule_version(None, &payload);
        assert_eq!(
            of(json!({"rule": {"rule_version": "term_policy.3"}})).unwrap(),
            "term_policy.3"
        );
        assert_eq!(of(json!({"rule_version": "session_rules.1"})).unwrap(), "session_rules.1");
        assert_eq!(of(json!({"rules_version": 2})).unwrap(), "selection_rules.2");
        assert_eq!(of(json!({"card": "1"})).unwrap(), "rate_card 1");
        assert_eq!(of(json!({"rates": {}})), None);
        assert_eq!(rule_shown("term_policy.3"), "version 3 of the term policy");
        assert_eq!(rule_shown("rate_card 1"), "rate card 1");
        assert_eq!(
            rule_shown("selection_rules.1 working_calendar.england.2027.4"),
            "version 1 of the selection rules and version 4 of the working calendar (england 2027)"
        );
    }
}
