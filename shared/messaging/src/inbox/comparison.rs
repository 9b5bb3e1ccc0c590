//! Whether what a publisher says of itself can be of the log that was heard. After a restore it cannot:
//! then somebody has to look, although no message is missing and none can be told from a repeat.

use std::time::Duration;

use tokio::time::Instant;

use super::checkpoint::Checkpoint;
use super::ears::Word;
use crate::fact::Mark;
use crate::layout::Channel;
use crate::reached::contradicts;

/// A word said so long after a message was applied was said by somebody who knew of that message.
const KNOWS_AFTER: Duration = Duration::from_secs(3);

/// What is shown while the two contradict each other.
const RESTORED: &str = "the publisher's log is not the one that was heard here: it was restored from \
                        an earlier time, or went another way; see deploy/runbooks/relay-halted.md";

/// Looks again and again, for one subscriber.
#[derive(Debug)]
pub(super) struct Comparison {
    applied: Mark,
    since: Instant,
    contradicts: bool,
}

/// What has to be told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// That they contradict each other.
    Contradiction(&'static str),
    /// That they do no longer.
    Agreement,
    Nothing,
}

impl Comparison {
    pub(super) fn new() -> Self {
        Self { applied: Mark::START, since: Instant::now(), contradicts: false }
    }

    pub(super) fn look(
        &mut self,
        at: &Checkpoint,
        channel: Channel,
        word: Option<&Word>,
    ) -> Telling {
        if at.mark != self.applied {
            (self.applied, self.since) = (at.mark, Instant::now());
        }
        let Some(word) = word else { return Telling::Nothing };
        if word.heard_at < self.since + KNOWS_AFTER {
            return Telling::Nothing;
        }
        let before = self.contradicts;
        self.contradicts = contradicts(&word.reached, channel, at.mark, at.log_id);
        match (before, self.contradicts) {
            (_, true) => Telling::Contradiction(RESTORED),
            (true, false) => Telling::Agreement,
            (false, false) => Telling::Nothing,
        }
    }
}
