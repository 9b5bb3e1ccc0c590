//! Return for revision: a reviewer sends it back and says what is to change; or its writers take it
//! back.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wording::Wording;
use super::{Event, Opportunity, Refusal};

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnForRevision {
    /// What is to change, in words for the writers.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl ReturnForRevision {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.required("reason", &self.reason);
        wording.paragraph("reason", Some(&self.reason));
        wording.found()
    }

    /// Back to the writers, all of whom stay authors.
    pub fn decide(self, state: &Opportunity, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::InReview(_) => Ok(vec![Event::Returned { reason: self.reason }]),
            Opportunity::Draft(writing) if writing.returned_because == Some(self.reason) => {
                Ok(Vec::new())
            }
            Opportunity::Draft(_) => Err(Refusal::NotUnderReview),
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
    use crate::opportunity::Command;

    fn send_back(reason: &str) -> Command {
        Command::ReturnForRevision(ReturnForRevision { reason: reason.to_owned() })
    }

    const REASON: &str = "Say how long a meeting takes.";

    #[test]
    fn a_reviewer_sends_it_back_and_says_why() {
        given(until_submitted()).when(APPROVER, beforehand(), send_back(REASON)).then(returned());
    }

    #[test]
    fn told_twice_it_goes_back_once() {
        given([until_submitted(), vec![returned()]].concat())
            .when(APPROVER, beforehand(), send_back(REASON))
            .then_nothing();
    }

    #[test]
    fn another_reason_for_what_is_back_already_is_not_lost_in_silence() {
        given([until_submitted(), vec![returned()]].concat())
            .when(APPROVER, beforehand(), send_back("Say what is paid."))
            .then_refused(Refusal::NotUnderReview);
    }

    #[test]
    fn only_what_is_under_review_goes_back() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotUnderReview),
            (until_approved(), Refusal::AlreadyApproved),
            (until_concluded(), Refusal::AlreadyApproved),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history).when(APPROVER, beforehand(), send_back(REASON)).then_refused(refusal);
        }
    }

    #[test]
    fn a_reason_has_words() {
        let blank = ReturnForRevision { reason: " \n".to_owned() };
        assert_eq!(
            blank.malformed(),
            [("reason".to_owned(), "Please write something here.".to_owned())]
        );
    }
}
