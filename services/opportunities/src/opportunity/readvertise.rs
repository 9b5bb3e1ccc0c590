//! Readvertise: places that stayed empty are advertised again, in a new opportunity that points back.

use contracts::id::OpportunityId;
use contracts::opportunities::Outcome;
use eventstore::Occasion;

use super::{Advertised, Content, DraftAdvert, Event, Internal, Opportunity, Origin, Refusal};

/// Asked by staff, who have nothing to say beyond it: the draft is revised afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readvertise {
    /// The one that left places empty.
    pub from: OpportunityId,
    /// That one as it stands, filled in at the edge. An outcome, once recorded, stands, so it cannot
    /// be out of date in what matters here.
    pub earlier: Box<Opportunity>,
}

impl Readvertise {
    /// A draft of the earlier words, for the places still empty.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let origin = Origin::Readvertised { from: self.from };
        match state {
            Opportunity::NotDrafted => Ok(vec![Event::Drafted {
                content: Box::new(self.words()?),
                origin,
                owner: occasion.person(),
                authors: [occasion.person(), occasion.actor].into(),
            }]),
            Opportunity::Draft(it) if it.origin == origin => Ok(Vec::new()),
            Opportunity::Draft(_)
            | Opportunity::InReview(_)
            | Opportunity::Approved(_)
            | Opportunity::Open(_)
            | Opportunity::Closed(_)
            | Opportunity::Concluded(..)
            | Opportunity::Withdrawn { .. } => Err(Refusal::AlreadyDrafted),
        }
    }

    fn words(self) -> Result<Content, Refusal> {
        match *self.earlier {
            Opportunity::Concluded(it, known) => match known.outcome {
                Outcome::Filled => Err(Refusal::NothingToReadvertise),
                Outcome::PartFilled | Outcome::Unfilled => Ok(again(*it, known.places_filled)),
            },
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) | Opportunity::InReview(_) => Err(Refusal::NotApproved),
            Opportunity::Approved(_) | Opportunity::Open(_) | Opportunity::Closed(_) => {
                Err(Refusal::OutcomeUnknown)
            }
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }
}

fn again(earlier: Advertised, places_filled: u16) -> Content {
    Content {
        advert: DraftAdvert::again(&earlier.advert, places_filled),
        internal: Internal { note_for_approver: None, ..earlier.internal },
    }
}

#[cfg(test)]
mod stories {
    use cqrs_es::Aggregate;

    use super::super::samples::*;
    use super::*;
    use crate::opportunity::{Command, Lack};

    fn readvertise(history: Vec<Event>) -> Command {
        let mut earlier = Box::<Opportunity>::default();
        for event in history {
            earlier.apply(event);
        }
        Command::Readvertise(Readvertise { from: EARLIER, earlier })
    }

    fn ended(outcome: Outcome, places_filled: u16) -> Vec<Event> {
        let event = Event::OutcomeRecorded {
            outcome,
            places_filled,
            reason: None,
            what_changed: None,
            seats: Vec::new(),
        };
        [until_closed(), vec![event]].concat()
    }

    fn begun(history: Vec<Event>) -> Event {
        let events =
            given(vec![]).when(WRITER, a_week_after_closing(), readvertise(history)).events();
        let [event] = events.try_into().unwrap();
        event
    }

    fn begun_content(history: Vec<Event>) -> Content {
        let Event::Drafted { content, origin, owner, .. } = begun(history) else {
            panic!("a readvertisement begins with a draft")
        };
        assert_eq!((origin, owner), (Origin::Readvertised { from: EARLIER }, WRITER));
        *content
    }

    #[test]
    fn an_unfilled_opportunity_is_drafted_anew_and_lacks_only_its_times() {
        let draft = begun_content(ended(Outcome::Unfilled, 0));
        assert_eq!(
            draft.complete(RULES, a_week_after_closing()),
            Err(vec![Lack::OpensAt, Lack::Closing])
        );
        assert_eq!(draft.advert.seats, SEATS);
        assert_eq!(draft.internal.budget_code, content().internal.budget_code);
        assert_eq!(draft.internal.note_for_approver, None);
    }

    #[test]
    fn a_part_filled_one_is_drafted_for_the_places_still_empty() {
        let draft = begun_content(ended(Outcome::PartFilled, 1));
        assert_eq!(draft.advert.places, Some(1));
        assert_eq!(draft.advert.seats, []);
        assert_eq!(draft.advert.steps[0].on, None);
    }

    #[test]
    fn a_filled_one_leaves_nothing_to_readvertise() {
        given(vec![])
            .when(WRITER, a_week_after_closing(), readvertise(ended(Outcome::Filled, 2)))
            .then_refused(Refusal::NothingToReadvertise);
    }

    #[test]
    fn only_what_left_places_empty_is_readvertised() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotApproved),
            (until_submitted(), Refusal::NotApproved),
            (until_approved(), Refusal::OutcomeUnknown),
            (until_opened(), Refusal::OutcomeUnknown),
            (until_closed(), Refusal::OutcomeUnknown),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(vec![]).when(WRITER, closing(), readvertise(history)).then_refused(refusal);
        }
    }

    #[test]
    fn told_twice_it_is_begun_once() {
        given(vec![begun(ended(Outcome::Unfilled, 0))])
            .when(WRITER, a_week_after_closing(), readvertise(ended(Outcome::Unfilled, 0)))
            .then_nothing();
    }

    #[test]
    fn another_opportunity_is_not_turned_into_a_readvertisement() {
        for history in [until_drafted(), until_opened(), until_withdrawn()] {
            given(history)
                .when(WRITER, a_week_after_closing(), readvertise(ended(Outcome::Unfilled, 0)))
                .then_refused(Refusal::AlreadyDrafted);
        }
    }
}
