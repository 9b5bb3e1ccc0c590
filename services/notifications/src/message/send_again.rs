//! Send again: by a human where the message may have left, by a timer only where it certainly did not
//! and waiting may help.

use eventstore::{Occasion, Taken};

use super::{Event, Message, Refusal, Stage};

/// Asked with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendAgain {}

impl SendAgain {
    /// A human may send again what was sent: somebody may say that it never came.
    pub fn decide(self, state: &Message, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let again = || Ok(vec![Event::ToBeSentAgain {}]);
        match &state.errand()?.stage {
            Stage::Planned | Stage::Attempted { .. } => Err(Refusal::OnItsWay),
            Stage::Held { .. } => Err(Refusal::Held),
            Stage::Told => Err(Refusal::NothingToSettle),
            Stage::SetAside => Err(Refusal::SetAside),
            Stage::Sent | Stage::LetterReady | Stage::Unknown | Stage::Failed { .. }
                if by_a_human(occasion) =>
            {
                again()
            }
            Stage::Failed { try_again_at: Some(due_at), .. } => {
                if occasion.taken_at < *due_at {
                    Err(Refusal::NotYetTime { due_at: *due_at })
                } else {
                    again()
                }
            }
            Stage::Failed { try_again_at: None, .. }
            | Stage::Sent
            | Stage::LetterReady
            | Stage::Unknown => Err(Refusal::OnlyAHumanDecides),
        }
    }
}

fn by_a_human(occasion: &Occasion) -> bool {
    match occasion.taken {
        Taken::Online | Taken::Paper | Taken::Phone | Taken::InPerson => true,
        Taken::Policy | Taken::Timer => false,
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::Command;

    fn again() -> Command {
        Command::SendAgain(SendAgain {})
    }

    #[test]
    fn a_human_sends_again_what_failed_what_is_unknown_and_what_never_came() {
        for history in [until_failed(), until_unknown(), until_sent(), until_letter_ready()] {
            after(history).when(STAFF, now(), again()).then(Event::ToBeSentAgain {});
        }
    }

    #[test]
    fn what_may_have_reached_someone_is_never_sent_again_by_itself() {
        for history in [until_unknown(), until_sent(), until_letter_ready(), until_failed()] {
            for system in [TIMER, POLICY] {
                after(history.clone())
                    .when(system, at("2030-01-01T00:00:00Z"), again())
                    .then_refused(Refusal::OnlyAHumanDecides);
            }
        }
    }

    #[test]
    fn what_did_not_leave_and_may_pass_is_tried_again_at_its_time() {
        let due_at = at("2026-12-01T09:05:00Z");
        after(until_server_unavailable())
            .when(TIMER, at("2026-12-01T09:04:59Z"), again())
            .then_refused(Refusal::NotYetTime { due_at });
        after(until_server_unavailable())
            .when(TIMER, due_at, again())
            .then(Event::ToBeSentAgain {});
        after(until_server_unavailable()).when(STAFF, now(), again()).then(Event::ToBeSentAgain {});
    }

    #[test]
    fn what_is_on_its_way_held_or_told_is_not_sent_again() {
        let twice = [until_unknown(), vec![Event::ToBeSentAgain {}]].concat();
        for history in [twice, until_attempted(crate::message::Way::Smtp)] {
            after(history).when(STAFF, now(), again()).then_refused(Refusal::OnItsWay);
        }
        after(until_held()).when(STAFF, now(), again()).then_refused(Refusal::Held);
        after(until_told()).when(STAFF, now(), again()).then_refused(Refusal::NothingToSettle);
        after(until_set_aside()).when(STAFF, now(), again()).then_refused(Refusal::SetAside);
        after(vec![]).when(STAFF, now(), again()).then_refused(Refusal::NotRequested);
    }
}
