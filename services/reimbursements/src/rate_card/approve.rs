//! Approve: someone who had no hand in the figures fixes them.

use eventstore::Occasion;

use super::{Event, RateCard, Refusal};

/// Asked by an approver, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approve {}

impl Approve {
    /// Neither the approver nor whoever acts for them may be an author.
    pub fn decide(self, state: &RateCard, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            RateCard::NotDrafted => Err(Refusal::NotDrafted),
            RateCard::Draft { rates, authors } => {
                if [occasion.person(), occasion.actor].iter().any(|it| authors.contains(it)) {
                    return Err(Refusal::SomeoneElseMustApprove);
                }
                Ok(vec![Event::Approved { rates: rates.clone(), approved_by: occasion.person() }])
            }
            RateCard::Approved { approved_by, .. } | RateCard::InForce { approved_by, .. }
                if *approved_by == occasion.person() =>
            {
                Ok(Vec::new())
            }
            RateCard::Approved { .. } | RateCard::InForce { .. } => Err(Refusal::AlreadyApproved),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{online, typed};

    fn approve() -> Command {
        Command::Approve(Approve {})
    }

    #[test]
    fn someone_else_fixes_the_figures() {
        given(vec![drafted()]).when(online(APPROVER, in_march()), approve()).then(approved());
    }

    #[test]
    fn told_twice_it_is_approved_once() {
        for history in [until_approved(), until_in_force()] {
            given(history).when(online(APPROVER, in_march()), approve()).then_nothing();
        }
    }

    #[test]
    fn a_second_approval_is_not_taken_for_the_first() {
        for history in [until_approved(), until_in_force()] {
            given(history)
                .when(online(LEAD, in_march()), approve())
                .then_refused(Refusal::AlreadyApproved);
        }
    }

    #[test]
    fn nobody_approves_their_own_figures_for_another_or_through_another() {
        for occasion in [
            online(AUTHOR, in_march()),
            typed(AUTHOR, APPROVER, in_march()),
            typed(APPROVER, AUTHOR, in_march()),
        ] {
            given(vec![drafted()])
                .when(occasion, approve())
                .then_refused(Refusal::SomeoneElseMustApprove);
        }
    }

    #[test]
    fn there_is_nothing_to_approve_before_a_draft() {
        given(vec![])
            .when(online(APPROVER, in_march()), approve())
            .then_refused(Refusal::NotDrafted);
    }
}
