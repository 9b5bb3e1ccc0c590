//! Submit for review: the writers say that a draft is ready. Everything it lacks is told at once.

use eventstore::Occasion;

use super::{AdvertRules, Event, Opportunity, Refusal};

/// Asked by staff, who have nothing to say beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitForReview {
    /// The rules in force, filled in at the edge.
    pub rules: AdvertRules,
}

impl SubmitForReview {
    /// Judged as if it were approved at this moment.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Draft(writing) => {
                match writing.content.complete(self.rules, occasion.taken_at) {
                    Ok(_) => Ok(vec![Event::SubmittedForReview {}]),
                    Err(lacking) => Err(Refusal::Incomplete { lacking }),
                }
            }
            Opportunity::InReview(_) => Ok(Vec::new()),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
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
    use crate::opportunity::{Command, Content, Lack};

    fn submit() -> Command {
        Command::SubmitForReview(SubmitForReview { rules: RULES })
    }

    #[test]
    fn a_complete_draft_goes_to_review() {
        given(until_drafted())
            .when(WRITER, beforehand(), submit())
            .then(Event::SubmittedForReview {});
    }

    #[test]
    fn a_draft_that_came_back_can_be_handed_over_again() {
        given([until_submitted(), vec![returned()]].concat())
            .when(WRITER, beforehand(), submit())
            .then(Event::SubmittedForReview {});
    }

    #[test]
    fn told_twice_it_is_handed_over_once() {
        given(until_submitted()).when(WRITER, beforehand(), submit()).then_nothing();
    }

    #[test]
    fn one_answer_names_everything_that_is_missing() {
        let mut content = content();
        content.advert.title = None;
        content.advert.payment = None;
        content.advert.closing = None;
        let lacking = vec![Lack::Title, Lack::Payment, Lack::Closing];
        let refusal = Refusal::Incomplete { lacking };
        assert_eq!(
            refusal.to_string(),
            "Before this can go further: give it a title; say what is paid, or that nothing is \
             paid; give a closing time, or say that it is rolling."
        );
        let codes: Vec<_> =
            eventstore::Refusal::reasons(&refusal).into_iter().map(|it| it.code).collect();
        assert_eq!(codes, ["title", "payment", "closing"]);
        given(vec![drafted(content)]).when(WRITER, beforehand(), submit()).then_refused(refusal);
    }

    #[test]
    fn a_draft_whose_opening_has_passed_still_gives_people_enough_days() {
        let a_week_before_closing = at("2027-01-22T12:00:00Z");
        given(until_drafted()).when(WRITER, a_week_before_closing, submit()).then_refused(
            Refusal::Incomplete { lacking: vec![Lack::AdvertTooShort { minimum_days: 14 }] },
        );
    }

    #[test]
    fn what_is_not_a_draft_is_not_handed_over() {
        given(vec![]).when(WRITER, beforehand(), submit()).then_refused(Refusal::NotDrafted);
        for history in [until_approved(), until_opened(), until_closed(), until_concluded()] {
            given(history).when(WRITER, opening(), submit()).then_refused(Refusal::AlreadyApproved);
        }
        let dropped = vec![drafted(Content::default()), withdrawn(false)];
        given(dropped).when(WRITER, beforehand(), submit()).then_refused(Refusal::Withdrawn);
    }
}
