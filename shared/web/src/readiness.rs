//! Whether this process can do its work, and if not, which part says so. Parts register under a
//! name and tell; nobody asks them. Reasons are shown to anyone, so they hold nothing personal.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use tokio::sync::watch;

/// What every part of a process says about itself. Cheap to clone; clones agree.
#[derive(Clone, Debug)]
pub struct Readiness {
    conditions: Arc<watch::Sender<Conditions>>,
}

type Conditions = BTreeMap<Cow<'static, str>, Option<Cow<'static, str>>>;

#[derive(Serialize)]
struct Told<'a> {
    ready: bool,
    conditions: Vec<Condition<'a>>,
}

#[derive(Serialize)]
struct Condition<'a> {
    name: &'a str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { conditions: Arc::new(watch::channel(Conditions::new()).0) }
    }
}

impl Readiness {
    /// Names a part that has to be well before the process is ready. It is not, until it says so.
    pub fn expect(&self, name: impl Into<Cow<'static, str>>) {
        self.not_ok(name, "starting");
    }

    /// The part is well.
    pub fn ok(&self, name: impl Into<Cow<'static, str>>) {
        self.set(name.into(), None);
    }

    /// The part is not well, and why; nothing personal.
    pub fn not_ok(&self, name: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) {
        self.set(name.into(), Some(reason.into()));
    }

    fn set(&self, name: Cow<'static, str>, reason: Option<Cow<'static, str>>) {
        self.conditions.send_if_modified(|conditions| {
            let before = conditions.insert(name, reason.clone());
            before != Some(reason)
        });
    }

    /// Whether every part is well.
    pub fn is_ready(&self) -> bool {
        all_ok(&self.conditions.borrow())
    }

    /// Waits until every part is well.
    pub async fn ready(&self) {
        // The sender lives in `self`, so the wait cannot end by its going away.
        let _ = self.conditions.subscribe().wait_for(all_ok).await;
    }

    pub(crate) fn tell(&self) -> Response {
        let conditions = self.conditions.borrow();
        let ready = all_ok(&conditions);
        let told = Told {
            ready,
            conditions: conditions
                .iter()
                .map(|(name, reason)| Condition {
                    name,
                    ok: reason.is_none(),
                    reason: reason.as_deref(),
                })
                .collect(),
        };
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, Json(told)).into_response()
    }
}

fn all_ok(conditions: &Conditions) -> bool {
    conditions.values().all(Option::is_none)
}

#[cfg(test)]
mod tests {
    use super::Readiness;

    #[tokio::test]
    async fn a_process_is_ready_when_its_last_part_says_so() {
        let readiness = Readiness::default();
        readiness.expect("database");
        readiness.expect("relay");
        readiness.ok("database");
        assert!(!readiness.is_ready());
        let waiting = readiness.ready();
        readiness.clone().ok("relay");
        waiting.await;
        readiness.not_ok("relay", "the stream is ahead of the log");
        assert!(!readiness.is_ready());
    }
}
