//! The dashboard, the alerts and the table of numbers in `deploy/observe`, held against what this
//! service tells: it has everything that any service has, and messages besides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use crate::world::{ADDRESS, ANA, World, matched, world};

static DASHBOARD: LazyLock<String> = LazyLock::new(|| observe("dashboard.json"));
static RULES: LazyLock<String> = LazyLock::new(|| observe("rules.yml"));
static EXPLAINED: LazyLock<String> = LazyLock::new(|| observe("README.md"));
const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy");
/// What Prometheus itself says of whoever it asks.
const OF_PROMETHEUS: (&str, [&str; 2]) = ("up", ["job", "instance"]);
/// What stands for a choice of whoever looks at the dashboard.
const CHOICES: [(&str, &str); 2] = [("$__rate_interval", "5m"), ("$service", "any")];
const WORDS: [&str; 9] =
    ["and", "or", "unless", "on", "ignoring", "offset", "bool", "group_left", "group_right"];

fn observe(file: &str) -> String {
    std::fs::read_to_string(Path::new(DEPLOY).join("observe").join(file)).unwrap()
}

/// What the labels of every family are, as the service tells them.
type Families = BTreeMap<String, BTreeSet<String>>;

/// A world in which everything has happened once that is counted.
async fn busy() -> World {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&matched(ANA)).await;
    world.get("/v1/messages").await;
    world
}

fn families(text: &str) -> Families {
    let mut all = Families::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, rest) = line.split_once('{').unwrap();
        let labels = rest.rsplit_once('}').unwrap().0.split("\",");
        let names = labels.map(|label| label.split_once('=').unwrap().0.to_owned());
        all.entry(name.to_owned()).or_default().extend(names);
    }
    all
}

/// The families that are explained where they are told, by the name that queries use.
fn helps(text: &str) -> BTreeMap<String, String> {
    let of = |what: &'static str| text.lines().filter_map(move |line| line.strip_prefix(what));
    let kinds: BTreeMap<&str, &str> = of("# TYPE ").filter_map(|it| it.split_once(' ')).collect();
    let named = of("# HELP ").filter_map(|line| line.split_once(' ')).map(|(name, help)| {
        let ending = if kinds[name] == "counter" { "_total" } else { "" };
        (format!("{name}{ending}"), help.to_owned())
    });
    named.collect()
}

/// What a query names: its series, each with the labels asked of it, and the labels it keeps.
#[derive(Debug, Default, PartialEq)]
struct Named {
    series: Vec<(String, BTreeSet<String>)>,
    kept: BTreeSet<String>,
}

/// Reads a query. Strings and spans of time are skipped; what is left in braces or behind `by` are
/// labels, what opens a bracket is a function, and the rest are series.
fn named(query: &str) -> Named {
    let mut named = Named::default();
    let (mut in_braces, mut keeps) = (false, false);
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let is_name = |it: char| it.is_ascii_alphanumeric() || "_:.".contains(it);
        let word = rest.split(|it: char| !is_name(it)).next().unwrap_or_default();
        rest = &rest[word.len().max(first.len_utf8())..];
        let next = rest.trim_start();
        let opens = ["(", "by ", "by(", "without "].iter().any(|it| next.starts_with(it));
        match first {
            '"' => rest = rest.split_once('"').unwrap().1,
            '[' => rest = rest.split_once(']').unwrap().1,
            '{' => in_braces = true,
            '}' => in_braces = false,
            ')' => keeps = false,
            _ if !first.is_ascii_alphabetic() => {}
            _ if in_braces => {
                named.series.last_mut().unwrap().1.insert(word.to_owned());
            }
            _ if keeps => {
                named.kept.insert(word.to_owned());
            }
            _ if ["by", "without", "on", "ignoring"].contains(&word) => keeps = true,
            _ if opens || WORDS.contains(&word) => {}
            _ => named.series.push((word.to_owned(), BTreeSet::new())),
        }
    }
    assert!(!in_braces && !keeps, "{query} does not end");
    named
}

/// What a query names that the service does not tell.
fn lacking(query: &str, told: &Families) -> Vec<String> {
    let named = named(query);
    let mut lacks = Vec::new();
    let mut labels = BTreeSet::new();
    for (series, asked) in &named.series {
        let has: BTreeSet<String> = match told.get(series) {
            Some(has) => has.clone(),
            None if series == OF_PROMETHEUS.0 => OF_PROMETHEUS.1.map(str::to_owned).into(),
            None => {
                lacks.push(format!("{query} asks for {series}"));
                continue;
            }
        };
        let unknown = asked.difference(&has);
        lacks.extend(unknown.map(|label| format!("{query} asks for {label} of {series}")));
        labels.extend(has);
    }
    let unknown = named.kept.difference(&labels);
    lacks.extend(unknown.map(|label| format!("{query} keeps {label}")));
    if named.series.is_empty() {
        lacks.push(format!("{query} asks for nothing"));
    }
    lacks
}

/// Everything under a key, wherever it stands.
fn under<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    match value {
        Value::Object(fields) => {
            let own = fields.get(key).and_then(Value::as_str);
            own.into_iter().chain(fields.values().flat_map(|it| under(it, key))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|it| under(it, key)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// An alert: its name, its query, the page it names, and what it says.
struct Alert<'a> {
    name: &'a str,
    query: &'a str,
    page: &'a str,
    says: &'a str,
}

fn alerts() -> Vec<Alert<'static>> {
    let of = |alert: &'static str| {
        let line = |key: &str| {
            let mut lines = alert.lines().map(str::trim);
            lines.find_map(|line| line.strip_prefix(key)).unwrap_or_default()
        };
        let name = alert.lines().next().unwrap();
        let page = line("runbook: deploy/runbooks/");
        Alert { name, query: line("expr: "), page, says: line("summary: ") }
    };
    RULES.split("- alert: ").skip(1).map(of).collect()
}

/// Labels that a text shows, as `{{ $labels.view }}` and `{{view}}`.
fn shown(text: &str) -> BTreeSet<&str> {
    let places = text.split("{{").skip(1).filter_map(|it| it.split("}}").next());
    places.map(|it| it.trim().trim_start_matches("$labels.")).collect()
}

#[tokio::test]
async fn every_query_of_the_dashboard_and_of_the_alerts_finds_its_series_and_labels() {
    let world = busy().await;
    let text = world.running().metrics.text();
    let told = families(&text);
    let dashboard: Value = serde_json::from_str(&DASHBOARD).unwrap();
    let queries = under(&dashboard, "expr").into_iter().map(|query| {
        CHOICES
            .iter()
            .fold(query.to_owned(), |query, (choice, stands)| query.replace(choice, stands))
    });
    let mut lacks: Vec<String> = queries.flat_map(|query| lacking(&query, &told)).collect();
    let labels: BTreeSet<&str> = told.values().flatten().map(String::as_str).collect();
    for legend in under(&dashboard, "legendFormat") {
        let unknown = shown(legend).into_iter().filter(|label| !labels.contains(label));
        lacks.extend(unknown.map(|label| format!("a legend shows {label}")));
    }
    let alerts = alerts();
    assert!(alerts.len() > 20, "{}", alerts.len());
    for alert in &alerts {
        lacks.extend(lacking(alert.query, &told));
        let known = |label: &&str| labels.contains(label) || OF_PROMETHEUS.1.contains(label);
        let unknown = shown(alert.says).into_iter().filter(|label| !known(label));
        lacks.extend(unknown.map(|label| format!("{} shows {label}", alert.name)));
        let helps = helps(&text);
        for (series, _) in named(alert.query).series {
            let family =
                ["_bucket", "_sum", "_count"].into_iter().find_map(|it| series.strip_suffix(it));
            let has_help = helps.contains_key(family.unwrap_or(&series));
            if !has_help && series != OF_PROMETHEUS.0 {
                lacks.push(format!("{series} has no help"));
            }
        }
    }
    assert!(lacks.is_empty(), "{}", lacks.join("\n"));
}

#[test]
fn every_alert_names_a_page_that_is_there_and_every_condition_of_readiness_has_an_alert() {
    for alert in alerts() {
        let is_there =
            !alert.page.is_empty() && Path::new(DEPLOY).join("runbooks").join(alert.page).is_file();
        assert!(is_there, "{} names the page {:?}", alert.name, alert.page);
    }
    for condition in web::Condition::ALL {
        let asks = format!("{{condition=\"{}\"}}", condition.name());
        let has_one = alerts().iter().any(|alert| alert.query.contains(&asks));
        assert!(has_one, "no alert asks for {asks}");
    }
}

#[tokio::test]
async fn every_number_has_a_row_that_says_what_its_help_says_and_which_labels_it_has() {
    let world = busy().await;
    let text = world.running().metrics.text();
    let told = families(&text);
    let labels = |name: &str| {
        let one = ["", "_count"].iter().find_map(|ending| told.get(&format!("{name}{ending}")));
        let all: Vec<&str> = one.into_iter().flatten().map(String::as_str).collect();
        all.into_iter().filter(|it| *it != "service").collect::<Vec<_>>().join(", ")
    };
    let row =
        |(name, help): (&String, &String)| format!("| `{name}` | {} | {help} |", labels(name));
    let rows: BTreeSet<String> = helps(&text).iter().map(row).collect();
    let written = EXPLAINED.lines().filter(|line| line.starts_with("| `"));
    let written: BTreeSet<String> = written.map(str::to_owned).collect();
    let lacks: Vec<&String> = rows.symmetric_difference(&written).collect();
    assert!(lacks.is_empty(), "in one of README.md and /metrics alone:\n{lacks:#?}");
}

#[tokio::test]
async fn a_message_that_leaves_is_counted_by_its_channel_and_names_nobody() {
    let world = busy().await;
    let text = world.running().metrics.text();
    let attempted = "involvement_notifications_attempted_total";
    let sent = text.lines().filter(|it| it.starts_with(attempted) && it.contains("end=\"sent\""));
    let sent: Vec<&str> = sent.filter(|line| line.contains("channel=\"mail_file\"")).collect();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].ends_with(" 2"), "{sent:?}");
    for anybodys in ["anary", "Quill", "example.org", &ANA.uuid().to_string()] {
        assert!(!text.contains(anybodys), "{anybodys}");
    }
}

#[test]
fn a_query_is_read_as_prometheus_reads_it() {
    let read = named(
        "topk(5, sum by (view, le) (rate(a_total{b=~\"c{d}\", e!=\"\"}[5m])) / g offset 1h) > 0.5",
    );
    let labels = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    let series = vec![("a_total".to_owned(), labels(&["b", "e"])), ("g".to_owned(), labels(&[]))];
    assert_eq!(read, Named { series, kept: labels(&["le", "view"]) });

    let told = Families::from([("a_total".to_owned(), labels(&["b"]))]);
    assert!(lacking("rate(a_total{b=\"x\"}[5m]) > 0", &told).is_empty());
    assert_eq!(lacking("sum by (f) (a_total{e=\"x\"}) + other", &told).len(), 3);
}
