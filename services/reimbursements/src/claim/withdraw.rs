//! Withdraw: the person takes the claim back, and owes nobody a reason.

use eventstore::Occasion;

use super::{Claim, Event, Refusal};

/// Asked by the person who is to be paid, or for them, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdraw {}

impl Withdraw {
    /// Until something of it is authorised.
    pub fn decide(self, state: &Claim, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let of = |person| {
            if occasion.person() == person { Ok(person) } else { Err(Refusal::NotTheirs) }
        };
        match state {
            Claim::NotSubmitted => Err(Refusal::NotSubmitted),
            Claim::Withdrawn { person } => of(*person).map(|_| Vec::new()),
            Claim::Claimed(it) => {
                let person = of(it.submitted.person)?;
                if !it.parts.is_empty() {
                    return Err(Refusal::AlreadyAuthorised);
                }
                Ok(vec![Event::Withdrawn { person, activity: it.submitted.activity }])
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn withdraw() -> Command {
        Command::Withdraw(Withdraw {})
    }

    #[test]
    fn the_person_takes_it_back_without_a_reason() {
        for history in [until_submitted(), vec![submitted(), queried(&[3])], until_part_refused()] {
            given(history).when(by_the_person(), withdraw()).then(withdrawn());
        }
    }

    #[test]
    fn staff_take_it_back_for_them() {
        given(until_submitted()).when(on_paper(), withdraw()).then(withdrawn());
    }

    #[test]
    fn told_twice_it_is_withdrawn_once() {
        given(until_withdrawn()).when(by_the_person(), withdraw()).then_nothing();
    }

    #[test]
    fn what_was_authorised_goes_its_way() {
        for history in [until_authorised(), until_in_batch(), until_paid(), until_failed()] {
            given(history)
                .when(by_the_person(), withdraw())
                .then_refused(Refusal::AlreadyAuthorised);
        }
    }

    #[test]
    fn nobody_withdraws_for_another_unasked() {
        for history in [until_submitted(), until_withdrawn()] {
            given(history).when(by(APPROVER), withdraw()).then_refused(Refusal::NotTheirs);
        }
        given(vec![]).when(by_the_person(), withdraw()).then_refused(Refusal::NotSubmitted);
    }
}
