//! Draft: an advert is begun with whatever is known of it.

use eventstore::Occasion;

use super::{Content, Event, Opportunity, Origin, Refusal};

/// Asked by staff, or by a policy when a seat falls vacant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What is known, said by the person.
    pub said: Content,
    /// How it came to be begun, filled in at the edge.
    pub origin: Origin,
}

impl Draft {
    /// Whoever is acted for owns the draft; whoever typed is an author beside them.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::NotDrafted => Ok(vec![Event::Drafted {
                content: Box::new(self.said),
                origin: self.origin,
                owner: occasion.person(),
                authors: [occasion.person(), occasion.actor].into(),
            }]),
            Opportunity::Draft(it) if it.content == self.said && it.origin == self.origin => {
                Ok(Vec::new())
            }
            Opportunity::Draft(_)
            | Opportunity::InReview(_)
            | Opportunity::Approved(_)
            | Opportunity::Open(_)
            | Opportunity::Closed(_)
            | Opportunity::Concluded(..)
            | Opportunity::Withdrawn { .. } => Err(Refusal::AlreadyDrafted),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::Command;

    fn draft(said: Content, origin: Origin) -> Command {
        Command::Draft(Draft { said, origin })
    }

    #[test]
    fn a_draft_may_lack_anything() {
        given(vec![])
            .when(WRITER, beforehand(), draft(Content::default(), Origin::ByHand))
            .then(drafted(Content::default()));
    }

    #[test]
    fn whoever_types_a_draft_for_its_owner_is_an_author_too() {
        given(vec![]).when_for(WRITER, COORDINATOR, draft(content(), Origin::ByHand)).then(
            Event::Drafted {
                content: Box::new(content()),
                origin: Origin::ByHand,
                owner: WRITER,
                authors: [WRITER, COORDINATOR].into(),
            },
        );
    }

    #[test]
    fn a_vacant_seat_drafts_its_next_opportunity() {
        let origin = Origin::SeatVacant { seat: SEATS[0], group: GROUP };
        given(vec![]).when(TIMER, beforehand(), draft(content(), origin.clone())).then(
            Event::Drafted {
                content: Box::new(content()),
                origin,
                owner: TIMER,
                authors: [TIMER].into(),
            },
        );
    }

    #[test]
    fn told_twice_it_is_begun_once() {
        given(until_drafted())
            .when(WRITER, beforehand(), draft(content(), Origin::ByHand))
            .then_nothing();
    }

    #[test]
    fn other_words_under_the_same_id_are_no_second_beginning() {
        for history in [until_drafted(), until_submitted(), until_opened(), until_withdrawn()] {
            given(history)
                .when(WRITER, beforehand(), draft(rolling(), Origin::ByHand))
                .then_refused(Refusal::AlreadyDrafted);
        }
    }
}
