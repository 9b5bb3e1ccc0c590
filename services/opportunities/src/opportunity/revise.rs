//! Revise: other words take the place of the draft's, whole.

use eventstore::Occasion;

use super::{Content, Event, Opportunity, Refusal};

/// Asked by staff. What is not said again is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revise {
    /// The draft as it is to stand, said by the person.
    pub said: Content,
}

impl Revise {
    /// Whoever revises becomes an author, and so cannot approve.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Draft(writing) if writing.content == self.said => Ok(Vec::new()),
            Opportunity::Draft(_) => Ok(vec![Event::Revised {
                content: Box::new(self.said),
                authors: [occasion.person(), occasion.actor].into(),
            }]),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::InReview(_) => Err(Refusal::UnderReview),
            Opportunity::Approved(_)
            | Opportunity::Open(_)
            | Opportunity::Closed(_)
            | Opportunity::Concluded(..) => Err(Refusal::AlreadyApproved),
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::Command;

    fn revise(said: Content) -> Command {
        Command::Revise(Revise { said })
    }

    fn revised() -> Event {
        Event::Revised { content: Box::new(rolling()), authors: [REVISER].into() }
    }

    #[test]
    fn a_draft_takes_other_words_and_knows_who_gave_them() {
        given(until_drafted()).when(REVISER, beforehand(), revise(rolling())).then(revised());
    }

    #[test]
    fn what_was_sent_back_can_be_revised() {
        given([until_submitted(), vec![returned()]].concat())
            .when(REVISER, beforehand(), revise(rolling()))
            .then(revised());
    }

    #[test]
    fn told_twice_it_changes_once() {
        given([until_drafted(), vec![revised()]].concat())
            .when(REVISER, beforehand(), revise(rolling()))
            .then_nothing();
    }

    #[test]
    fn nothing_changes_under_the_eyes_of_its_reviewer() {
        given(until_submitted())
            .when(REVISER, beforehand(), revise(rolling()))
            .then_refused(Refusal::UnderReview);
    }

    #[test]
    fn approved_words_stay_as_they_are() {
        for history in [until_approved(), until_opened(), until_closed(), until_concluded()] {
            given(history)
                .when(WRITER, beforehand(), revise(rolling()))
                .then_refused(Refusal::AlreadyApproved);
        }
    }

    #[test]
    fn what_was_never_begun_or_was_withdrawn_is_not_revised() {
        given(vec![])
            .when(WRITER, beforehand(), revise(content()))
            .then_refused(Refusal::NotDrafted);
        given(until_withdrawn())
            .when(WRITER, beforehand(), revise(content()))
            .then_refused(Refusal::Withdrawn);
    }
}
