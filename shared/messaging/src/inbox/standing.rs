//! Where each subscriber stands, for readiness, for those who wait and for people. Nothing here
//! decides anything.

use std::sync::Arc;

use eventstore::view::Progress;
use tokio::sync::watch;

use super::checkpoint::Checkpoint;
use crate::fact::Mark;
use crate::reached::{self, Reached};

/// What a subscriber does with facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It writes rows.
    View,
    /// It gives commands.
    Policy,
}

/// Where one subscriber stands with one publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionStatus {
    /// The subscriber.
    pub name: String,
    /// The publisher.
    pub source: String,
    /// View or policy.
    pub kind: Kind,
    /// The last message applied or answered.
    pub applied: Mark,
    /// The publisher's log position up to which everything is applied or answered; also past
    /// events that made no fact.
    pub reached_position: i64,
    /// Messages known to wait in the stream.
    pub pending: u64,
    /// Messages applied or answered since the start, and repeats of them that were dropped.
    pub heard: u64,
    /// How often a hole was met since the start.
    pub holes: u64,
    /// How often a message was refused for another reason since the start.
    pub refused: u64,
    /// Why it stands still, if it does.
    pub stalled: Option<String>,
    /// Messages its stream had lost and its publisher told again, since the process began.
    pub refilled: u64,
    /// How often nothing came although messages waited, and its consumer was made anew.
    pub reopened: u64,
}

/// Where all subscribers of one service stand.
#[derive(Clone, Debug)]
pub(super) struct Standings {
    all: Arc<watch::Sender<Vec<SubscriptionStatus>>>,
}

impl Default for Standings {
    fn default() -> Self {
        Self { all: Arc::new(watch::channel(Vec::new()).0) }
    }
}

impl Standings {
    pub(super) fn watch(&self) -> watch::Receiver<Vec<SubscriptionStatus>> {
        self.all.subscribe()
    }

    pub(super) fn add(&self, name: &str, source: &str, kind: Kind, progress: Progress) -> Standing {
        self.all.send_modify(|all| {
            all.push(SubscriptionStatus {
                name: name.to_owned(),
                source: source.to_owned(),
                kind,
                applied: Mark::START,
                reached_position: 0,
                pending: 0,
                heard: 0,
                holes: 0,
                refused: 0,
                stalled: None,
                refilled: 0,
                reopened: 0,
            });
        });
        // Known from the beginning, so that a wait never passes because it has not begun.
        progress.reached(&followed(source, kind), name, 0);
        Standing {
            name: name.to_owned(),
            source: source.to_owned(),
            kind,
            progress,
            all: self.clone(),
            position: 0,
            finished: false,
        }
    }
}

/// One subscriber's own line among them.
#[derive(Debug)]
pub(super) struct Standing {
    name: String,
    source: String,
    kind: Kind,
    progress: Progress,
    all: Standings,
    /// Rows that hold up to a position go on holding, whatever is said later.
    position: i64,
    finished: bool,
}

impl Standing {
    /// It has come to `checkpoint`; the publisher said `heard` of itself.
    pub(super) fn at(&mut self, checkpoint: &Checkpoint, heard: Option<&Reached>) {
        let Checkpoint { mark, complete, log_id, .. } = checkpoint;
        let position = reached::position(*mark, *complete, *log_id, heard).max(self.position);
        self.position = position;
        let moved = self.change(|status| {
            let moved = status.applied != *mark || status.reached_position != position;
            status.applied = *mark;
            status.reached_position = position;
            moved
        });
        if moved {
            self.progress();
        }
    }

    /// So many messages are known to wait.
    pub(super) fn pending(&self, pending: u64) {
        self.change(|status| std::mem::replace(&mut status.pending, pending) != pending);
    }

    /// So many messages more were applied, answered or dropped.
    pub(super) fn heard(&self, messages: usize) {
        self.change(|status| {
            status.heard += u64::try_from(messages).unwrap_or(u64::MAX);
            false
        });
    }

    /// A message was not taken.
    pub(super) fn turned_away(&self, for_a_hole: bool) {
        self.change(|status| {
            status.holes += u64::from(for_a_hole);
            status.refused += u64::from(!for_a_hole);
            false
        });
    }

    /// So many messages were told again by their publisher.
    pub(super) fn refilled(&self, messages: u64) {
        self.change(|status| {
            status.refilled += messages;
            true
        });
    }

    /// Its consumer stood still and is made anew.
    pub(super) fn reopened(&self) {
        self.change(|status| {
            status.reopened += 1;
            true
        });
    }

    /// It stands still.
    pub(super) fn stalled(&self, why: &str) {
        self.change(|status| {
            let new = status.stalled.as_deref() != Some(why);
            status.stalled = Some(why.to_owned());
            new
        });
        self.progress.stalled(&followed(&self.source, self.kind), &self.name, why);
    }

    /// It goes on.
    pub(super) fn flows(&self) {
        if self.change(|status| status.stalled.take().is_some()) {
            self.progress();
        }
    }

    fn progress(&self) {
        self.progress.reached(&followed(&self.source, self.kind), &self.name, self.position);
    }

    /// It was asked to stop.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    fn change(&self, change: impl FnOnce(&mut SubscriptionStatus) -> bool) -> bool {
        self.all.all.send_if_modified(|all| {
            all.iter_mut()
                .find(|status| status.name == self.name && status.source == self.source)
                .is_some_and(change)
        })
    }
}

/// Under which name a source is followed: reads wait for views alone, and readiness for all.
fn followed(source: &str, kind: Kind) -> String {
    match kind {
        Kind::View => source.to_owned(),
        Kind::Policy => format!("{source} policies"),
    }
}

/// A task that ended without being asked to has broken; nobody may take its silence for calm.
impl Drop for Standing {
    fn drop(&mut self) {
        if !self.finished {
            self.stalled("it stopped unexpectedly; start the process again");
        }
    }
}
