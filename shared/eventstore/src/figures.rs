//! What a store counts and measures of its own work, for those who run it. Holds no id, no name of
//! anybody and nothing that was written: a label says a room, or what came of a command.

use std::borrow::Cow;
use std::time::Duration;

use jiff::SignedDuration;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::append::Receipt;
use crate::committer::{Committer, Overloaded};
use crate::executor::{Failure, Outcome};

/// Up to the largest batch there is.
const BATCH_BUCKETS: u16 = 9;
/// From half a millisecond to 8 seconds, beyond which a commit is in doubt.
const APPEND_BUCKETS: u16 = 15;
/// A timer is asked for four times a second; whoever waits a minute longer has been told by then.
const LATENESS_SECONDS: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0];

/// A room, and what came of a command in it.
type Decided = [(&'static str, Cow<'static, str>); 2];

/// The figures of one process's store. Clones count together.
#[derive(Clone, Debug)]
pub struct Figures {
    commands: Family<Decided, Counter>,
    batch: Histogram,
    append: Histogram,
    tried_again: Counter,
    in_doubt: Counter,
    fired: Counter,
    lateness: Histogram,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            commands: Family::default(),
            batch: Histogram::new(exponential_buckets(1.0, 2.0, BATCH_BUCKETS)),
            append: Histogram::new(exponential_buckets(0.0005, 2.0, APPEND_BUCKETS)),
            tried_again: Counter::default(),
            in_doubt: Counter::default(),
            fired: Counter::default(),
            lateness: Histogram::new(LATENESS_SECONDS),
        }
    }
}

impl Figures {
    /// Has them told under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "involvement_commands_decided",
            "Commands by room and by what came of them",
            self.commands.clone(),
        );
        registry.register(
            "involvement_batch_commands",
            "Commands that one commit made durable together",
            self.batch.clone(),
        );
        registry.register_with_unit(
            "involvement_append_duration",
            "Time from the committer's queue to the durable answer",
            Unit::Seconds,
            self.append.clone(),
        );
        registry.register(
            "involvement_batches_retried",
            "Tries at a commit that certainly stored nothing",
            self.tried_again.clone(),
        );
        registry.register(
            "involvement_commits_doubted",
            "Commits of which nobody knew at first whether they were stored",
            self.in_doubt.clone(),
        );
        registry.register(
            "involvement_timers_fired",
            "Timers whose command has its outcome",
            self.fired.clone(),
        );
        registry.register_with_unit(
            "involvement_timer_lateness",
            "Time from when a timer was due to when its command was given",
            Unit::Seconds,
            self.lateness.clone(),
        );
    }

    /// Counts it, and says by which name.
    pub(crate) fn decided(&self, room: &'static str, outcome: &Outcome) -> &'static str {
        let came_of = came_of(outcome);
        self.count(Cow::Borrowed(room), came_of);
        came_of
    }

    /// A command that was answered from what was stored before anybody decided on it.
    pub(crate) fn repeated(&self, receipt: &Receipt) {
        self.count(Cow::Owned(receipt.stream.kind.clone()), "repeated");
    }

    fn count(&self, room: Cow<'static, str>, outcome: &'static str) {
        let labels = [("room", room), ("outcome", Cow::Borrowed(outcome))];
        self.commands.get_or_create(&labels).inc();
    }

    pub(crate) fn appended(&self, took: Duration) {
        self.append.observe(took.as_secs_f64());
    }

    pub(crate) fn committed(&self, commands: usize) {
        self.batch.observe(u32::try_from(commands).map_or(f64::MAX, f64::from));
    }

    pub(crate) fn tried_again(&self) {
        self.tried_again.inc();
    }

    pub(crate) fn in_doubt(&self) {
        self.in_doubt.inc();
    }

    pub(crate) fn fired(&self, late: SignedDuration) {
        self.fired.inc();
        self.lateness.observe(late.as_secs_f64());
    }
}

impl Committer {
    /// What is counted and measured of its work, and of commands.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }
}

/// The closed set of what comes of a command.
fn came_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Ok(receipt) if receipt.repeated => "repeated",
        Ok(receipt) if receipt.refusal.is_some() => "refused",
        Ok(_) => "accepted",
        Err(Failure::Stale { .. }) => "stale",
        Err(Failure::OtherRequest | Failure::StillRunning) => "conflicting",
        Err(Failure::Overloaded(Overloaded::InDoubt)) => "in_doubt",
        Err(
            Failure::Overloaded(
                Overloaded::QueueFull | Overloaded::Stopping | Overloaded::DatabaseAway,
            )
            | Failure::Contended,
        ) => "overloaded",
        Err(
            Failure::Unwritable(_)
            | Failure::Unstorable { .. }
            | Failure::Unreadable(_)
            | Failure::Database(_),
        ) => "failed",
    }
}
