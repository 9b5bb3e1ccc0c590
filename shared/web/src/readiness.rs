//! Whether this process can do its whole work, and if not, which part says so. Parts tell; nobody asks
//! them. Reasons are shown to anyone, so they hold nothing personal; no request is turned away here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use tokio::sync::watch;

/// What has to be well before a process is. Each has a row in `deploy/runbooks/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The service's database answers.
    Database,
    /// Commands can be committed.
    Committer,
    /// Every view follows what it is made from.
    View,
    /// Every policy answers what happens.
    Policy,
    /// What is due is fired.
    Timers,
    /// The machine's clock was not set back.
    Clock,
    /// NATS can be reached.
    Nats,
    /// What happens is published.
    Relay,
    /// Keys of personal values can be had.
    Vault,
    /// The keys by which tokens are verified are known.
    SignIn,
}

impl Condition {
    /// Every one there is.
    pub const ALL: [Self; 10] = [
        Self::Database,
        Self::Committer,
        Self::View,
        Self::Policy,
        Self::Timers,
        Self::Clock,
        Self::Nats,
        Self::Relay,
        Self::Vault,
        Self::SignIn,
    ];

    /// Its permanent name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Committer => "committer",
            Self::View => "view",
            Self::Policy => "policy",
            Self::Timers => "timers",
            Self::Clock => "clock",
            Self::Nats => "nats",
            Self::Relay => "relay",
            Self::Vault => "vault",
            Self::SignIn => "sign_in",
        }
    }
}

/// What every part of a process says about itself. Cheap to clone; clones agree.
#[derive(Clone, Debug)]
pub struct Readiness {
    parts: Arc<watch::Sender<Parts>>,
}

/// A condition, and where it holds of several, of which.
type Part = (Condition, Cow<'static, str>);
type Parts = BTreeMap<Part, Option<Cow<'static, str>>>;

#[derive(Serialize)]
struct Told<'a> {
    ready: bool,
    conditions: Vec<ToldCondition<'a>>,
}

#[derive(Serialize)]
struct ToldCondition<'a> {
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    of: &'a str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { parts: Arc::new(watch::channel(Parts::new()).0) }
    }
}

impl Readiness {
    /// Names what has to be well before the process is ready. It is not, until it says so.
    pub fn expect(&self, condition: Condition) {
        self.set((condition, Cow::Borrowed("")), Some(Cow::Borrowed("starting")));
    }

    /// It is well.
    pub fn ok(&self, condition: Condition) {
        self.set((condition, Cow::Borrowed("")), None);
    }

    /// It is not well, and why; nothing personal.
    pub fn not_ok(&self, condition: Condition, reason: impl Into<Cow<'static, str>>) {
        self.set((condition, Cow::Borrowed("")), Some(reason.into()));
    }

    /// One of several is well, or not and why; nothing personal.
    pub fn set_one(&self, condition: Condition, of: String, reason: Option<String>) {
        self.set((condition, Cow::Owned(of)), reason.map(Cow::Owned));
    }

    fn set(&self, part: Part, reason: Option<Cow<'static, str>>) {
        self.parts.send_if_modified(|parts| {
            let before = parts.get(&part);
            if before == Some(&reason) {
                return false;
            }
            let was_well = before.is_none_or(Option::is_none);
            note(&part, was_well, reason.as_deref());
            parts.insert(part, reason);
            true
        });
    }

    /// Whether every part is well.
    pub fn is_ready(&self) -> bool {
        all_ok(&self.parts.borrow())
    }

    /// Why a condition is not met, where it is not.
    pub fn reason(&self, condition: Condition) -> Option<String> {
        let parts = self.parts.borrow();
        let mut unmet = parts.iter().filter(|((known, _), _)| *known == condition);
        unmet.find_map(|(_, reason)| reason.as_ref().map(ToString::to_string))
    }

    /// Every condition that is looked at, and whether it is met everywhere it holds.
    pub fn conditions(&self) -> BTreeMap<Condition, bool> {
        let mut all = BTreeMap::new();
        for ((condition, _), reason) in self.parts.borrow().iter() {
            *all.entry(*condition).or_insert(true) &= reason.is_none();
        }
        all
    }

    /// Waits until every part is well.
    pub async fn ready(&self) {
        // The sender lives in `self`, so the wait cannot end by its going away.
        let _ = self.parts.subscribe().wait_for(all_ok).await;
    }

    pub(crate) fn tell(&self) -> Response {
        let parts = self.parts.borrow();
        let ready = all_ok(&parts);
        let told = Told {
            ready,
            conditions: parts
                .iter()
                .map(|((condition, of), reason)| ToldCondition {
                    name: condition.name(),
                    of,
                    ok: reason.is_none(),
                    reason: reason.as_deref(),
                })
                .collect(),
        };
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, Json(told)).into_response()
    }
}

/// Once for each change, so that the log tells how long something lasted.
fn note((condition, of): &Part, was_well: bool, reason: Option<&str>) {
    let condition = condition.name();
    match reason {
        Some("starting") => {}
        Some(reason) => tracing::warn!(condition, %of, reason, "a condition is not met"),
        None if was_well => {}
        None => tracing::info!(condition, %of, "a condition is met"),
    }
}

/// Nothing to be well is not well: a process that has not begun cannot do its work.
fn all_ok(parts: &Parts) -> bool {
    !parts.is_empty() && parts.values().all(Option::is_none)
}

#[cfg(test)]
mod tests {
    use super::{Condition, Readiness};

    #[tokio::test]
    async fn a_process_is_ready_when_its_last_part_says_so() {
        let readiness = Readiness::default();
        assert!(!readiness.is_ready(), "nothing has begun");
        readiness.expect(Condition::Database);
        readiness.expect(Condition::Relay);
        readiness.ok(Condition::Database);
        assert!(!readiness.is_ready());
        let waiting = readiness.ready();
        readiness.clone().ok(Condition::Relay);
        waiting.await;
        readiness.not_ok(Condition::Relay, "the stream is ahead of the log");
        assert!(!readiness.is_ready());
        assert_eq!(readiness.reason(Condition::Database), None);
        let why = readiness.reason(Condition::Relay).unwrap();
        assert_eq!(why, "the stream is ahead of the log");
    }

    #[test]
    fn of_several_views_each_speaks_for_itself() {
        let readiness = Readiness::default();
        for (of, why) in [("seats", None), ("claims", Some("it broke".to_owned()))] {
            readiness.set_one(Condition::View, of.to_owned(), why);
        }
        assert_eq!(readiness.reason(Condition::View).as_deref(), Some("it broke"));
        readiness.set_one(Condition::View, "claims".to_owned(), None);
        assert!(readiness.is_ready());
    }

    #[test]
    fn every_condition_has_a_row_in_the_runbooks() {
        let rows = include_str!("../../../deploy/runbooks/README.md");
        for condition in Condition::ALL {
            let row = format!("| `/health/ready` names `{}` |", condition.name());
            assert!(rows.contains(&row), "deploy/runbooks/README.md lacks a row that begins {row}");
        }
    }
}
