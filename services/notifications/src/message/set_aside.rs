//! Set aside: what the message would tell is over, so nobody is to give it any more. Only a fact does
//! this; what has been given, or may be leaving at this moment, is told as it was.

use super::{Cause, Event, Message, Refusal, Stage};

/// Asked by the policy that hears what is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The fact that says so.
    pub because: Cause,
}

impl SetAside {
    /// Whatever has not been given is taken off the lists, and its letter out of the folder.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        match errand.stage {
            Stage::Planned
            | Stage::Held { .. }
            | Stage::Failed { .. }
            | Stage::Unknown
            | Stage::LetterReady => {
                let gone = errand.files.iter().map(|(attempt, file)| Event::FileExpired {
                    attempt: *attempt,
                    file: file.name.clone(),
                });
                let set_aside = Event::SetAside { because: self.because };
                Ok(std::iter::once(set_aside).chain(gone).collect())
            }
            Stage::Attempted { .. } => Err(Refusal::OnItsWay),
            Stage::Sent | Stage::Told | Stage::SetAside => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::{Command, Way};

    fn over() -> Command {
        let Event::SetAside { because } = set_aside() else { unreachable!() };
        Command::SetAside(SetAside { because })
    }

    #[test]
    fn what_nobody_has_given_yet_is_given_by_nobody_any_more() {
        for history in [until_planned(), until_held(), until_failed(), until_unknown()] {
            after(history).when(POLICY, now(), over()).then(set_aside());
        }
    }

    #[test]
    fn a_letter_that_lies_ready_is_not_posted_by_mistake() {
        after(until_letter_ready())
            .when(POLICY, now(), over())
            .then_all(vec![set_aside(), file_expired(1)]);
    }

    #[test]
    fn what_was_given_stands_and_what_is_leaving_is_not_called_back() {
        for history in [until_sent(), until_told(), until_set_aside()] {
            after(history).when(POLICY, now(), over()).then_nothing();
        }
        after(until_attempted(Way::Smtp))
            .when(POLICY, now(), over())
            .then_refused(Refusal::OnItsWay);
        after(vec![]).when(POLICY, now(), over()).then_refused(Refusal::NotRequested);
    }
}
