//! Where a service stands, read at the moment somebody asks: its log, its relay, its views, policies and
//! subscriptions, its conditions, its process. Labels are names that stand in the code.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use eventstore::view::Progress;
use eventstore::{Clock, Executor};
use jiff::Timestamp;
use messaging::inbox::Kind;
use messaging::{Published, SubscriptionStatus};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;
use vault::Vault;
use web::Readiness;

use crate::service::POLICIES;
use crate::traffic::Traffic;

type Labels = Vec<(&'static str, String)>;
type Rows = Vec<(Labels, i64)>;

/// What the watch has seen that can only be asked of the database.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    pub(crate) head: AtomicI64,
    pub(crate) timers_due: AtomicI64,
}

/// Where everything can be read off.
pub(crate) struct Stands {
    pub(crate) service: &'static str,
    pub(crate) executor: Executor,
    pub(crate) progress: Progress,
    pub(crate) readiness: Readiness,
    pub(crate) traffic: Traffic,
    pub(crate) vault: Option<Arc<Vault>>,
    pub(crate) looks: Arc<Looks>,
    pub(crate) started_at: Timestamp,
}

impl Stands {
    /// When the process began, by the machine's own clock.
    pub(crate) fn now() -> Timestamp {
        Clock::machine().now()
    }
}

impl fmt::Debug for Stands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stands").field("service", &self.service).finish_non_exhaustive()
    }
}

impl Collector for Stands {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut told = Told { encoder };
        let head = self.head();
        self.of_the_process(&mut told)?;
        self.of_the_log(&mut told, head)?;
        self.of_the_relay(&mut told, head)?;
        self.of_subscriptions(&mut told)?;
        self.of_followers(&mut told, head, Following::Views)?;
        self.of_followers(&mut told, head, Following::Policies)
    }
}

/// Which followers of logs are told of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Following {
    Views,
    Policies,
}

impl Stands {
    /// What this process committed last, or what it last saw of another's commits.
    fn head(&self) -> i64 {
        let own = *self.executor.committer().heads().borrow();
        own.max(self.looks.head.load(Ordering::Relaxed))
    }

    fn of_the_process(&self, told: &mut Told<'_>) -> fmt::Result {
        let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
        told.gauges("involvement_build_info", "The build; always 1", None, vec![(version, 1)])?;
        let started = self.started_at.as_second();
        let help = "When the process started, since 1970";
        told.gauges("process_start_time", help, Some(&Unit::Seconds), one(started))?;
        let help = "Memory that the process holds";
        let memory = memory_bytes().map(one).unwrap_or_default();
        told.gauges("process_resident_memory", help, Some(&Unit::Bytes), memory)?;
        let help = "Keys of personal values that lie in memory, for a minute at most";
        let keys = self.vault.iter().map(|vault| (Vec::new(), whole(vault.keys_held())));
        told.gauges("involvement_vault_cached_keys", help, None, keys.collect())?;
        let met = self.readiness.conditions().into_iter().map(|(condition, is_met)| {
            (vec![("condition", condition.name().to_owned())], i64::from(is_met))
        });
        let help = "Whether a condition of readiness is met, 1 or 0";
        told.gauges("involvement_condition_met", help, None, met.collect())
    }

    fn of_the_log(&self, told: &mut Told<'_>, head: i64) -> fmt::Result {
        let waiting = whole(self.executor.committer().waiting());
        let help = "Commands that wait in front of the committer";
        told.gauges("involvement_queue_waiting_commands", help, None, one(waiting))?;
        let help = "The last position of the log";
        told.gauges("involvement_log_head_position", help, None, one(head))?;
        let due = self.looks.timers_due.load(Ordering::Relaxed);
        let help = "Timers that are due and not done, as seen each second";
        told.gauges("involvement_timers_due", help, None, one(due))
    }

    fn of_the_relay(&self, told: &mut Told<'_>, head: i64) -> fmt::Result {
        let relay = self.traffic.relay.as_ref().map(|relay| relay.borrow().clone());
        let each = |number: fn(&Published) -> i64| -> Rows {
            let lanes = relay.iter().flat_map(|it| [("log", &it.log), ("facts", &it.facts)]);
            lanes.map(|(name, lane)| (vec![("stream", name.to_owned())], number(lane))).collect()
        };
        let behind = |rows: Rows| -> Rows {
            rows.into_iter().map(|(labels, at)| (labels, (head - at).max(0))).collect()
        };
        let positions = each(|lane| lane.position);
        let help = "The log's position up to which a stream holds everything";
        told.gauges("involvement_relay_position", help, None, positions.clone())?;
        let help = "Events that a stream does not hold yet";
        told.gauges("involvement_relay_lag_events", help, None, behind(positions))?;
        let help = "Times that a stream was found to hold less than had been published";
        let lost = each(|lane| i64::try_from(lane.lost).unwrap_or(i64::MAX));
        told.counters("involvement_relay_streams_republished", help, lost)?;
        let flag = |is: bool| -> Rows { relay.iter().flat_map(|_| one(i64::from(is))).collect() };
        let is_halted = relay.as_ref().is_some_and(|relay| relay.halted.is_some());
        let help = "Whether the relay stands still until a person has looked, 1 or 0";
        told.gauges("involvement_relay_halted", help, None, flag(is_halted))?;
        let agrees = relay.as_ref().is_some_and(|relay| relay.reconciled);
        let help =
            "Whether streams and log were found to agree since NATS was last reached, 1 or 0";
        told.gauges("involvement_relay_reconciled", help, None, flag(agrees))
    }

    fn of_subscriptions(&self, told: &mut Told<'_>) -> fmt::Result {
        let statuses = self.traffic.statuses();
        let each = |number: fn(&SubscriptionStatus) -> i64| -> Rows {
            let row = |it: &SubscriptionStatus| {
                let kind = match it.kind {
                    Kind::View => "view",
                    Kind::Policy => "policy",
                };
                let labels = vec![
                    ("subscriber", it.name.clone()),
                    ("source", it.source.clone()),
                    ("kind", kind.to_owned()),
                ];
                (labels, number(it))
            };
            statuses.iter().map(row).collect()
        };
        let help = "Messages known to wait in the publisher's stream";
        let pending = each(|it| i64::try_from(it.pending).unwrap_or(i64::MAX));
        told.gauges("involvement_subscription_pending_facts", help, None, pending)?;
        let help = "Whether a subscriber stands still, 1 or 0";
        let stalled = each(|it| i64::from(it.stalled.is_some()));
        told.gauges("involvement_subscription_stalled", help, None, stalled)?;
        let help = "Messages that were folded or answered, or dropped as repeats";
        let heard = each(|it| i64::try_from(it.heard).unwrap_or(i64::MAX));
        told.counters("involvement_facts_heard", help, heard)?;
        let help = "Times that a message was missing";
        let holes = each(|it| i64::try_from(it.holes).unwrap_or(i64::MAX));
        told.counters("involvement_holes_met", help, holes)?;
        let help = "Times that a message was not taken for another reason than a hole";
        let refused = each(|it| i64::try_from(it.refused).unwrap_or(i64::MAX));
        told.counters("involvement_facts_refused", help, refused)
    }

    /// Of this service's own log, by how many events they are behind; of others', how far they are.
    fn of_followers(&self, told: &mut Told<'_>, head: i64, which: Following) -> fmt::Result {
        let (mut position, mut lag, mut stalled, mut parked) =
            <(Rows, Rows, Rows, Rows)>::default();
        let label = if which == Following::Views { "view" } else { "policy" };
        for ((source, name), reached) in self.progress.now() {
            let (source, of) = match source.strip_suffix(POLICIES) {
                Some(source) => (source.to_owned(), Following::Policies),
                None => (source, Following::Views),
            };
            if of != which {
                continue;
            }
            let labels = vec![(label, name), ("source", source)];
            if labels.iter().any(|(_, value)| value == self.service) {
                lag.push((labels.clone(), (head - reached.position).max(0)));
            }
            position.push((labels.clone(), reached.position));
            stalled.push((labels.clone(), i64::from(reached.stalled.is_some())));
            parked.push((labels, whole(reached.parked)));
        }
        let name = |what: &str| format!("involvement_{label}_{what}");
        let help = format!("The position of its source's log that a {label} has come to");
        told.gauges(&name("position"), &help, None, position)?;
        let help = format!("Events of the service's own log that a {label} is behind");
        told.gauges(&name("lag_events"), &help, None, lag)?;
        let help = format!("Whether a {label} stands still, 1 or 0");
        told.gauges(&name("stalled"), &help, None, stalled)?;
        if which == Following::Views {
            let help = "Streams that a view goes on without until a person has looked";
            told.gauges("involvement_view_parked_streams", help, None, parked)?;
        }
        Ok(())
    }
}

/// Writes families, each with its help and all its rows.
struct Told<'a> {
    encoder: DescriptorEncoder<'a>,
}

impl Told<'_> {
    fn gauges(&mut self, name: &str, help: &str, unit: Option<&Unit>, rows: Rows) -> fmt::Result {
        // As the registry ends the helps it is given.
        let help = format!("{help}.");
        let mut family = self.encoder.encode_descriptor(name, &help, unit, MetricType::Gauge)?;
        for (labels, value) in rows {
            family.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    fn counters(&mut self, name: &str, help: &str, rows: Rows) -> fmt::Result {
        let help = format!("{help}.");
        let mut family = self.encoder.encode_descriptor(name, &help, None, MetricType::Counter)?;
        for (labels, value) in rows {
            let value = u64::try_from(value).unwrap_or(0);
            family.encode_family(&labels)?.encode_counter::<NoLabelSet, u64, f64>(&value, None)?;
        }
        Ok(())
    }
}

fn one(value: i64) -> Rows {
    vec![(Vec::new(), value)]
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// As Linux tells it; elsewhere nothing is told.
fn memory_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
