//! Every field of every body, as the services describe them: each is bounded, what is beyond its bounds
//! is told by its name, and whatever text stands in it is only text.

use std::collections::BTreeSet;
use std::sync::Arc;

use involvement::services::SERVICES;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sqlx::Connection as _;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::CANARY;
use super::shapes::{Shapes, Spot, Step, is, written};
use crate::rows::superuser;
use crate::world::{Place, Story, Told};

/// Texts that other systems have taken for something else.
const TEXTS: [&str; 20] = [
    "<script>alert(1)</script>",
    "'); drop table log.event; --",
    "=cmd|' /C calc'!A0",
    "\" or 1=1 --",
    "+1+1",
    "<img src=x onerror=alert(1)>",
    "-2+3",
    "\r\nBcc: everyone@trust.example\r\n\r\n",
    "@SUM(A1:A9)",
    "\r\n.\r\nMAIL FROM:<x@y.example>\r\n",
    "\t=1+1",
    "../../../etc/passwd",
    "{{7*7}}",
    "%s%s%n%x",
    "${jndi:ldap://x.example}",
    "\u{202e}txt.exe",
    "\u{0430}dmin",
    "\u{200b}\u{feff}",
    "{\"level\":\"ERROR\"}\n{\"level\":\"INFO\"}",
    "\u{1f469}\u{200d}\u{1f4bb} e\u{301}",
];
/// What stands where a text is asked for and is none, or is none that can be kept.
const NO_TEXTS: [&str; 9] =
    ["5", "true", "1e400", "[]", "{}", "\"\\ud800\"", "\"\\u0000\"", "\"\0\"", "\"a\u{1b}[2J\""];
/// What stands where a number is asked for and is none that it could be.
const NO_NUMBERS: [&str; 9] = [
    "-1",
    "1.5",
    "1e400",
    "-1e400",
    "\"1\"",
    "4294967296",
    "9223372036854775808",
    "340282366920938463463374607431768211456",
    "[1]",
];
/// What stands where a day is asked for and is none that anybody means.
const NO_DAYS: [&str; 7] = [
    "\"2030-02-30\"",
    "\"2030-13-01\"",
    "\"0000-01-01\"",
    "\"0001-01-01\"",
    "\"9999-12-31\"",
    "\"-009999-01-02\"",
    "\"tomorrow\"",
];
/// What stands where an instant is asked for and is none that anybody means.
const NO_INSTANTS: [&str; 8] = [
    "\"2030-02-30T10:00:00Z\"",
    "\"2030-01-01T25:00:00Z\"",
    "\"2030-01-01T10:00:00\"",
    "\"2030-01-01T10:00:00+99:00\"",
    "\"0001-01-01T00:00:00Z\"",
    "\"00010101T000000Z\"",
    "\"9999-12-30T22:00:00Z\"",
    "\"-009999-01-02T01:59:59Z\"",
];
/// Which settings there are: the one thing in an address that is no id.
const SETTINGS: [&str; 3] = ["selection_rules", "term_policy", "working_calendar"];

/// Few, so that nobody waits long on a busy machine.
const CALLERS: usize = 3;

/// One command as it is described.
struct Command {
    url: String,
    shape: Value,
    schemas: Value,
    /// Who gets as far as having the body read.
    token: String,
}

/// What has been answered so far.
#[derive(Default)]
struct Count {
    accepted: usize,
    refused: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_is_bounded_and_whatever_stands_in_it_is_only_text() -> Story {
    let place = Place::new()?;
    let up = place.up()?;
    let http = Client::builder().no_proxy().tls_certs_only([]).build()?;
    let mut commands = Vec::new();
    let mut unbounded = Vec::new();
    for (_, url) in up.addresses() {
        let described: Value = http.get(format!("{url}/openapi.json")).send().await?.json().await?;
        unbounded.extend(named_and_not_described(&described, &described));
        commands.extend(commands_of(&http, &place, &url, &described).await?);
    }
    let mut n_places = 0;
    for command in &commands {
        for spot in Shapes(&command.schemas).spots(&command.shape) {
            n_places += 1;
            if let Some(what) = unbounded_at(&spot) {
                unbounded.push(format!("{}: {} is {what}", command.url, written(&spot.way)));
            }
        }
    }
    assert_eq!(unbounded, [""; 0]);
    assert!(n_places > 400, "{n_places}");

    let before = everything(&place).await?;
    let shares = shares(commands);
    let mut asking = JoinSet::new();
    for share in &shares {
        asking.spawn(beyond_their_bounds(http.clone(), Arc::clone(share)));
    }
    let mut unclear = Vec::new();
    while let Some(asked) = asking.join_next().await {
        unclear.extend(asked??);
    }
    assert_eq!(unclear, [""; 0]);
    assert_eq!(everything(&place).await?, before, "what is malformed leaves nothing behind");

    let mut asking = JoinSet::new();
    for share in &shares {
        asking.spawn(only_text(http.clone(), Arc::clone(share)));
    }
    let (mut accepted, mut refused) = (0, 0);
    while let Some(asked) = asking.join_next().await {
        let count = asked??;
        accepted += count.accepted;
        refused += count.refused;
    }
    assert!(accepted > 300 && refused > 300, "{accepted} accepted, {refused} refused");
    let sent: BTreeSet<String> = texts().into_iter().collect();
    let kept = kept_texts(&everything(&place).await?)?;
    assert_eq!(kept, sent, "what is accepted is kept as it came, and each was accepted somewhere");
    let verified = place.run(&["verify", "--json"])?;
    assert!(verified.succeeded, "{}{}", verified.output, verified.errors);
    assert!(up.stop()?);
    Ok(())
}

/// Everything that any service remembers.
async fn everything(place: &Place) -> Told<Vec<String>> {
    let mut payloads = Vec::new();
    for service in SERVICES {
        let mut log = superuser(place, service.name).await?;
        let own = sqlx::query_scalar("select payload from log.event order by position");
        payloads.extend(own.fetch_all(&mut log).await?);
        log.close().await?;
    }
    Ok(payloads)
}

/// As many shares as ask at once.
fn shares(commands: Vec<Command>) -> Vec<Arc<Vec<Command>>> {
    let mut shares: Vec<Vec<Command>> = (0..CALLERS).map(|_| Vec::new()).collect();
    for (n, command) in commands.into_iter().enumerate() {
        shares[n % CALLERS].push(command);
    }
    shares.into_iter().map(Arc::new).collect()
}

/// Names of shapes that are used and nowhere described.
fn named_and_not_described(part: &Value, described: &Value) -> Vec<String> {
    match part {
        Value::Object(fields) => {
            let name = part["$ref"].as_str().and_then(|path| path.rsplit_once('/'));
            let missing = name.filter(|(_, it)| described["components"]["schemas"][it].is_null());
            let own = missing.map(|(_, it)| format!("{it} is not described"));
            let within = fields.values().flat_map(|it| named_and_not_described(it, described));
            own.into_iter().chain(within).collect()
        }
        Value::Array(items) => {
            items.iter().flat_map(|it| named_and_not_described(it, described)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

async fn commands_of(
    http: &Client,
    place: &Place,
    url: &str,
    described: &Value,
) -> Told<Vec<Command>> {
    let mut tokens = Vec::new();
    for token in std::fs::read_dir(place.path().join("data/tokens"))? {
        tokens.push(std::fs::read_to_string(token?.path())?.trim().to_owned());
    }
    let mut commands = Vec::new();
    for (path, item) in described["paths"].as_object().ok_or("no paths")? {
        let shape = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
        if shape.is_null() {
            continue;
        }
        let kinds: &[&str] = if path.contains("{kind}") { &SETTINGS } else { &[""] };
        for kind in kinds {
            let id = "00000000-0000-4000-8000-000000000001";
            let parts = path.split('/').map(|part| match part {
                "{kind}" => kind,
                part if part.starts_with('{') => id,
                part => part,
            });
            let mut command = Command {
                url: format!("{url}{}", parts.collect::<Vec<_>>().join("/")),
                shape: shape.clone(),
                schemas: described["components"]["schemas"].clone(),
                token: String::new(),
            };
            for token in &tokens {
                command.token.clone_from(token);
                if command.given(http, "{\"nobody_knows_this\":1}".to_owned()).await?.status()
                    == 422
                {
                    break;
                }
            }
            commands.push(command);
        }
    }
    Ok(commands)
}

impl Command {
    async fn given(&self, http: &Client, body: String) -> Told<Response> {
        let request = http
            .post(&self.url)
            .bearer_auth(&self.token)
            .header("idempotency-key", Uuid::now_v7().to_string())
            .header("content-type", "application/json");
        Ok(request.body(body).send().await?)
    }

    /// Gives it with this JSON at a place, and sees that the answer is clear and repeats nothing.
    async fn with(&self, http: &Client, way: &[Step], json_text: &str) -> Told<(u16, Value)> {
        const HERE: &str = "what-stands-here";
        let body = Shapes(&self.schemas).body(&self.shape, Some(way), &json!(HERE), 0).to_string();
        let body = body.replace(&format!("\"{HERE}\""), json_text);
        let answer = self.given(http, body).await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let told = || {
            let shown: String = json_text.chars().take(80).collect();
            format!("{} with {shown:?} as {}: {status} {text}", self.url, written(way))
        };
        if status >= 500 || (status >= 400 && text.contains(CANARY)) {
            return Err(told().into());
        }
        let answer: Value = serde_json::from_str(&text).map_err(|_| told())?;
        if status >= 400 && (answer["code"].is_null() || answer["detail"].is_null()) {
            return Err(told().into());
        }
        Ok((status, answer))
    }
}

/// What has no bounds there, if anything.
fn unbounded_at(spot: &Spot<'_>) -> Option<&'static str> {
    let has = |bound: &str| !spot.shape[bound].is_null();
    let is_short = has("maxLength") || has("enum") || has("format") || has("pattern");
    if is(spot.shape, "string") && !is_short {
        return Some("a text without an end");
    }
    if is(spot.shape, "array") && !has("maxItems") && !has("uniqueItems") {
        return Some("a list without an end");
    }
    if is(spot.shape, "integer") && !has("format") {
        return Some("a number without bounds");
    }
    is(spot.shape, "number").then_some("a number with a fraction")
}

/// Where what is too long, too many or of another kind was not told by its field.
async fn beyond_their_bounds(http: Client, commands: Arc<Vec<Command>>) -> Told<Vec<String>> {
    let mut unclear = Vec::new();
    for command in commands.iter() {
        unclear.extend(beyond_its_bounds(&http, command).await?);
    }
    Ok(unclear)
}

async fn beyond_its_bounds(http: &Client, command: &Command) -> Told<Vec<String>> {
    let mut unclear = Vec::new();
    let shapes = Shapes(&command.schemas);
    for spot in shapes.spots(&command.shape) {
        let mut wrongs: Vec<String> = Vec::new();
        if is(spot.shape, "string") && spot.shape["enum"].is_null() {
            wrongs.extend(NO_TEXTS.map(str::to_owned));
            if let Some(most) = spot.shape["maxLength"].as_u64() {
                let longer = usize::try_from(most)? + 1 - CANARY.len().min(usize::try_from(most)?);
                wrongs.push(format!("\"{}{CANARY}\"", "ŵ".repeat(longer)));
            }
        }
        match spot.shape["format"].as_str() {
            Some("date") => wrongs.extend(NO_DAYS.map(str::to_owned)),
            Some("date-time") => wrongs.extend(NO_INSTANTS.map(str::to_owned)),
            _ => {}
        }
        if is(spot.shape, "integer") {
            wrongs.extend(NO_NUMBERS.map(str::to_owned));
        }
        if let Some(most) = spot.shape["maxItems"].as_u64() {
            wrongs.push(shapes.items(spot.shape, usize::try_from(most)? + 1).to_string());
        }
        for wrong in wrongs {
            let (status, answer) = command.with(http, &spot.way, &wrong).await?;
            let way = written(&spot.way);
            let fields = answer["errors"].as_array().into_iter().flatten();
            let is_named = fields
                .filter_map(|it| it["field"].as_str())
                .any(|field| !field.is_empty() && within(&way, &without_places(field)));
            // What is no JSON at all has a line and a column instead.
            let is_told = (status == 422 && is_named) || status == 400;
            if !is_told {
                let shown: String = wrong.chars().take(80).collect();
                unclear.push(format!("{} with {shown} as {way}: {status} {answer}", command.url));
            }
        }
    }
    Ok(unclear)
}

/// A field's name as a way is written, without the places in lists.
fn without_places(field: &str) -> String {
    let names = field.split(['.', '[', ']']).filter(|it| it.parse::<usize>().is_err());
    names.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(".")
}

/// Whether a way leads to this field, or through it.
fn within(way: &str, field: &str) -> bool {
    way == field || way.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'))
}

/// Whatever stands in a text is taken as it is, or refused as a text; it never does anything.
async fn only_text(http: Client, commands: Arc<Vec<Command>>) -> Told<Count> {
    let mut count = Count::default();
    for command in commands.iter() {
        for spot in Shapes(&command.schemas).spots(&command.shape) {
            if !is(spot.shape, "string") || !spot.shape["enum"].is_null() {
                continue;
            }
            for text in texts() {
                let text = json!(text).to_string();
                match command.with(&http, &spot.way, &text).await? {
                    (..300, _) => count.accepted += 1,
                    _ => count.refused += 1,
                }
            }
        }
    }
    Ok(count)
}

/// Each where it would do its worst, before something harmless or after it.
fn texts() -> Vec<String> {
    let marked = |(n, text): (usize, &str)| {
        if n % 2 == 0 { format!("{text}{CANARY}") } else { format!("{CANARY}{text}") }
    };
    TEXTS.into_iter().enumerate().map(marked).collect()
}

/// Every text in the services' logs that came from here.
fn kept_texts(payloads: &[String]) -> Told<BTreeSet<String>> {
    let mut kept = BTreeSet::new();
    for payload in payloads {
        collect(&serde_json::from_str(payload)?, &mut kept);
    }
    Ok(kept)
}

fn collect(part: &Value, kept: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => fields.values().for_each(|it| collect(it, kept)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, kept)),
        Value::String(text) if text.contains(CANARY) => {
            kept.insert(text.clone());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
