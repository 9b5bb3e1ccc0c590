//! How far a service has told others and heard them. Only looks; the relay and the subscriptions do
//! the work.

use std::collections::BTreeMap;

use messaging::{RelayStatus, SubscriptionStatus};
use tokio::sync::watch;

/// Both directions; empty for a service that keeps to itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) relay: Option<watch::Receiver<RelayStatus>>,
    pub(crate) subscriptions: Option<watch::Receiver<Vec<SubscriptionStatus>>>,
}

impl Traffic {
    /// What is still under way, where the own log has come to `head`.
    pub(crate) fn waiting(&self, head: i64) -> Vec<String> {
        let mut waiting = Vec::new();
        if self.relay.as_ref().is_some_and(|relay| !relay.borrow().has_published(head)) {
            waiting.push("the relay has not come to the end of the log".to_owned());
        }
        for status in self.statuses() {
            if let Some(why) = &status.stalled {
                waiting.push(format!("{} stands still: {why}", status.name));
            } else if status.pending > 0 {
                waiting.push(format!("{} has {} to hear", status.name, status.pending));
            }
        }
        waiting
    }

    /// How far each other service is heard, by the slowest subscriber.
    pub(crate) fn heard(&self) -> BTreeMap<String, i64> {
        let mut heard = BTreeMap::new();
        for status in self.statuses() {
            let slowest = heard.entry(status.source).or_insert(status.reached_position);
            *slowest = status.reached_position.min(*slowest);
        }
        heard
    }

    /// Why nothing is published any more, where that is so.
    pub(crate) fn halted(&self) -> Option<String> {
        let relay = self.relay.as_ref()?.borrow();
        relay.halted.as_ref().map(ToString::to_string)
    }

    /// Whether streams and log were found to agree since NATS was last reached.
    pub(crate) fn is_reconciled(&self) -> bool {
        self.relay.as_ref().is_none_or(|relay| relay.borrow().reconciled)
    }

    /// Where every subscriber stands.
    pub(crate) fn statuses(&self) -> Vec<SubscriptionStatus> {
        self.subscriptions.as_ref().map(|all| all.borrow().clone()).unwrap_or_default()
    }
}
