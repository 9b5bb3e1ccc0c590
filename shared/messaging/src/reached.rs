//! How far a publisher's facts have come. Events that make no fact leave no message, so the
//! publisher says aloud how far it has read; without that, a wait for its position would never end.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::fact::Mark;
use crate::layout::Channel;

/// What a publisher says of itself on `<service>.reached`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Its log.
    pub log_id: Uuid,
    /// Every event up to here has its facts in the stream.
    pub position: i64,
    /// The last fact among them; [`Mark::START`] where there is none yet.
    pub facts: Mark,
    /// Where its log ends, as far as its relay has seen; earlier builds do not say.
    #[serde(default)]
    pub head: Option<i64>,
}

/// Whether what was heard cannot be of the log that the publisher speaks of: that one ends earlier, or
/// has no fact there.
pub(crate) fn contradicts(
    said: &Reached,
    channel: Channel,
    applied: Mark,
    log_id: Option<Uuid>,
) -> bool {
    let Some(log_id) = log_id else { return false };
    let ends_earlier = said.head.is_some_and(|head| head < applied.position);
    let lacks_it = said.position >= applied.position && said.facts < applied;
    log_id != said.log_id || ends_earlier || (channel == Channel::Facts && lacks_it)
}

/// The publisher's position up to which a reader's rows hold.
///
/// `applied` is the last message applied, `complete` whether it was its event's last. Once the
/// reader has applied the last fact the publisher speaks of, it has all that the publisher's
/// position means.
pub(crate) fn position(
    applied: Mark,
    complete: bool,
    log_id: Option<Uuid>,
    heard: Option<&Reached>,
) -> i64 {
    let own = if complete { applied.position } else { applied.position - 1 }.max(0);
    match heard {
        Some(reached)
            if log_id.is_none_or(|log_id| log_id == reached.log_id) && applied >= reached.facts =>
        {
            own.max(reached.position)
        }
        Some(_) | None => own,
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, Mark, Reached, Uuid, contradicts, position};

    const LOG: Uuid = Uuid::from_u128(1);

    fn mark(position: i64, ordinal: i32) -> Mark {
        Mark { position, ordinal }
    }

    #[test]
    fn events_without_facts_count_as_reached_once_the_last_fact_is_applied() {
        let said = Reached { log_id: LOG, position: 12, facts: mark(9, 2), head: None };
        assert_eq!(position(mark(9, 1), false, Some(LOG), Some(&said)), 8);
        assert_eq!(position(mark(9, 2), true, Some(LOG), Some(&said)), 12);
        assert_eq!(position(mark(14, 1), true, Some(LOG), Some(&said)), 14);
    }

    #[test]
    fn a_publisher_without_any_fact_is_followed_all_the_same() {
        let said = Reached { log_id: LOG, position: 5, facts: Mark::START, head: None };
        assert_eq!(position(Mark::START, true, None, Some(&said)), 5);
        assert_eq!(position(Mark::START, true, None, None), 0);
    }

    #[test]
    fn what_another_database_says_is_not_believed() {
        let said =
            Reached { log_id: Uuid::from_u128(2), position: 40, facts: Mark::START, head: None };
        assert_eq!(position(mark(3, 1), true, Some(LOG), Some(&said)), 3);
    }

    #[test]
    fn what_was_heard_beyond_the_end_of_a_restored_log_contradicts_its_publisher() {
        let restored = Reached { log_id: LOG, position: 7, facts: mark(6, 1), head: Some(7) };
        let differs = |said: &Reached, channel, at| contradicts(said, channel, at, Some(LOG));
        assert!(differs(&restored, Channel::Facts, mark(9, 1)));
        assert!(differs(&restored, Channel::Log, mark(9, 1)));
        assert!(!differs(&restored, Channel::Facts, mark(6, 1)));
        // It went on, and gave no fact where one was heard.
        let went_on = Reached { log_id: LOG, position: 12, facts: mark(8, 1), head: Some(12) };
        assert!(differs(&went_on, Channel::Facts, mark(9, 1)));
        assert!(!differs(&went_on, Channel::Log, mark(9, 1)));
        // It is only publishing anew what it has.
        let anew = Reached { log_id: LOG, position: 3, facts: mark(3, 1), head: Some(12) };
        assert!(!differs(&anew, Channel::Facts, mark(9, 1)));
        assert!(!contradicts(&restored, Channel::Facts, Mark::START, None));
    }
}
