//! Withdraw: someone takes their application back. Nobody has to say why; "I'd rather not say" comes
//! first. Whether they had been chosen, told or not, makes no difference.

use contracts::Sealed;
use eventstore::Occasion;

use super::{Application, Event, LedTo, Place, Refusal, Stage};
use crate::personal::WithdrawalReason;

/// Asked by the person, or for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdraw {
    /// Why, if they wish to say.
    pub reason: Option<Sealed<WithdrawalReason>>,
}

impl Withdraw {
    /// At any time before a place is offered, and once such an offer came to nothing. An offer that
    /// waits is answered itself.
    pub fn decide(self, state: &Application, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        if submission.applicant != occasion.person() {
            return Err(Refusal::SomeoneElses);
        }
        let before_outcome = match &submission.stage {
            Stage::Undecided => true,
            Stage::Decided(_) | Stage::LedTo(LedTo { place: Place::NotTaken(_), .. }) => false,
            Stage::LedTo(LedTo { place: Place::Offered, .. }) => {
                return Err(Refusal::PlaceOffered);
            }
            Stage::LedTo(LedTo { place: Place::Held, .. }) => {
                return Err(Refusal::AlreadyAppointed);
            }
            Stage::LedTo(LedTo { place: Place::Ended { .. }, .. }) => {
                return Err(Refusal::PlaceEnded);
            }
            Stage::Withdrawn { reason } if self.reason.is_none() || self.reason == *reason => {
                return Ok(Vec::new());
            }
            Stage::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Stage::OpportunityWithdrawn { .. } => return Err(Refusal::NotGoingAhead),
        };
        Ok(vec![Event::Withdrawn {
            opportunity: submission.opportunity,
            applicant: submission.applicant,
            before_outcome,
            reason: self.reason,
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{online, typed};

    fn withdraw(reason: Option<Sealed<WithdrawalReason>>) -> Command {
        Command::Withdraw(Withdraw { reason })
    }

    #[test]
    fn nobody_has_to_say_why() {
        given(vec![submitted()])
            .when(online(ANA, while_open()), withdraw(None))
            .then(withdrawn(true));
    }

    #[test]
    fn whoever_wishes_may_say_why_and_staff_may_type_it() {
        given(vec![submitted()])
            .when(
                typed(COORDINATOR, ANA, while_open(), while_open()),
                withdraw(Some(sealed("busy"))),
            )
            .then(withdrawn_because("busy"));
    }

    #[test]
    fn it_may_be_withdrawn_whatever_the_outcome_was() {
        for outcome in [offered(), kept_in_reserve(), not_selected()] {
            given(vec![submitted(), outcome])
                .when(online(ANA, while_open()), withdraw(None))
                .then(withdrawn(false));
        }
    }

    #[test]
    fn told_twice_it_is_withdrawn_once() {
        for reason in [None, Some(sealed("busy"))] {
            given(vec![submitted(), withdrawn_because("busy")])
                .when(online(ANA, while_open()), withdraw(reason))
                .then_nothing();
        }
    }

    #[test]
    fn another_reason_is_not_silently_dropped() {
        given(vec![submitted(), withdrawn_because("busy")])
            .when(online(ANA, while_open()), withdraw(Some(sealed("other"))))
            .then_refused(Refusal::Withdrawn);
    }

    #[test]
    fn whoever_holds_the_place_steps_down_instead() {
        let taken_from_the_reserve =
            vec![submitted(), kept_in_reserve(), place_offered(), appointed()];
        for history in [until_appointed(), taken_from_the_reserve] {
            given(history)
                .when(online(ANA, while_open()), withdraw(None))
                .then_refused(Refusal::AlreadyAppointed);
        }
        given(until_ended())
            .when(online(ANA, while_open()), withdraw(None))
            .then_refused(Refusal::PlaceEnded);
    }

    #[test]
    fn whoever_is_offered_a_place_says_no_to_the_place_and_after_that_may_withdraw() {
        given(until_place_offered())
            .when(online(ANA, while_open()), withdraw(None))
            .then_refused(Refusal::PlaceOffered);
        assert!(Refusal::PlaceOffered.to_string().contains("You need not say why"));
        for how in [declined(), lapsed(), taken_back()] {
            given(until_not_taken(how))
                .when(online(ANA, while_open()), withdraw(None))
                .then(withdrawn(false));
        }
    }

    #[test]
    fn what_does_not_go_ahead_needs_no_taking_back() {
        given(vec![submitted(), opportunity_withdrawn()])
            .when(online(ANA, while_open()), withdraw(None))
            .then_refused(Refusal::NotGoingAhead);
    }

    #[test]
    fn nobody_withdraws_another_s_application() {
        given(vec![submitted()])
            .when(online(BEN, while_open()), withdraw(None))
            .then_refused(Refusal::SomeoneElses);
    }

    #[test]
    fn what_was_never_sent_in_is_not_withdrawn() {
        given(vec![])
            .when(online(ANA, while_open()), withdraw(None))
            .then_refused(Refusal::NotSubmitted);
    }
}
