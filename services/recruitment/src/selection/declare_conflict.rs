//! Declare a conflict of interest: a member keeps out of the decision on one application. "I know
//! this person" needs no reason; care data has no part in it.

use contracts::ApplicationId;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Selection};

/// Of what kind a conflict is. No more is asked or kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The member knows the person.
    KnowsThePerson,
    /// There is something else.
    Other,
}

/// Asked by a member. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareConflict {
    /// On which application.
    pub application: ApplicationId,
    /// Of what kind.
    pub conflict: Conflict,
}

impl DeclareConflict {
    /// Until the outcome is approved. What was decided with their scores is decided again without;
    /// whether enough are left to decide is asked then.
    pub fn decide(self, state: &Selection, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let work = state.under_way()?;
        let Self { application, conflict } = self;
        let member = occasion.person();
        let panel = work.panel()?;
        panel.includes(member)?;
        work.applicants.applicant(application)?;
        if panel.conflict(member, application) == Some(conflict) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ConflictDeclared { member, application, conflict }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{ApproveOutcome, Command};
    use super::*;
    use crate::story::{after, online};

    fn declare_on(application: ApplicationId) -> Command {
        let conflict = Conflict::KnowsThePerson;
        Command::DeclareConflict(DeclareConflict { application, conflict })
    }

    #[test]
    fn a_member_keeps_out_and_need_not_say_why() {
        for history in [until_formed(), until_locked(), until_decided()] {
            given(history)
                .when(online(STAFF, afterwards()), declare_on(FROM_ANA))
                .then(conflict_declared());
        }
    }

    #[test]
    fn told_twice_it_is_declared_once() {
        given([until_formed(), vec![conflict_declared()]].concat())
            .when(online(STAFF, afterwards()), declare_on(FROM_ANA))
            .then_nothing();
    }

    #[test]
    fn what_was_decided_with_their_scores_is_decided_again() {
        let history = [until_decided(), vec![conflict_declared()]].concat();
        given(history)
            .when(
                online(APPROVER, afterwards()),
                Command::ApproveOutcome(ApproveOutcome {
                    reachable: COORDINATOR,
                    calendars: vec![calendar(2027)],
                }),
            )
            .then_refused(Refusal::Undecided { undecided: 1 });
    }

    #[test]
    fn scores_open_without_those_who_keep_out() {
        let others = vec![conflict_declared(), locked_for(MEMBER, &[FROM_ANA, FROM_BEN])];
        let history = [until_formed(), scores_of(MEMBER), others].concat();
        assert!(!after::<Selection>(history.clone()).scores_are_open());
        let on_ben = vec![
            scored(STAFF, FROM_BEN, "experience", 3),
            scored(STAFF, FROM_BEN, "meetings", 1),
            locked_for(STAFF, &[FROM_BEN]),
        ];
        assert!(after::<Selection>([history, on_ben].concat()).scores_are_open());
    }

    #[test]
    fn only_members_keep_out_and_only_of_what_is_to_be_decided() {
        given(until_formed())
            .when(online(COORDINATOR, afterwards()), declare_on(FROM_ANA))
            .then_refused(Refusal::NotOnThePanel);
        given(until_formed())
            .when(online(STAFF, afterwards()), declare_on(FROM_DAN))
            .then_refused(Refusal::UnknownApplication);
        given([until_formed(), vec![applicant_withdrawn(FROM_ANA)]].concat())
            .when(online(STAFF, afterwards()), declare_on(FROM_ANA))
            .then_refused(Refusal::ApplicantWithdrew);
        let refusals = [
            (gathered(), Refusal::StillOpen),
            (until_begun(), Refusal::PanelNotFormed),
            (until_approved(), Refusal::AlreadyApproved),
            (until_told(), Refusal::OutcomesTold),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(online(STAFF, afterwards()), declare_on(FROM_ANA))
                .then_refused(refusal);
        }
    }
}
