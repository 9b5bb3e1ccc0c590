//! What the demonstration says of itself, held against what it left behind: files, logs and raw bytes.

use std::path::{Path, PathBuf};

use jiff::civil::date;
use serde_json::Value;

use crate::world::{Place, Story, Told};

/// What people said of themselves in the story, and must rest nowhere in clear.
const CANARIES: [&str; 9] = [
    "Amira Hassan",
    "amira.hassan@example.org",
    "Edith Moore",
    "01632 960203",
    "14 Sycamore Row",
    "I have done this for years",
    "You showed how you turn",
    "Home to the Learning Centre",
    "Shown in the answer",
];

fn files_below(folder: &Path) -> Told<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The total of a file for the bank, in pence.
fn total(file: &Path) -> Told<i64> {
    let text = std::fs::read_to_string(file)?;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head: Vec<&str> = lines.next().ok_or("no head")?.split(',').collect();
    let place = head.iter().position(|it| *it == "Amount in pounds").ok_or("no amounts")?;
    lines
        .map(|line| {
            let amount = line.split(',').nth(place).ok_or("a line is too short")?;
            Ok(amount.replace('.', "").parse::<i64>()?)
        })
        .sum()
}

#[test]
fn the_figures_agree_with_what_was_left_behind() -> Story {
    let place = Place::new()?;
    let told = place.run(&["demo", "--once", "--json"])?;
    assert!(told.succeeded, "{}", told.errors);
    let figures = told.object()?;
    let data = place.path().join("data");

    let messages = files_below(&data.join("exports/notifications"))?;
    let mails = messages.iter().filter(|it| it.extension().is_some_and(|it| it == "eml")).count();
    assert_eq!(figures["notifications_sent"], mails, "{figures}");
    assert!(mails > 0);

    let mut paid = 0;
    for file in files_below(&data.join("exports/reimbursements"))? {
        paid += total(&file)?;
    }
    assert_eq!(figures["pence_paid"], paid, "{figures}");
    assert!(figures["claims_paid"].as_i64() > Some(1), "{figures}");

    let verified = place.run(&["verify", "--json"])?.object()?;
    let heads: i64 = verified["services"]
        .as_object()
        .ok_or("no services")?
        .values()
        .filter_map(|service| service["events"].as_i64())
        .sum();
    assert_eq!(figures["events"], heads, "{verified}");
    nothing_personal_rests_in_clear(&data)
}

fn nothing_personal_rests_in_clear(data: &Path) -> Story {
    let resting = ["postgres", "nats", "logs"];
    let mut n_bytes = 0;
    for file in resting.iter().map(|it| files_below(&data.join(it))) {
        for file in file? {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            n_bytes += bytes.len();
            for canary in CANARIES {
                assert!(!holds(&bytes, canary), "{canary:?} rests in {}", file.display());
            }
        }
    }
    assert!(n_bytes > 10_000_000, "the raw files were read: {n_bytes} bytes");
    Ok(())
}

/// Nine in the morning, months and days before a term's last day, reckoned without the services.
#[test]
fn reminders_come_on_the_days_that_a_calendar_gives() -> Story {
    let place = Place::new()?;
    let told = place.run(&["demo", "--once", "--json"])?;
    assert!(told.succeeded, "{}", told.errors);
    let year: i16 = std::fs::read_to_string(place.path().join("data/year"))?.trim().parse()?;
    let leap = date(year + 1, 1, 1).in_leap_year();
    let expected: Vec<String> = [
        (year, 8, if leap { 29 } else { 28 }),
        (year, 11, if leap { 29 } else { 28 }),
        (year + 1, 1, if leap { 29 } else { 28 }),
    ]
    .into_iter()
    .map(|(year, month, day)| format!("{} 09:00", date(year, month, day)))
    .collect();
    let said: Value = Value::from(expected.clone());
    let reminders: Vec<&str> = told
        .errors
        .lines()
        .filter_map(|line| line.trim().strip_prefix("a reminder came due on "))
        .collect();
    for day in expected {
        assert!(
            reminders.iter().any(|it| it.starts_with(&day)),
            "{day} of {said} in {reminders:?}"
        );
    }
    Ok(())
}
