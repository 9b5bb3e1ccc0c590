//! Ten years of appointments, drawn from a seed, lived through commands, timers and the scheduler, and
//! held against an oracle that shares nothing with the service. `APPOINTMENTS` asks for more of them,
//! `APPOINTMENTS_OVER_HTTP` for more by way of the whole service, `SEED` for the same again.

mod drawing;
mod living;
mod rooms;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use boot::Running;
use eventstore::timer;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Http, send, until};
use uuid::Uuid;

use drawing::{Chance, Drawn};
use living::Trust;
use rooms::Rooms;

const USUAL: usize = 320;
const USUAL_OVER_HTTP: usize = 10;
const CAME_DUE: &str = "appointment.reminder_came_due.v1";
const STAYS_ON: &str = "appointment.stays_on.v1";
const ENDED: &str = "appointment.ended.v1";
const TOLD: &str = "selection.outcomes_told.v1";
const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/service/ten_years/oracle.py");

/// Whose, what, when.
type Happened = (String, String, String);

fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

fn tell(said: &str) {
    std::io::stdout().write_all(format!("{said}\n").as_bytes()).unwrap();
}

/// What the oracle says to this.
fn oracle<T: serde::de::DeserializeOwned>(words: &[&str], told: &Value) -> T {
    let mut asked = Command::new("python3")
        .arg(ORACLE)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    asked.stdin.take().unwrap().write_all(told.to_string().as_bytes()).unwrap();
    let answer = asked.wait_with_output().unwrap();
    assert!(answer.status.success(), "the oracle says why");
    serde_json::from_slice(&answer.stdout).unwrap()
}

/// The bank holidays of each year, which for the years that ship are those that were published.
fn bank_holidays() -> BTreeMap<i16, Vec<jiff::civil::Date>> {
    let reckoned: BTreeMap<i16, Vec<_>> = oracle(&["holidays", "2026", "2038"], &Value::Null);
    let shipped = [
        include_str!("../../calendars/england.2026.json"),
        include_str!("../../calendars/england.2027.json"),
    ];
    for text in shipped {
        let published: Value = serde_json::from_str(text).unwrap();
        let year = i16::try_from(published["year"].as_i64().unwrap()).unwrap();
        assert_eq!(json!(reckoned[&year]), published["bank_holidays"], "{year}");
    }
    reckoned
}

/// Goes on as a launcher does: by way of every timer that is due before, each at its own time.
async fn goes_on_to(running: &Running, http: &Http, launcher: &str, to: Timestamp) {
    let pool = running.executor.pool();
    while running.executor.clock().now() < to {
        let due = timer::next_due(pool).await.unwrap();
        let next = due.map_or(to, |due| due.min(to));
        let request = http.request(Method::POST, None, "/control/clock");
        send(request.bearer_auth(launcher).json(&json!({"to": next}))).await.expect(200);
        let is_past = |due: Timestamp| due > next;
        until(|| async { timer::next_due(pool).await.unwrap().is_none_or(is_past) }).await;
    }
}

/// What came of it all, from the log.
async fn happened(pool: &PgPool, names: &BTreeMap<Uuid, String>) -> Vec<Happened> {
    let rows: Vec<(String, Uuid, String, String, jiff_sqlx::Timestamp)> = sqlx::query_as(
        "select event_type, stream_id, payload, meta, recorded_at from log.event
         where event_type = any($1) order by position",
    )
    .bind(vec![CAME_DUE, STAYS_ON, ENDED, TOLD])
    .fetch_all(pool)
    .await
    .unwrap();
    let mut happened = Vec::with_capacity(rows.len());
    for (name, stream, payload, meta, recorded_at) in rows {
        let payload: Value = serde_json::from_str(&payload).unwrap();
        let meta: Value = serde_json::from_str(&meta).unwrap();
        let at = meta["occurred_at"].as_str().unwrap().to_owned();
        assert_eq!(recorded_at.to_jiff().to_string(), at, "stored as it happens");
        let about = payload["opportunity"].as_str().map(|it| it.parse().unwrap());
        let whose = names[&about.unwrap_or(stream)].clone();
        let what = match name.as_str() {
            STAYS_ON => "stays_on".to_owned(),
            ENDED => "ended".to_owned(),
            TOLD => "told".to_owned(),
            _ => payload["step"].as_str().unwrap().to_owned(),
        };
        happened.push((whose, what, at));
    }
    happened
}

/// Holds what happened against what the oracle expects, and says how much it was: reminders, ends,
/// terms that ran out, outcomes.
fn compare(seed: u64, drawn: &Drawn, happened: &[Happened]) -> [usize; 4] {
    let expected: Vec<Happened> = oracle(&["expect"], &drawn.told());
    let all: BTreeSet<&Happened> = happened.iter().collect();
    assert_eq!(all.len(), happened.len(), "SEED={seed}: something happened twice");
    let awaited: BTreeSet<&Happened> = expected.iter().collect();
    let missing: Vec<_> = awaited.difference(&all).take(20).collect();
    let unasked: Vec<_> = all.difference(&awaited).take(20).collect();
    assert!(
        missing.is_empty() && unasked.is_empty(),
        "SEED={seed}: did not happen: {missing:#?}; happened unasked: {unasked:#?}"
    );
    let of = |what: &str| expected.iter().filter(|(_, it, _)| it == what).count();
    let (ended, stay, told) = (of("ended"), of("stays_on"), of("told"));
    let reminders = expected.len() - ended - stay - told;
    tell(&format!(
        "SEED={seed}: {} appointments, {reminders} reminders, {ended} ends, {stay} stay on, {told} \
         outcomes told; difference 0",
        drawn.lives
    ));
    [reminders, ended, stay, told]
}

fn seed() -> u64 {
    let seed = number("SEED").unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    tell(&format!("SEED={seed}"));
    seed
}

#[tokio::test]
async fn in_ten_years_each_reminder_end_and_outcome_comes_once_on_its_day() {
    let seed = seed();
    let count = number("APPOINTMENTS").map_or(USUAL, |it| usize::try_from(it).unwrap());
    let holidays = bank_holidays();
    let drawn = Drawn::by(&mut Chance(seed), count, count / 5, &holidays);
    let mut rooms = Rooms::opened(&holidays).await;
    rooms.lives(&drawn).await;
    let counts = compare(seed, &drawn, &rooms.happened().await);
    // Otherwise the years would be too dull to prove anything.
    assert!(counts[0] > count && !counts.contains(&0), "SEED={seed}: {counts:?}");
    rooms.stop().await;
}

#[tokio::test]
async fn in_ten_years_of_a_whole_service_everything_comes_once_on_its_day_too() {
    let seed = seed();
    let count = number("APPOINTMENTS_OVER_HTTP");
    let count = count.map_or(USUAL_OVER_HTTP, |it| usize::try_from(it).unwrap());
    let holidays = bank_holidays();
    let drawn = Drawn::by(&mut Chance(seed), count, count / 5, &holidays);
    let mut trust = Box::pin(Trust::founded(&drawn, &holidays)).await;
    trust.lives(&drawn).await;
    compare(seed, &drawn, &trust.happened().await);
    trust.stop().await;
}
