//! How far views have come, so that a read can wait for what it must show. Kept in memory alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How far views have come, so that a read can wait for what it must show.
#[derive(Clone, Debug)]
pub struct Progress {
    reached: Arc<watch::Sender<BTreeMap<(String, String), Reached>>>,
}

/// How far one view has come in one log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The position up to which its rows hold.
    pub position: i64,
    /// Why it stands still, where it does; nothing personal.
    pub stalled: Option<String>,
    /// Streams it passes over, because an event of theirs could not be folded.
    pub parked: usize,
}

impl Default for Progress {
    fn default() -> Self {
        Self { reached: Arc::new(watch::channel(BTreeMap::new()).0) }
    }
}

impl Progress {
    /// Notes how far the view `name` has come in the log of `source`.
    pub fn reached(&self, source: &str, name: &str, position: i64) {
        self.reached.send_modify(|all| {
            let one = all.entry((source.to_owned(), name.to_owned())).or_default();
            one.position = position;
            one.stalled = None;
        });
    }

    /// Notes that a view stands still, and why.
    pub fn stalled(&self, source: &str, name: &str, why: &str) {
        self.reached.send_modify(|all| {
            all.entry((source.to_owned(), name.to_owned())).or_default().stalled =
                Some(why.to_owned());
        });
    }

    /// Notes how many streams a view passes over.
    pub fn parked(&self, source: &str, name: &str, streams: usize) {
        self.reached.send_modify(|all| {
            all.entry((source.to_owned(), name.to_owned())).or_default().parked = streams;
        });
    }

    /// Waits until every view of `source` has come to `position`; false where it took longer than
    /// `limit`, or where no view follows that source.
    pub async fn wait_for(&self, source: &str, position: i64, limit: Duration) -> bool {
        let mut reached = self.reached.subscribe();
        let arrived = reached.wait_for(|all| {
            let mut of_source = all.iter().filter(|((from, _), _)| from == source).peekable();
            of_source.peek().is_some() && of_source.all(|(_, one)| one.position >= position)
        });
        tokio::time::timeout(limit, arrived).await.is_ok_and(|outcome| outcome.is_ok())
    }

    /// How far everything has come now: (source, view) to reached.
    pub fn now(&self) -> BTreeMap<(String, String), Reached> {
        self.reached.borrow().clone()
    }
}
