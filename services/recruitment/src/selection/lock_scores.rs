//! Lock scores: a member has judged alone and changes nothing any more. When all have, all may see.

use std::collections::BTreeSet;

use contracts::ApplicationId;
use eventstore::Occasion;

use super::{Event, Refusal, Selection};

/// Asked by a member, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockScores {}

impl LockScores {
    /// For every application the member is free to decide on and has not locked yet, once each
    /// criterion has a score. There is no way back.
    pub fn decide(self, state: &Selection, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let work = state.under_way()?;
        let member = occasion.person();
        let panel = work.panel()?;
        panel.includes(member)?;
        let sheet = |application| panel.sheet(member, application);
        let unlocked: BTreeSet<ApplicationId> = work
            .applicants
            .live()
            .map(|(application, _)| application)
            .filter(|it| panel.conflict(member, *it).is_none())
            .filter(|it| !sheet(*it).is_some_and(|sheet| sheet.locked))
            .collect();
        let has_score = |application: ApplicationId, code: &str| {
            sheet(application).is_some_and(|it| it.scores.contains_key(code))
        };
        let lacking = |application: ApplicationId| {
            work.criteria.iter().filter(|it| !has_score(application, &it.code)).count()
        };
        let missing: usize = unlocked.iter().map(|it| lacking(*it)).sum();
        if missing > 0 {
            return Err(Refusal::ScoresMissing { missing });
        }
        if unlocked.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ScoresLocked { member, applications: unlocked }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{after, online};

    fn lock() -> Command {
        Command::LockScores(LockScores {})
    }

    #[test]
    fn a_member_locks_once_everything_is_scored() {
        given(until_scored())
            .when(online(STAFF, afterwards()), lock())
            .then(locked_for(STAFF, &[FROM_ANA, FROM_BEN]));
    }

    #[test]
    fn told_twice_it_is_locked_once() {
        given(until_locked()).when(online(STAFF, afterwards()), lock()).then_nothing();
    }

    #[test]
    fn nothing_is_locked_while_a_score_is_missing() {
        given(until_formed())
            .when(online(STAFF, afterwards()), lock())
            .then_refused(Refusal::ScoresMissing { missing: 4 });
    }

    #[test]
    fn what_one_keeps_out_of_or_was_withdrawn_needs_no_score() {
        let both = vec![conflict_declared(), applicant_withdrawn(FROM_BEN)];
        given([until_formed(), both].concat())
            .when(online(STAFF, afterwards()), lock())
            .then_nothing();
    }

    #[test]
    fn scores_open_when_the_last_member_locks_and_not_before() {
        assert!(!after::<Selection>(until_scored()).scores_are_open());
        let one_has = [until_scored(), vec![locked_for(STAFF, &[FROM_ANA, FROM_BEN])]].concat();
        assert!(!after::<Selection>(one_has).scores_are_open());
        assert!(after::<Selection>(until_locked()).scores_are_open());
        assert!(!after::<Selection>(gathered()).scores_are_open());
        assert!(!after::<Selection>(until_begun()).scores_are_open());
    }

    #[test]
    fn a_late_application_closes_scores_until_it_is_scored_too() {
        let late = [until_locked(), vec![taken_in(FROM_DAN, DAN)]].concat();
        assert!(!after::<Selection>(late.clone()).scores_are_open());
        given(late.clone())
            .when(online(STAFF, afterwards()), lock())
            .then_refused(Refusal::ScoresMissing { missing: 2 });
        let scores =
            vec![scored(STAFF, FROM_DAN, "experience", 1), scored(STAFF, FROM_DAN, "meetings", 1)];
        given([late, scores].concat())
            .when(online(STAFF, afterwards()), lock())
            .then(locked_for(STAFF, &[FROM_DAN]));
    }

    #[test]
    fn only_members_lock_and_only_while_the_panel_works() {
        given(until_scored())
            .when(online(COORDINATOR, afterwards()), lock())
            .then_refused(Refusal::NotOnThePanel);
        let refusals = [
            (gathered(), Refusal::StillOpen),
            (until_begun(), Refusal::PanelNotFormed),
            (until_approved(), Refusal::AlreadyApproved),
            (until_told(), Refusal::OutcomesTold),
            (vec![Event::CalledOff {}], Refusal::CalledOff),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, afterwards()), lock()).then_refused(refusal);
        }
    }
}
