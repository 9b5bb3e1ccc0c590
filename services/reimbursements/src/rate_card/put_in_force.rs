//! Put in force: from a day of activity on, claims are paid by this card.

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, RateCard, Refusal};

/// Asked by finance. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RateCardDays)]
pub struct PutInForce {
    /// The first day of activity it holds for; may have passed.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last, where that is known already.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

impl PutInForce {
    /// Once, after approval.
    pub fn decide(self, state: &RateCard, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            RateCard::NotDrafted => Err(Refusal::NotDrafted),
            RateCard::Draft { .. } => Err(Refusal::NotApproved),
            RateCard::Approved { .. } => {
                if self.to.is_some_and(|to| to < self.from) {
                    return Err(Refusal::EndsBeforeItBegins);
                }
                Ok(vec![Event::PutInForce { from: self.from, to: self.to }])
            }
            RateCard::InForce { days, .. } if *days == self => Ok(Vec::new()),
            RateCard::InForce { .. } => Err(Refusal::AlreadyInForce),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn put(from: Date, to: Option<Date>) -> Command {
        Command::PutInForce(PutInForce { from, to })
    }

    #[test]
    fn an_approved_card_is_put_in_force() {
        given(until_approved())
            .when(online(FINANCE, in_march()), Command::PutInForce(from_april()))
            .then(put_in_force());
    }

    #[test]
    fn a_rise_may_reach_back_in_time() {
        let (from, to) = (date(2026, 4, 6), Some(date(2027, 4, 5)));
        given(until_approved())
            .when(online(FINANCE, in_march()), put(from, to))
            .then(Event::PutInForce { from, to });
    }

    #[test]
    fn told_twice_it_is_put_in_force_once() {
        given(until_in_force())
            .when(online(FINANCE, in_march()), Command::PutInForce(from_april()))
            .then_nothing();
    }

    #[test]
    fn its_days_do_not_move() {
        for (from, to) in [(date(2027, 4, 7), None), (date(2027, 4, 6), Some(date(2027, 4, 30)))] {
            given(until_in_force())
                .when(online(FINANCE, in_march()), put(from, to))
                .then_refused(Refusal::AlreadyInForce);
        }
    }

    #[test]
    fn it_holds_for_a_day_at_least() {
        let day = date(2027, 4, 6);
        given(until_approved())
            .when(online(FINANCE, in_march()), put(day, day.yesterday().ok()))
            .then_refused(Refusal::EndsBeforeItBegins);
        given(until_approved())
            .when(online(FINANCE, in_march()), put(day, Some(day)))
            .then(Event::PutInForce { from: day, to: Some(day) });
    }

    #[test]
    fn only_what_was_approved_is_put_in_force() {
        for (history, refusal) in
            [(vec![], Refusal::NotDrafted), (vec![drafted()], Refusal::NotApproved)]
        {
            given(history)
                .when(online(FINANCE, in_march()), Command::PutInForce(from_april()))
                .then_refused(refusal);
        }
    }
}
