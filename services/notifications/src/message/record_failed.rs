//! Record failed: the message certainly did not leave. Where waiting may help it is tried again by
//! itself, ever more slowly; where it does not, or no longer, a human sees to it.

use eventstore::Occasion;
use jiff::{SignedDuration, Timestamp};

use super::record_sent::{of_this_attempt, out_of_turn};
use super::{Errand, Event, FailureReason, Message, Refusal, Stage};

/// How long is waited after each attempt, in minutes. Mail servers that put strangers off ask for a
/// few minutes; one that is mended overnight is met by the last.
const WAITS_MINUTES: [i64; 5] = [5, 15, 60, 4 * 60, 12 * 60];

/// Told by whoever tried to send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordFailed {
    /// Which attempt.
    pub attempt: u16,
    /// Why.
    pub reason: FailureReason,
}

impl RecordFailed {
    /// Only of an attempt whose outcome is not known otherwise.
    pub fn decide(self, state: &Message, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        match errand.stage {
            Stage::Attempted { .. } | Stage::Unknown => {
                of_this_attempt(errand, self.attempt)?;
                Ok(vec![self.failed(errand, occasion)])
            }
            Stage::Failed { .. } if errand.attempts == self.attempt => Ok(Vec::new()),
            Stage::Failed { .. }
            | Stage::Sent
            | Stage::LetterReady
            | Stage::Planned
            | Stage::Held { .. }
            | Stage::Told
            | Stage::SetAside => Err(out_of_turn(errand, self.attempt)),
        }
    }

    fn failed(self, errand: &Errand, occasion: &Occasion) -> Event {
        let try_again_at =
            if self.reason.may_pass() { next_try(self.attempt, occasion.taken_at) } else { None };
        Event::Failed {
            to: errand.to,
            kind: errand.content.kind().to_owned(),
            about: errand.content.about(),
            attempt: self.attempt,
            reason: self.reason,
            try_again_at,
        }
    }
}

fn next_try(attempt: u16, now: Timestamp) -> Option<Timestamp> {
    let minutes = WAITS_MINUTES.get(usize::from(attempt).checked_sub(1)?)?;
    now.checked_add(SignedDuration::from_mins(*minutes)).ok()
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::{Command, Way};

    fn record(attempt: u16, reason: FailureReason) -> Command {
        Command::RecordFailed(RecordFailed { attempt, reason })
    }

    #[test]
    fn what_the_server_will_never_take_is_for_a_human() {
        after(until_attempted(Way::Smtp))
            .when(POLICY, now(), record(1, FailureReason::RefusedForGood { code: 550 }))
            .then(refused_for_good(1));
    }

    #[test]
    fn what_may_pass_is_tried_again_ever_more_slowly_and_not_for_ever() {
        let mut history = until_planned();
        for minutes in [Some(5), Some(15), Some(60), Some(240), Some(720), None] {
            let attempt = u16::try_from(history.len()).unwrap().div_ceil(3);
            history.push(attempted(attempt, Way::Smtp));
            let failed = after(history.clone())
                .when(POLICY, now(), record(attempt, FailureReason::ServerUnavailable))
                .events();
            let Event::Failed { try_again_at, .. } = failed[0] else { panic!("{failed:?}") };
            let wait = try_again_at.map(|it| it.duration_since(now()).as_mins());
            assert_eq!(wait, minutes, "after attempt {attempt}");
            history.extend(failed);
            history.push(Event::ToBeSentAgain {});
        }
    }

    #[test]
    fn told_twice_it_failed_once_and_a_late_word_still_counts() {
        let reason = FailureReason::RefusedForGood { code: 550 };
        after(until_failed()).when(POLICY, now(), record(1, reason)).then_nothing();
        after(until_unknown()).when(POLICY, now(), record(1, reason)).then(refused_for_good(1));
    }

    #[test]
    fn what_has_left_did_not_fail() {
        let reason = FailureReason::ServerUnavailable;
        for history in [until_sent(), until_letter_ready(), until_told()] {
            after(history)
                .when(POLICY, now(), record(1, reason))
                .then_refused(Refusal::LaterAttempt);
        }
        for history in [until_planned(), until_held()] {
            after(history)
                .when(POLICY, now(), record(1, reason))
                .then_refused(Refusal::NotAttempted);
        }
        after(vec![]).when(POLICY, now(), record(1, reason)).then_refused(Refusal::NotRequested);
    }
}
