//! What the services of a story wrote into their logs, line by line: each is one JSON object, and none
//! says anything of anybody. Looked at whenever a story's folder goes, so that no story is left out.

use std::path::Path;

use involvement::people::{INVOLVEES, Reached, with_accounts};
use serde_json::{Map, Value};

use crate::hostile::CANARY;

/// Everything of our own, and what others say unasked.
pub const LEVELS: &str = "info,audit=debug,boot=debug,contracts=debug,eventstore=debug,\
    involvement=debug,messaging=debug,notifications=debug,opportunities=debug,recruitment=debug,\
    reimbursements=debug,servers=debug,vault=debug,web=debug";
/// What people of the demonstration wrote, and where their money goes.
const WRITTEN: [&str; 6] = [
    "I have done this for years",
    "You showed how you turn",
    "Home to the Learning Centre",
    "Shown in the answer",
    "20-00-00",
    "20 00 00",
];

/// Every line of a data folder's logs that should not be as it is, and why.
pub fn wrong(data: &Path) -> Vec<String> {
    let mut never = personal();
    never.extend(kept_in(&data.join("tokens")));
    never.extend(kept_in(&data.join("secrets")));
    let mut wrong = Vec::new();
    for log in std::fs::read_dir(data.join("logs")).into_iter().flatten().flatten() {
        let Ok(bytes) = std::fs::read(log.path()) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        // The last line may be half written, where its writer was killed.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        wrong.extend(whole.lines().filter_map(|line| {
            let why = why_wrong(line, &never)?;
            Some(format!("{}: {why}: {line}", log.file_name().to_string_lossy()))
        }));
    }
    wrong
}

fn why_wrong(line: &str, never: &[String]) -> Option<String> {
    if serde_json::from_str::<Map<String, Value>>(line).is_err() {
        return Some("no JSON object".to_owned());
    }
    let lower = line.to_lowercase();
    let found = never.iter().find(|it| lower.contains(it.as_str()))?;
    Some(format!("it holds {found}"))
}

/// Names, ways to be reached and words of the sample people, in small letters.
pub fn personal() -> Vec<String> {
    let mut all: Vec<String> = WRITTEN.iter().map(|it| (*it).to_owned()).collect();
    all.push(CANARY.to_owned());
    for person in with_accounts() {
        all.extend([person.name.to_owned(), person.subject.to_owned()]);
    }
    for someone in INVOLVEES {
        all.extend([someone.person.name.to_owned(), someone.person.subject.to_owned()]);
        match someone.reached {
            Reached::Email(address) => all.push(address.to_owned()),
            Reached::Phone(number) => {
                all.extend([number.to_owned(), number.replace(' ', "")]);
            }
            // A town alone is nobody's.
            Reached::Letter(lines) => all.extend(lines.first().map(|it| (*it).to_owned())),
        }
    }
    all.iter().map(|it| it.to_lowercase()).filter(|it| it != "flat 3").collect()
}

/// What stands in the files of a folder.
fn kept_in(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    texts.map(|it| it.trim().to_lowercase()).filter(|it| it.len() > 20).collect()
}

#[test]
fn a_line_that_says_something_of_somebody_or_is_no_object_is_found() {
    let never = personal();
    assert_eq!(why_wrong(r#"{"level":"INFO","message":"answered"}"#, &never), None);
    for line in [
        r#"{"message":"AMIRA HASSAN rang"}"#,
        r#"{"message":"01632960203"}"#,
        r#"{"message":"14 sycamore row"}"#,
        "thread 'main' panicked at",
        "[1]",
    ] {
        assert!(why_wrong(line, &never).is_some(), "{line}");
    }
}
