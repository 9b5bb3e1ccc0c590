//! Come of age: someone registered at 16 or 17 has turned 18. No birthday is kept, so another person
//! confirms it.

use eventstore::Occasion;

use super::{AgeBand, Event, Involvee, Refusal};

/// Asked by staff, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeOfAge {}

impl ComeOfAge {
    /// Neither the person nor whoever supports them confirms it.
    pub fn decide(self, state: &Involvee, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        match profile.age_band {
            AgeBand::Adult => Ok(Vec::new()),
            AgeBand::SixteenOrSeventeen
                if occasion.actor == profile.person
                    || Some(occasion.actor) == profile.supporter =>
            {
                Err(Refusal::SomeoneElseMustConfirmAge)
            }
            AgeBand::SixteenOrSeventeen => Ok(vec![Event::CameOfAge {}]),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn come_of_age() -> Command {
        Command::ComeOfAge(ComeOfAge {})
    }

    #[test]
    fn staff_confirm_that_someone_has_turned_18() {
        given(vec![registered_at_16()])
            .when(online(COORDINATOR, now()), come_of_age())
            .then(Event::CameOfAge {});
    }

    #[test]
    fn told_twice_it_is_confirmed_once() {
        given(vec![registered_at_16(), Event::CameOfAge {}])
            .when(online(COORDINATOR, now()), come_of_age())
            .then_nothing();
        given(vec![registered()]).when(online(ANA, now()), come_of_age()).then_nothing();
    }

    #[test]
    fn neither_the_person_nor_their_supporter_confirms_it() {
        let history = vec![registered_at_16(), Event::SupporterNamed { supporter: BEN }];
        for who in [ANA, BEN] {
            given(history.clone())
                .when(online(who, now()), come_of_age())
                .then_refused(Refusal::SomeoneElseMustConfirmAge);
        }
    }

    #[test]
    fn nobody_comes_of_age_before_they_register() {
        given(vec![])
            .when(online(COORDINATOR, now()), come_of_age())
            .then_refused(Refusal::NotRegistered);
    }
}
