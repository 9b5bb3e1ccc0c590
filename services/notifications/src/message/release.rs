//! Release: what was held is looked at anew, because something that held it back may be gone. Asked
//! by staff, or by a policy when the person can be reached otherwise.

use super::{Event, Message, Refusal, Stage};

/// Asked with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {}

impl Release {
    /// Only what is held. If the reason is still there, it is held again, with its first clock.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        match state.errand()?.stage {
            Stage::Held { .. } => Ok(vec![Event::Released {}]),
            Stage::Planned
            | Stage::Attempted { .. }
            | Stage::Sent
            | Stage::Failed { .. }
            | Stage::Unknown
            | Stage::LetterReady
            | Stage::Told
            | Stage::SetAside => Err(Refusal::NotHeld),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::Command;

    #[test]
    fn what_was_held_goes_on() {
        after(until_held())
            .when(POLICY, now(), Command::Release(Release {}))
            .then(Event::Released {});
    }

    #[test]
    fn only_what_is_held_is_released() {
        for history in [until_planned(), until_sent(), until_unknown(), until_told()] {
            after(history)
                .when(STAFF, now(), Command::Release(Release {}))
                .then_refused(Refusal::NotHeld);
        }
        after(vec![])
            .when(STAFF, now(), Command::Release(Release {}))
            .then_refused(Refusal::NotRequested);
    }
}
