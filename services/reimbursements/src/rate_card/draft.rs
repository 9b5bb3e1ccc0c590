//! Draft: someone proposes the figures of a new card, whole.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, RateCard, Rates, Refusal, nonsense};

/// Asked by finance or an engagement lead. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Draft {
    /// All figures.
    pub rates: Rates,
}

impl Draft {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        self.rates.malformed()
    }

    /// Whoever is acted for is an author, and so is whoever typed.
    pub fn decide(self, state: &RateCard, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            RateCard::NotDrafted => {
                let found = nonsense::in_rates(&self.rates);
                if !found.is_empty() {
                    return Err(Refusal::Nonsense { found });
                }
                Ok(vec![Event::Drafted {
                    rates: Box::new(self.rates),
                    authors: [occasion.person(), occasion.actor].into(),
                }])
            }
            RateCard::Draft { rates, .. }
            | RateCard::Approved { rates, .. }
            | RateCard::InForce { rates, .. }
                if **rates == self.rates =>
            {
                Ok(Vec::new())
            }
            RateCard::Draft { .. } | RateCard::Approved { .. } | RateCard::InForce { .. } => {
                Err(Refusal::AlreadyDrafted)
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use contracts::Money;
    use eventstore::{Refusal as _, Room as _, UniqueKey};

    use super::super::samples::*;
    use super::super::{Command, Nonsense};
    use super::*;
    use crate::story::{online, typed};

    fn draft(rates: Rates) -> Command {
        Command::Draft(Draft { rates })
    }

    #[test]
    fn figures_are_proposed_whole() {
        given(vec![]).when(online(AUTHOR, in_march()), draft(rates())).then(drafted());
    }

    #[test]
    fn whoever_types_for_another_is_an_author_too() {
        given(vec![])
            .when(typed(APPROVER, AUTHOR, in_march()), draft(rates()))
            .then(Event::Drafted { rates: Box::new(rates()), authors: [AUTHOR, APPROVER].into() });
    }

    #[test]
    fn told_twice_it_is_drafted_once() {
        for history in [vec![drafted()], until_approved(), until_in_force()] {
            given(history).when(online(AUTHOR, in_march()), draft(rates())).then_nothing();
        }
    }

    #[test]
    fn other_figures_are_another_card() {
        let higher = Rates { name: "Higher".to_owned(), ..rates() };
        for history in [vec![drafted()], until_approved(), until_in_force()] {
            given(history)
                .when(online(AUTHOR, in_march()), draft(higher.clone()))
                .then_refused(Refusal::AlreadyDrafted);
        }
        let key = UniqueKey { scope: "rate_card", value: String::new() };
        assert_eq!(RateCard::taken(&key), Refusal::AlreadyDrafted);
    }

    #[test]
    fn figures_by_which_nobody_could_be_paid_are_refused_with_every_reason() {
        let mut rates = rates();
        rates.payments[0].code = rates.payments[1].code.clone();
        rates.mileage.car = Money::sterling(-55);
        let refusal =
            Refusal::Nonsense { found: vec![Nonsense::CodeTwice, Nonsense::MileBelowNothing] };
        assert_eq!(
            refusal.to_string(),
            "Nobody could be paid by these figures: two payment rates have the same code; a mile \
             is never paid with less than nothing."
        );
        let codes: Vec<String> = refusal.reasons().into_iter().map(|it| it.code).collect();
        assert_eq!(codes, ["code_twice", "mile_below_nothing"]);
        given(vec![]).when(online(AUTHOR, in_march()), draft(rates)).then_refused(refusal);
    }
}
