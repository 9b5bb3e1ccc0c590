//! Give account: someone says where their payments go from now on. Staff may type it for them, once
//! they have read it back; a supporter may not.

use contracts::Sealed;
use contracts::personal::BankAccount;
use eventstore::{Occasion, Taken};

use super::{Event, Payee, Refusal};

/// Asked by the person, or by staff who type for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveAccount {
    /// Sealed at the edge.
    pub account: Sealed<BankAccount>,
    /// Whether staff read what they typed back to the person; means nothing from the person.
    pub read_back: bool,
}

impl GiveAccount {
    /// For oneself, or as staff who have read it back.
    pub fn decide(self, state: &Payee, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { account, read_back } = self;
        if occasion.person() != account.person {
            return Err(Refusal::NotTheirs);
        }
        let read_back = match (occasion.on_behalf_of, occasion.taken) {
            (None, _) => false,
            (Some(_), Taken::Paper | Taken::Phone | Taken::InPerson) if read_back => true,
            (Some(_), Taken::Paper | Taken::Phone | Taken::InPerson) => {
                return Err(Refusal::NotReadBack);
            }
            (Some(_), Taken::Online | Taken::Policy | Taken::Timer) => {
                return Err(Refusal::OnlyByThePerson);
            }
        };
        match state {
            Payee::Account { account: held } if *held == account => Ok(Vec::new()),
            Payee::Account { .. } | Payee::NoAccount => {
                Ok(vec![Event::AccountGiven { account, read_back }])
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn give(account: Sealed<BankAccount>, read_back: bool) -> Command {
        Command::GiveAccount(GiveAccount { account, read_back })
    }

    fn now() -> jiff::Timestamp {
        at("2027-05-14T09:00:00Z")
    }

    #[test]
    fn the_person_says_where_payments_go_and_may_say_it_anew() {
        given(vec![])
            .when(online(PERSON, now()), give(an_account(), false))
            .then(given_by_the_person());
        given(vec![given_by_the_person()])
            .when(online(PERSON, now()), give(another_account(), true))
            .then(given_later());
    }

    #[test]
    fn staff_type_it_once_they_have_read_it_back() {
        given(vec![])
            .when(typed(STAFF, PERSON, now()), give(an_account(), true))
            .then(Event::AccountGiven { account: an_account(), read_back: true });
        given(vec![])
            .when(typed(STAFF, PERSON, now()), give(an_account(), false))
            .then_refused(Refusal::NotReadBack);
    }

    #[test]
    fn a_supporter_never_says_where_money_goes() {
        let supporter = Occasion { taken: Taken::Online, ..typed(STAFF, PERSON, now()) };
        given(vec![])
            .when(supporter, give(an_account(), true))
            .then_refused(Refusal::OnlyByThePerson);
    }

    #[test]
    fn nobody_gives_an_account_for_somebody_elses_payments() {
        for occasion in [online(STAFF, now()), typed(PERSON, STAFF, now())] {
            given(vec![]).when(occasion, give(an_account(), true)).then_refused(Refusal::NotTheirs);
        }
    }

    #[test]
    fn told_twice_it_is_given_once() {
        given(vec![given_by_the_person()])
            .when(online(PERSON, now()), give(an_account(), false))
            .then_nothing();
    }
}
