//! Register: someone gives their details, by themselves or through staff who type in what came by
//! paper, phone or face to face.

use eventstore::Occasion;

use super::{AgeStatement, Event, Involvee, Refusal, Registration};
use crate::london;

/// Asked by the person, or for them by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// All they say.
    pub registration: Registration,
}

impl Register {
    /// Once; the person acted for is the person registered.
    pub fn decide(self, state: &Involvee, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Involvee::NotRegistered => {
                self.complete(occasion)?;
                Ok(vec![Event::Registered {
                    person: occasion.person(),
                    registration: Box::new(self.registration),
                }])
            }
            Involvee::Registered(it) if it.registration == self.registration => Ok(Vec::new()),
            Involvee::Registered(_) => Err(Refusal::AlreadyRegistered),
        }
    }

    fn complete(&self, occasion: &Occasion) -> Result<(), Refusal> {
        if self.registration.preferences.constituencies.is_empty() {
            return Err(Refusal::ConstituencyLacking);
        }
        match &self.registration.age {
            AgeStatement::Adult => Ok(()),
            AgeStatement::SixteenOrSeventeen { guardian_consent: None } => {
                Err(Refusal::GuardianConsentLacking)
            }
            AgeStatement::SixteenOrSeventeen { guardian_consent: Some(it) } => {
                if it.given_on > london::day_of(occasion.taken_at) {
                    return Err(Refusal::GuardianConsentToCome);
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::samples::*;
    use super::super::{Command, GuardianConsent, HowToReach};
    use super::*;
    use crate::story::{online, typed};

    fn register(registration: Registration) -> Command {
        Command::Register(Register { registration })
    }

    fn young(guardian_consent: Option<GuardianConsent>) -> Registration {
        Registration {
            age: AgeStatement::SixteenOrSeventeen { guardian_consent },
            ..registration()
        }
    }

    #[test]
    fn someone_registers_with_a_letter_box_and_no_e_mail() {
        assert!(matches!(registration().how_to_reach, HowToReach::Letter { .. }));
        given(vec![]).when(online(ANA, now()), register(registration())).then(registered());
    }

    #[test]
    fn what_came_on_paper_is_typed_in_and_is_the_person_s_own() {
        given(vec![])
            .when(typed(COORDINATOR, ANA, now(), now()), register(registration()))
            .then(registered());
    }

    #[test]
    fn told_twice_they_are_registered_once_whatever_they_chose_since() {
        for history in [vec![registered()], one_of_each()] {
            given(history).when(online(ANA, now()), register(registration())).then_nothing();
        }
    }

    #[test]
    fn other_details_under_the_same_id_are_no_second_registration() {
        let mut other = registration();
        other.preferences.interests.clear();
        given(vec![registered()])
            .when(online(ANA, now()), register(other))
            .then_refused(Refusal::AlreadyRegistered);
    }

    #[test]
    fn people_say_as_whom_they_take_part() {
        let mut silent = registration();
        silent.preferences.constituencies.clear();
        given(vec![])
            .when(online(ANA, now()), register(silent))
            .then_refused(Refusal::ConstituencyLacking);
    }

    #[test]
    fn nobody_under_18_registers_without_a_guardian_s_consent() {
        given(vec![])
            .when(online(ANA, now()), register(young(None)))
            .then_refused(Refusal::GuardianConsentLacking);
        given(vec![])
            .when(online(ANA, now()), register(young(Some(guardian_consent(date(2027, 1, 5))))))
            .then_refused(Refusal::GuardianConsentToCome);
        let young = young(Some(guardian_consent(date(2027, 1, 4))));
        given(vec![])
            .when(online(ANA, now()), register(young.clone()))
            .then(Event::Registered { person: ANA, registration: Box::new(young) });
    }
}
