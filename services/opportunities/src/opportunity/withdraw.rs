//! Withdraw: it will not go ahead. Everyone who applied is told why.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wording::Wording;
use super::{Event, Opportunity, Refusal};

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// Why, in words for applicants.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl Withdraw {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.required("reason", &self.reason);
        wording.paragraph("reason", Some(&self.reason));
        wording.found()
    }

    /// At any stage before the outcome is recorded, a draft included.
    pub fn decide(self, state: &Opportunity, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let (was_approved, seats, origin) = match state {
            Opportunity::Draft(it) | Opportunity::InReview(it) => (false, Vec::new(), &it.origin),
            Opportunity::Approved(it) | Opportunity::Open(it) | Opportunity::Closed(it) => {
                (true, it.advert.seats.clone(), &it.origin)
            }
            Opportunity::Withdrawn { reason, .. } if *reason == self.reason => {
                return Ok(Vec::new());
            }
            Opportunity::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Opportunity::NotDrafted => return Err(Refusal::NotDrafted),
            Opportunity::Concluded(..) => return Err(Refusal::OutcomeKnown),
        };
        Ok(vec![Event::Withdrawn {
            reason: self.reason,
            was_approved,
            seats,
            readvertised_from: origin.readvertised_from(),
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::{Command, Origin};

    const REASON: &str = "The group was merged with another.";

    fn withdraw(reason: &str) -> Command {
        Command::Withdraw(Withdraw { reason: reason.to_owned() })
    }

    #[test]
    fn what_people_could_have_heard_of_is_withdrawn_and_gives_its_seats_back() {
        for history in [until_approved(), until_opened(), until_closed()] {
            given(history).when(COORDINATOR, opening(), withdraw(REASON)).then(withdrawn(true));
        }
    }

    #[test]
    fn a_draft_is_dropped_within_the_house() {
        for history in [until_drafted(), until_submitted()] {
            given(history).when(WRITER, beforehand(), withdraw(REASON)).then(withdrawn(false));
        }
    }

    #[test]
    fn a_withdrawn_readvertisement_makes_room_for_another() {
        let drafted = Event::Drafted {
            content: Box::new(content()),
            origin: Origin::Readvertised { from: EARLIER },
            owner: WRITER,
            authors: [WRITER].into(),
        };
        given(vec![drafted]).when(WRITER, beforehand(), withdraw(REASON)).then(Event::Withdrawn {
            reason: REASON.to_owned(),
            was_approved: false,
            seats: Vec::new(),
            readvertised_from: Some(EARLIER),
        });
    }

    #[test]
    fn told_twice_it_is_withdrawn_once() {
        given(until_withdrawn()).when(COORDINATOR, opening(), withdraw(REASON)).then_nothing();
    }

    #[test]
    fn people_are_told_one_reason() {
        given(until_withdrawn())
            .when(COORDINATOR, opening(), withdraw("There is no money."))
            .then_refused(Refusal::Withdrawn);
    }

    #[test]
    fn what_has_an_outcome_or_was_never_begun_is_not_withdrawn() {
        given(until_concluded())
            .when(COORDINATOR, a_week_after_closing(), withdraw(REASON))
            .then_refused(Refusal::OutcomeKnown);
        given(vec![])
            .when(COORDINATOR, beforehand(), withdraw(REASON))
            .then_refused(Refusal::NotDrafted);
    }
}
