//! Withdraw an applicant: someone withdrew, and is neither decided on nor told anything here.

use contracts::ApplicationId;
use eventstore::Occasion;

use super::{Event, Refusal, Selection};

/// Asked by a policy when someone withdraws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawApplicant {
    /// Which application.
    pub application: ApplicationId,
}

impl WithdrawApplicant {
    /// Until outcomes are told; afterwards there is nothing left to decide here. That someone
    /// withdrew may be heard before that they applied.
    pub fn decide(self, state: &Selection, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let applicants = match state {
            Selection::Gathering(it) => it,
            Selection::UnderWay(work) | Selection::Approved(work, _) => &work.applicants,
            Selection::Told(..) | Selection::CalledOff => return Ok(Vec::new()),
        };
        if applicants.withdrawn.contains(&self.application) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ApplicantWithdrawn { application: self.application }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Begin, Command, TakeIn};
    use super::*;
    use crate::story::{after, online};

    fn withdraw() -> Command {
        Command::WithdrawApplicant(WithdrawApplicant { application: FROM_ANA })
    }

    #[test]
    fn someone_who_withdrew_is_not_decided_on() {
        for history in [gathered(), until_begun(), until_locked(), until_approved()] {
            given(history)
                .when(online(SYSTEM, afterwards()), withdraw())
                .then(applicant_withdrawn(FROM_ANA));
        }
    }

    #[test]
    fn told_twice_they_withdraw_once() {
        given([until_begun(), vec![applicant_withdrawn(FROM_ANA)]].concat())
            .when(online(SYSTEM, afterwards()), withdraw())
            .then_nothing();
    }

    #[test]
    fn afterwards_there_is_nothing_left_to_do() {
        for history in [until_told(), vec![Event::CalledOff {}]] {
            given(history).when(online(SYSTEM, afterwards()), withdraw()).then_nothing();
        }
    }

    #[test]
    fn that_someone_withdrew_may_be_heard_before_that_they_applied() {
        let mut history = Vec::new();
        for command in [
            withdraw(),
            Command::TakeIn(TakeIn { application: FROM_ANA, applicant: ANA }),
            Command::Begin(Begin { opportunity: OPPORTUNITY, criteria: criteria() }),
        ] {
            let events =
                given(history.clone()).when(online(SYSTEM, afterwards()), command).events();
            history.extend(events);
        }
        let selection = after::<Selection>(history);
        assert_eq!(selection.work().unwrap().applicants.live().count(), 0);
    }
}
