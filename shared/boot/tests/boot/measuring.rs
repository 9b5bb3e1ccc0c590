//! What a service tells of its work in numbers: that they are right, where they can be read and where
//! not, and that nothing in them is anybody's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use serde_json::json;
use testkit::until;
use uuid::Uuid;

use crate::conditions::{a_nats, settings};
use crate::gate::STUCK;
use crate::house::{FAILS, House, WELL, house, house_with};

/// Every label there may be, and of which form its values are.
const LABELS: [(&str, Form); 16] = [
    ("service", Form::Name),
    ("room", Form::Name),
    ("outcome", Form::Name),
    ("method", Form::Method),
    ("route", Form::Template),
    ("status", Form::Class),
    ("le", Form::Number),
    ("stream", Form::Name),
    ("subscriber", Form::Name),
    ("source", Form::Name),
    ("kind", Form::Name),
    ("view", Form::Name),
    ("policy", Form::Name),
    ("condition", Form::Name),
    ("version", Form::Number),
    ("channel", Form::Name),
];

#[derive(Clone, Copy)]
enum Form {
    /// Words of ours, in small letters.
    Name,
    Method,
    /// A route as it is written, with what varies in braces.
    Template,
    Class,
    Number,
}

impl Form {
    fn fits(self, value: &str) -> bool {
        match self {
            Self::Name => value.bytes().all(|it| it.is_ascii_lowercase() || it == b'_'),
            Self::Method => value.bytes().all(|it| it.is_ascii_uppercase()) || value == "other",
            Self::Template => value == "none" || value.split('/').all(is_step),
            Self::Class => ["2xx", "3xx", "4xx", "5xx"].contains(&value),
            Self::Number => {
                value == "+Inf" || value.bytes().all(|it| it.is_ascii_digit() || it == b'.')
            }
        }
    }
}

/// What stands between two slashes: a word of ours, or the place of one that varies.
fn is_step(step: &str) -> bool {
    let inside = step.strip_prefix('{').and_then(|step| step.strip_suffix('}')).unwrap_or(step);
    let is_word = |it: u8| it.is_ascii_lowercase() || b"_-.".contains(&it);
    inside == "v1" || inside.bytes().all(is_word)
}

/// One line of what is told: its name, its labels, its number.
type Sample = (String, BTreeMap<String, String>, f64);

fn samples(text: &str) -> Vec<Sample> {
    let sample = |line: &str| {
        let (series, number) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap();
        let labels = labels.strip_suffix("\"}").unwrap().split("\",");
        let label = |it: &str| {
            let (name, value) = it.split_once("=\"").unwrap();
            (name.to_owned(), value.to_owned())
        };
        (name.to_owned(), labels.map(label).collect(), number.parse().unwrap())
    };
    text.lines().filter(|line| !line.starts_with('#')).map(sample).collect()
}

impl House {
    fn numbers(&self) -> Vec<Sample> {
        samples(&self.running.metrics.text())
    }

    /// What stands under a name with these labels, summed up.
    fn number(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let is_meant = |(other, all, _): &&Sample| {
            other == name && labels.iter().all(|(name, value)| all[*name] == *value)
        };
        self.numbers().iter().filter(is_meant).map(|(_, _, number)| number).sum()
    }

    async fn comes_to(&self, name: &str, labels: &[(&str, &str)], number: f64) {
        until(|| async { (self.number(name, labels) - number).abs() < 0.5 }).await;
    }
}

#[tokio::test]
async fn what_came_of_commands_and_requests_is_counted_where_it_was_decided() {
    let house = house().await;
    house.is_well().await;
    let gate = Uuid::now_v7();
    for (key, status) in [("one", 201), ("one", 201), ("two", 200), ("three", 200)] {
        house.enters(gate, key, "Zacanary").await.expect(status);
    }
    let plan = json!({ "at": "2026-01-01T00:00:00Z" });
    house.http.post(&house.person, &format!("/v1/gates/{gate}/plan"), "p", &plan).await.expect(200);
    house.comes_to("involvement_timers_fired_total", &[], 1.0).await;
    house.enters(gate, "late", "Zacanary").await.expect(409);
    let body = json!({ "badge": "" });
    let path = format!("/v1/gates/{gate}");
    let stale = house.http.request(reqwest::Method::POST, Some(&house.person), &path);
    let stale = stale.header("idempotency-key", "s").header("if-match", "\"1\"").json(&body);
    testkit::send(stale).await.expect(412);

    let decided = "involvement_commands_decided_total";
    for (outcome, number) in
        [("accepted", 5.0), ("repeated", 1.0), ("refused", 1.0), ("stale", 1.0)]
    {
        let labels = [("room", "gate"), ("outcome", outcome), ("service", "recruitment")];
        assert!((house.number(decided, &labels) - number).abs() < 0.5, "{outcome}");
    }
    let entered = [("route", "/v1/gates/{gate}"), ("method", "POST")];
    for (class, number) in [("2xx", 4.0), ("4xx", 2.0)] {
        let labels = [entered[0], entered[1], ("status", class)];
        let answered = house.number("involvement_requests_answered_total", &labels);
        assert!((answered - number).abs() < 0.5, "{class}");
    }
    house.comes_to("involvement_request_duration_seconds_count", &entered, 6.0).await;
    // Five accepted, one refused; the repeat and the stale one never came so far.
    house.comes_to("involvement_append_duration_seconds_count", &[], 6.0).await;
    house.comes_to("involvement_batch_commands_sum", &[], 6.0).await;
    house.comes_to("involvement_log_head_position", &[], 5.0).await;
    house.comes_to("involvement_view_position", &[("view", "entries")], 5.0).await;
    house.comes_to("involvement_timer_lateness_seconds_count", &[], 1.0).await;
    assert!(house.number("process_resident_memory_bytes", &[]) > 1e6);
    assert!(house.number("process_start_time_seconds", &[]) > 1.7e9);
    house.comes_to("involvement_build_info", &[], 1.0).await;
}

#[tokio::test]
async fn whatever_stands_still_or_is_behind_is_told_and_so_is_its_end() {
    let house = house().await;
    house.is_well().await;
    let of_view = [("condition", "view")];
    house.comes_to("involvement_condition_met", &of_view, 1.0).await;
    house.temper.store(FAILS, Ordering::SeqCst);
    house.enters(Uuid::now_v7(), "one", STUCK).await.expect(201);
    house.comes_to("involvement_view_stalled", &[("view", "entries")], 1.0).await;
    house.comes_to("involvement_view_lag_events", &[("view", "entries")], 1.0).await;
    let policy = [("policy", "follow_whoever_enters"), ("source", "recruitment")];
    house.comes_to("involvement_policy_stalled", &policy, 1.0).await;
    house.comes_to("involvement_policy_lag_events", &policy, 1.0).await;
    house.comes_to("involvement_condition_met", &of_view, 0.0).await;
    house.temper.store(WELL, Ordering::SeqCst);
    house.comes_to("involvement_view_lag_events", &[("view", "entries")], 0.0).await;
    house.comes_to("involvement_view_stalled", &[("view", "entries")], 0.0).await;
    house.comes_to("involvement_condition_met", &of_view, 1.0).await;
    house.running.progress.parked("recruitment", "entries", 2);
    house.comes_to("involvement_view_parked_streams", &[("view", "entries")], 2.0).await;
}

#[tokio::test]
async fn how_far_others_are_told_and_heard_is_counted_and_every_label_is_one_that_may_be() {
    let nats = a_nats().await;
    let (here, there) = (settings(&nats, "recruitment"), settings(&nats, "opportunities"));
    let here = house_with("recruitment", |config| config.nats = Some(here)).await;
    let there = house_with("opportunities", |config| config.nats = Some(there)).await;
    here.is_well().await;
    there.is_well().await;
    let gate = Uuid::now_v7();
    here.enters(gate, "one", "Zacanary").await.expect(201);
    for stream in ["log", "facts"] {
        here.comes_to("involvement_relay_position", &[("stream", stream)], 1.0).await;
        here.comes_to("involvement_relay_lag_events", &[("stream", stream)], 0.0).await;
    }
    here.comes_to("involvement_relay_halted", &[], 0.0).await;
    here.comes_to("involvement_relay_reconciled", &[], 1.0).await;
    let heard = [("source", "recruitment"), ("kind", "policy")];
    there.comes_to("involvement_facts_heard_total", &heard, 1.0).await;
    there.comes_to("involvement_subscription_pending_facts", &heard, 0.0).await;
    there.comes_to("involvement_commands_decided_total", &[("outcome", "accepted")], 1.0).await;

    let allowed: BTreeMap<&str, Form> = LABELS.into_iter().collect();
    for house in [&here, &there] {
        let numbers = house.numbers();
        assert!(numbers.len() > 50, "{}", numbers.len());
        for (name, labels, _) in numbers {
            for (label, value) in labels {
                let form = allowed.get(label.as_str());
                assert!(form.is_some_and(|form| form.fits(&value)), "{name}: {label}={value}");
            }
        }
        let text = house.running.metrics.text();
        for anybodys in ["anary", &gate.to_string(), &gate.simple().to_string(), "127.0.0.1"] {
            assert!(!text.contains(anybodys), "{anybodys} in {text}");
        }
    }
}

#[tokio::test]
async fn the_numbers_are_told_at_an_address_of_their_own_and_only_where_one_is_given() {
    let house = house().await;
    house.is_well().await;
    for path in ["/metrics", "/v1/metrics", "/control/metrics"] {
        for person in [None, Some(&house.person)] {
            assert_eq!(house.http.get(person, path, "").await.status, 404, "{path}");
        }
    }
    let own = house.running.metrics_address.unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for path in ["/", "/health/ready", "/openapi.json", "/v1/gates/1"] {
        let answer = http.get(format!("http://{own}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    let metrics = format!("http://{own}/metrics");
    assert_eq!(http.post(&metrics).send().await.unwrap().status(), 405);
    let answer = http.get(&metrics).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-type"].to_str().unwrap().contains("openmetrics-text"));
    let told = samples(&answer.text().await.unwrap());
    assert!(told.iter().any(|(name, _, _)| name == "involvement_log_head_position"));

    let quiet = house_with("recruitment", |config| config.telemetry.metrics_listen = None).await;
    assert_eq!(quiet.running.metrics_address, None);
    assert!(quiet.running.metrics.text().contains("involvement_build_info"));
}

#[tokio::test]
async fn every_number_has_a_help_and_a_type_and_two_services_of_one_process_share_none() {
    let (one, other) = (house().await, house().await);
    one.is_well().await;
    other.is_well().await;
    one.enters(Uuid::now_v7(), "one", "").await.expect(201);
    one.comes_to("involvement_batch_commands_count", &[], 1.0).await;
    other.comes_to("involvement_batch_commands_count", &[], 0.0).await;

    let text = one.running.metrics.text();
    assert!(text.ends_with("# EOF\n"));
    let of = |what: &str| -> BTreeSet<&str> {
        let named = text.lines().filter_map(|line| line.strip_prefix(what));
        named.filter_map(|line| line.split(' ').next()).collect()
    };
    let (helps, types) = (of("# HELP "), of("# TYPE "));
    assert_eq!(helps, types);
    for (name, _, _) in samples(&text) {
        let family = ["_total", "_bucket", "_count", "_sum"]
            .into_iter()
            .find_map(|ending| name.strip_suffix(ending))
            .filter(|family| helps.contains(family))
            .unwrap_or(&name);
        assert!(helps.contains(family), "{name} has no help");
        assert!(name.starts_with("involvement_") || name.starts_with("process_"), "{name}");
    }
    for line in text.lines().filter(|line| line.starts_with("# HELP ")) {
        assert!(line.ends_with('.') && line.split(' ').count() > 4, "{line}");
    }
}
