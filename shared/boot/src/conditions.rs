//! Looks every second whether the process can do its whole work, and tells readiness. Mends nothing
//! and turns nobody away: a service whose neighbours are gone goes on taking commands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use eventstore::view::Progress;
use eventstore::{Executor, reader, timer};
use jiff::Timestamp;
use messaging::Connection;
use messaging::inbox::Kind;
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use vault::Vault;
use web::{Condition, Readiness, Verifier};

use crate::metrics::Looks;
use crate::skew;
use crate::traffic::Traffic;

/// Until everything was well for the first time, somebody waits for it.
const LOOKS_EVERY_AT_FIRST: Duration = Duration::from_millis(50);
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// How long a part may take to say that it is well.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// How long what is under way may make no progress before somebody has to look.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is looked at.
pub(crate) struct Looked {
    pub(crate) executor: Executor,
    pub(crate) progress: Progress,
    pub(crate) traffic: Traffic,
    pub(crate) nats: Option<Connection>,
    pub(crate) vault: Option<Arc<Vault>>,
    pub(crate) verifier: Verifier,
    /// Where it is noted for those who measure.
    pub(crate) looks: Arc<Looks>,
}

/// Something that should move, and since when it has not.
#[derive(Debug)]
struct Stillness<T> {
    seen: Option<(T, Instant)>,
}

impl<T: PartialEq> Stillness<T> {
    const NONE: Self = Self { seen: None };

    /// Whether it has been just so for too long; nothing to move is never too long.
    fn lasts(&mut self, now: Option<T>) -> bool {
        match (now, &self.seen) {
            (Some(now), Some((before, since))) if now == *before => since.elapsed() > PATIENCE,
            (now, _) => {
                self.seen = now.map(|now| (now, Instant::now()));
                false
            }
        }
    }
}

impl Looked {
    /// Names what has to be well, so that nothing is ready that has not said so.
    pub(crate) fn expect(&self, readiness: &Readiness) {
        for condition in
            [Condition::Database, Condition::Committer, Condition::Timers, Condition::SignIn]
        {
            readiness.expect(condition);
        }
        if self.nats.is_some() {
            readiness.expect(Condition::Nats);
            readiness.expect(Condition::Relay);
        }
        if self.vault.is_some() {
            readiness.expect(Condition::Vault);
        }
    }

    /// Looks until `stop`.
    pub(crate) async fn watch(self, readiness: Readiness, stop: CancellationToken) {
        let mut looks = interval(LOOKS_EVERY_AT_FIRST);
        let (mut overdue, mut unpublished) = (Stillness::NONE, Stillness::NONE);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            let (due, (), ()) = tokio::select! {
                () = stop.cancelled() => return,
                all = async {
                    tokio::join!(
                        self.ask_the_database(&readiness),
                        self.ask_the_vault(&readiness),
                        self.ask_for_sign_in(&readiness),
                    )
                } => all,
            };
            match skew::told(self.executor.clock().machine_is_behind_by()) {
                None => readiness.ok(Condition::Clock),
                Some(why) => readiness.not_ok(Condition::Clock, why),
            }
            match self.executor.committer().trouble() {
                None => readiness.ok(Condition::Committer),
                Some(why) => readiness.not_ok(Condition::Committer, why),
            }
            // What nobody can ask about is told of by the database's own condition.
            if let Some(due) = due {
                tell_of_timers(&readiness, overdue.lasts(due));
            }
            self.look_at_traffic(&readiness, &mut unpublished);
            self.look_at_followers(&readiness);
            if looks.period() < LOOKS_EVERY && readiness.is_ready() {
                looks = interval(LOOKS_EVERY);
            }
        }
    }

    /// What is due, where the database could say.
    async fn ask_the_database(&self, readiness: &Readiness) -> Option<Option<(i64, Timestamp)>> {
        let now = self.executor.clock().now();
        let asked = async {
            let pool = self.executor.pool();
            Ok::<_, sqlx::Error>((timer::overdue(pool, now).await?, reader::head(pool).await?))
        };
        let answered = tokio::time::timeout(ANSWERS_WITHIN, asked).await;
        let Ok(Ok(((n_due, since), head))) = answered else {
            readiness.not_ok(Condition::Database, "it does not answer");
            return None;
        };
        self.looks.timers_due.store(n_due, Ordering::Relaxed);
        self.looks.head.store(head.position, Ordering::Relaxed);
        readiness.ok(Condition::Database);
        Some(since.map(|since| (n_due, since)))
    }

    async fn ask_the_vault(&self, readiness: &Readiness) {
        let Some(vault) = &self.vault else { return };
        match tokio::time::timeout(ANSWERS_WITHIN, vault.answers()).await {
            Ok(Ok(())) => readiness.ok(Condition::Vault),
            Ok(Err(_)) | Err(_) => {
                readiness.not_ok(Condition::Vault, "the key database does not answer");
            }
        }
    }

    async fn ask_for_sign_in(&self, readiness: &Readiness) {
        match tokio::time::timeout(ANSWERS_WITHIN, self.verifier.has_keys()).await {
            Ok(true) => readiness.ok(Condition::SignIn),
            Ok(false) | Err(_) => {
                readiness.not_ok(Condition::SignIn, "the issuer's keys cannot be had");
            }
        }
    }

    fn look_at_traffic(&self, readiness: &Readiness, unpublished: &mut Stillness<()>) {
        let Some(nats) = &self.nats else { return };
        if nats.is_up() {
            readiness.ok(Condition::Nats);
        } else {
            readiness
                .not_ok(Condition::Nats, "NATS cannot be reached; commands are taken, and wait");
        }
        let is_cut_off = nats.is_up() && !self.traffic.is_reconciled();
        let lasts = unpublished.lasts(is_cut_off.then_some(()));
        match self.traffic.halted() {
            Some(why) => readiness.not_ok(Condition::Relay, why),
            None if lasts => {
                readiness.not_ok(Condition::Relay, "it cannot reach its streams");
            }
            None => readiness.ok(Condition::Relay),
        }
    }

    fn look_at_followers(&self, readiness: &Readiness) {
        for ((source, name), reached) in self.progress.now() {
            let condition = match source.strip_suffix(crate::service::POLICIES) {
                Some(_) => Condition::Policy,
                None => Condition::View,
            };
            let why = reached.stalled.or_else(|| told_of_parked(reached.parked));
            readiness.set_one(condition, format!("{name}, following {source}"), why);
        }
        for status in self.traffic.statuses() {
            if status.kind == Kind::Policy {
                let of = format!("{}, following {}", status.name, status.source);
                readiness.set_one(Condition::Policy, of, status.stalled);
            }
        }
    }
}

/// What somebody has to look after though everything else goes on.
fn told_of_parked(streams: usize) -> Option<String> {
    (streams > 0).then(|| format!("it passes over what happens in {streams} parked streams"))
}

fn interval(period: Duration) -> Interval {
    let mut looks = tokio::time::interval(period);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

fn tell_of_timers(readiness: &Readiness, are_late: bool) {
    if are_late {
        readiness
            .not_ok(Condition::Timers, "what is due has not been fired for more than 10 seconds");
    } else {
        readiness.ok(Condition::Timers);
    }
}
