//! Approve: someone who did not write it fixes its words, and lets it open at its time.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wording::Wording;
use super::{AdvertRules, Event, Opportunity, Refusal, Writing};

/// Asked by an approver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approve {
    /// What the approver says.
    pub said: Approval,
    /// The rules in force, filled in at the edge.
    pub rules: AdvertRules,
}

/// The body of an approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Approval {
    /// For the record; never published.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

impl Approval {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.paragraph("note", self.note.as_deref());
        wording.found()
    }
}

impl Approve {
    /// Time has passed since the review began, so what was complete then is judged again.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::InReview(writing) => self.fix(writing, occasion),
            Opportunity::Approved(it)
            | Opportunity::Open(it)
            | Opportunity::Closed(it)
            | Opportunity::Concluded(it, _)
                if it.approved_by == occasion.person() && it.note == self.said.note =>
            {
                Ok(Vec::new())
            }
            Opportunity::Approved(_)
            | Opportunity::Open(_)
            | Opportunity::Closed(_)
            | Opportunity::Concluded(..) => Err(Refusal::AlreadyApproved),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) => Err(Refusal::NotUnderReview),
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }

    fn fix(self, writing: &Writing, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if [occasion.person(), occasion.actor].iter().any(|it| writing.authors.contains(it)) {
            return Err(Refusal::SomeoneElseMustApprove);
        }
        match writing.content.complete(self.rules, occasion.taken_at) {
            Ok(advert) => Ok(vec![Event::Approved {
                advert: Box::new(advert),
                internal: Box::new(writing.content.internal.clone()),
                approved_by: occasion.person(),
                note: self.said.note,
            }]),
            Err(lacking) => Err(Refusal::Incomplete { lacking }),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::{Command, Lack};

    fn approve() -> Command {
        approve_noting("Budget confirmed.")
    }

    fn approve_noting(note: &str) -> Command {
        Command::Approve(Approve { said: Approval { note: Some(note.to_owned()) }, rules: RULES })
    }

    #[test]
    fn approval_fixes_the_advert_whole() {
        given(until_submitted()).when(APPROVER, beforehand(), approve()).then(approved(advert()));
    }

    #[test]
    fn told_twice_it_is_approved_once() {
        for history in [until_approved(), until_opened(), until_closed(), until_concluded()] {
            given(history).when(APPROVER, opening(), approve()).then_nothing();
        }
    }

    #[test]
    fn a_second_approval_is_not_taken_for_the_first() {
        given(until_approved())
            .when(COORDINATOR, opening(), approve())
            .then_refused(Refusal::AlreadyApproved);
        given(until_approved())
            .when(APPROVER, opening(), approve_noting("On second thoughts."))
            .then_refused(Refusal::AlreadyApproved);
    }

    #[test]
    fn nobody_approves_what_they_wrote() {
        given(until_submitted())
            .when(WRITER, beforehand(), approve())
            .then_refused(Refusal::SomeoneElseMustApprove);
        assert_eq!(Refusal::SomeoneElseMustApprove.to_string(), "Someone else must approve this.");
    }

    #[test]
    fn nobody_approves_what_they_revised() {
        let revised = Event::Revised { content: Box::new(content()), authors: [REVISER].into() };
        for author in [WRITER, REVISER] {
            given(vec![drafted(rolling()), revised.clone(), Event::SubmittedForReview {}])
                .when(author, beforehand(), approve())
                .then_refused(Refusal::SomeoneElseMustApprove);
        }
    }

    #[test]
    fn a_writer_approves_neither_for_another_nor_through_another() {
        given(until_submitted())
            .when_for(APPROVER, WRITER, approve())
            .then_refused(Refusal::SomeoneElseMustApprove);
        given(until_submitted())
            .when_for(WRITER, APPROVER, approve())
            .then_refused(Refusal::SomeoneElseMustApprove);
    }

    #[test]
    fn an_advert_approved_after_its_planned_opening_opens_at_once_and_says_so() {
        let a_day_late = at("2027-01-05T09:00:00Z");
        let mut advert = advert();
        advert.opens_at = a_day_late;
        given(until_submitted()).when(APPROVER, a_day_late, approve()).then(approved(advert));
    }

    #[test]
    fn an_advert_that_waited_too_long_for_approval_needs_a_later_closing() {
        let lacking = vec![Lack::AdvertTooShort { minimum_days: 14 }];
        given(until_submitted())
            .when(APPROVER, at("2027-01-15T12:00:01Z"), approve())
            .then_refused(Refusal::Incomplete { lacking });
        given(until_submitted())
            .when(APPROVER, closing(), approve())
            .then_refused(Refusal::Incomplete { lacking: vec![Lack::ClosingPassed] });
    }

    #[test]
    fn only_what_is_under_review_is_approved() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotUnderReview),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history).when(APPROVER, beforehand(), approve()).then_refused(refusal);
        }
    }
}
