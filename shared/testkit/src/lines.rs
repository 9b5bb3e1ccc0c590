//! Every line that a test process logs, looked at as it is written: it is one JSON object, and nothing
//! that anybody sent as a text, is reached by or signs in with stands in it. Whoever signs people in
//! listens, so that every story of a service carries the check to its end.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use boot::telemetry::Lines;
use serde_json::{Map, Value};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;

/// Everything of our own, and what others say unasked.
const LEVELS: &str = "info,audit=debug,boot=debug,contracts=debug,eventstore=debug,messaging=debug,\
    notifications=debug,opportunities=debug,recruitment=debug,reimbursements=debug,vault=debug,\
    web=debug";
/// What problems of ours say by themselves.
const OUR_OWN: [&str; 2] = ["involvement team", "someone else"];
/// What is shorter may stand anywhere by chance.
const CHARACTERS_MIN: usize = 8;

static LISTENING: Once = Once::new();
static HEARD: Mutex<Heard> =
    Mutex::new(Heard { never: BTreeSet::new(), lines: Vec::new(), wrong: Vec::new() });

struct Heard {
    /// What must stand in no line, in small letters.
    never: BTreeSet<String>,
    lines: Vec<String>,
    /// Lines that should not be as they are, and why.
    wrong: Vec<String>,
}

fn heard() -> MutexGuard<'static, Heard> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held by whoever lives as long as a story.
#[derive(Debug)]
pub(crate) struct Listening(());

impl Listening {
    pub(crate) fn start() -> Self {
        LISTENING.call_once(|| {
            let lines = Lines::new("story", |line: &[u8]| look_at(line));
            let log = tracing_subscriber::registry().with(EnvFilter::new(LEVELS)).with(lines);
            tracing::subscriber::set_global_default(log).expect("nobody else listens");
        });
        Self(())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(heard().wrong, [""; 0], "the log of this process names nobody");
        }
    }
}

/// From now on these stand in no line and in no problem. Registers what a world knows of its people.
pub fn personal(values: &[&str]) {
    let mut heard = heard();
    heard.never.extend(values.iter().map(|it| it.to_lowercase()));
}

/// The lines with these words that were heard so far, of every story of this process.
pub fn logged(words: &str) -> Vec<String> {
    heard().lines.iter().filter(|line| line.contains(words)).cloned().collect()
}

/// Every text of a body that somebody wrote, or by which they are found.
pub(crate) fn sent(body: &Value) {
    match body {
        Value::Object(fields) => fields.values().for_each(sent),
        Value::Array(items) => items.iter().for_each(sent),
        Value::String(text) if tells_something(text) => personal(&[text]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tells_something(text: &str) -> bool {
    let is_long = text.chars().count() >= CHARACTERS_MIN;
    let is_ours = OUR_OWN.contains(&text.to_lowercase().as_str());
    is_long && !is_ours && (text.contains([' ', '@']) || text.bytes().all(|it| it.is_ascii_digit()))
}

/// What stands in this text and must not.
pub(crate) fn found_in(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    heard().never.iter().find(|it| text.contains(it.as_str())).cloned()
}

/// What was written at once: one line, as long as nothing in it ends a line.
fn look_at(written: &[u8]) {
    let text = String::from_utf8_lossy(written).into_owned();
    for line in text.lines() {
        let is_object = serde_json::from_str::<Map<String, Value>>(line).is_ok();
        let found = found_in(line);
        let mut heard = heard();
        if !is_object {
            heard.wrong.push(format!("no JSON object: {line}"));
        }
        if let Some(found) = found {
            heard.wrong.push(format!("it holds {found:?}: {line}"));
        }
        heard.lines.push(line.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{found_in, heard, look_at, personal, sent};

    #[test]
    fn a_line_that_tells_something_of_somebody_or_is_no_object_is_found() {
        personal(&["Zacanary"]);
        sent(&json!({"need": "a quiet room", "account": ["64738291"], "kind": "board", "at": "x"}));
        assert_eq!(found_in("the board met at 9"), None);
        let lines = [
            "{\"message\":\"answered\"}\n",
            "{\"message\":\"zacanary rang\"}\n",
            "{\"message\":\"wants A Quiet Room\"}\n{\"message\":\"to 64738291\"}\n",
            "thread panicked\n",
        ];
        for line in lines {
            look_at(line.as_bytes());
        }
        assert_eq!(heard().wrong.len(), 4, "{:?}", heard().wrong);
    }
}
