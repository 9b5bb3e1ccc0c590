//! Record unknown: an attempt was begun and nobody knows what came of it, because the process ended
//! or the mail server fell silent in the middle. It is shown, and never repeated by itself.

use super::record_sent::{of_this_attempt, out_of_turn};
use super::{Event, Message, Refusal, Stage};

/// Told by whoever finds an attempt without an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordUnknown {
    /// Which attempt.
    pub attempt: u16,
}

impl RecordUnknown {
    /// Only of the attempt that is under way.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        match errand.stage {
            Stage::Attempted { .. } => {
                of_this_attempt(errand, self.attempt)?;
                Ok(vec![Event::BecameUnknown { attempt: self.attempt }])
            }
            Stage::Unknown if errand.attempts == self.attempt => Ok(Vec::new()),
            Stage::Unknown
            | Stage::Sent
            | Stage::LetterReady
            | Stage::Planned
            | Stage::Failed { .. }
            | Stage::Held { .. }
            | Stage::Told
            | Stage::SetAside => Err(out_of_turn(errand, self.attempt)),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::{Command, Way};

    fn record() -> Command {
        Command::RecordUnknown(RecordUnknown { attempt: 1 })
    }

    #[test]
    fn an_attempt_without_an_outcome_is_unknown() {
        after(until_attempted(Way::Smtp))
            .when(POLICY, now(), record())
            .then(Event::BecameUnknown { attempt: 1 });
    }

    #[test]
    fn told_twice_it_is_unknown_once() {
        after(until_unknown()).when(POLICY, now(), record()).then_nothing();
    }

    #[test]
    fn what_is_known_does_not_become_unknown() {
        for history in [until_sent(), until_failed(), until_letter_ready(), until_told()] {
            after(history).when(POLICY, now(), record()).then_refused(Refusal::LaterAttempt);
        }
        for history in [until_planned(), until_held()] {
            after(history).when(POLICY, now(), record()).then_refused(Refusal::NotAttempted);
        }
        after(vec![]).when(POLICY, now(), record()).then_refused(Refusal::NotRequested);
    }
}
