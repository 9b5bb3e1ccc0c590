//! Score: a member judges one application by one published criterion, alone and in writing.

use contracts::{ApplicationId, Sealed};
use eventstore::Occasion;

use super::{Event, Refusal, Score, Selection};
use crate::personal::PanelNote;

/// Asked by a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveScore {
    /// Which application.
    pub application: ApplicationId,
    /// On which criterion, by its code.
    pub criterion: String,
    /// How many points.
    pub points: u8,
    /// On what evidence; sealed under the applicant's key.
    pub evidence: Sealed<PanelNote>,
}

impl GiveScore {
    /// The score is that of whoever gives it, and may be given anew until it is locked.
    pub fn decide(self, state: &Selection, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let work = state.under_way()?;
        let Self { application, criterion, points, evidence } = self;
        let member = occasion.person();
        let panel = work.panel()?;
        panel.includes(member)?;
        work.applicants.applicant(application)?;
        if panel.conflict(member, application).is_some() {
            return Err(Refusal::Conflicted);
        }
        if !work.criteria.iter().any(|it| it.code == criterion) {
            return Err(Refusal::NotACriterion);
        }
        let scale_max = panel.rules.scale_max;
        if points > scale_max {
            return Err(Refusal::BeyondScale { scale_max });
        }
        if let Some(sheet) = panel.sheet(member, application) {
            let score = Score { points, evidence: evidence.clone() };
            if sheet.scores.get(&criterion) == Some(&score) {
                return Ok(Vec::new());
            }
            if sheet.locked {
                return Err(Refusal::ScoresLocked);
            }
        }
        Ok(vec![Event::Scored { member, application, criterion, points, evidence }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{online, typed};

    fn score_on(application: ApplicationId, criterion: &str, points: u8) -> Command {
        Command::GiveScore(GiveScore {
            application,
            criterion: criterion.to_owned(),
            points,
            evidence: evidence(application, criterion),
        })
    }

    fn score() -> Command {
        score_on(FROM_ANA, "experience", 4)
    }

    #[test]
    fn a_member_scores_on_a_published_criterion_with_evidence() {
        given(until_formed()).when(online(STAFF, afterwards()), score()).then(scored(
            STAFF,
            FROM_ANA,
            "experience",
            4,
        ));
    }

    #[test]
    fn a_score_is_that_of_whoever_gives_it_whoever_types_it() {
        given(until_formed())
            .when(typed(COORDINATOR, MEMBER, afterwards(), afterwards()), score())
            .then(scored(MEMBER, FROM_ANA, "experience", 4));
        given(until_formed())
            .when(online(COORDINATOR, afterwards()), score())
            .then_refused(Refusal::NotOnThePanel);
    }

    #[test]
    fn told_twice_it_is_scored_once_even_when_locked() {
        given([until_formed(), vec![scored(STAFF, FROM_ANA, "experience", 4)]].concat())
            .when(online(STAFF, afterwards()), score())
            .then_nothing();
        given(until_locked()).when(online(STAFF, afterwards()), score()).then_nothing();
    }

    #[test]
    fn a_score_may_be_given_anew_until_it_is_locked() {
        given(until_scored())
            .when(online(STAFF, afterwards()), score_on(FROM_ANA, "experience", 3))
            .then(scored(STAFF, FROM_ANA, "experience", 3));
        given(until_locked())
            .when(online(STAFF, afterwards()), score_on(FROM_ANA, "experience", 3))
            .then_refused(Refusal::ScoresLocked);
    }

    #[test]
    fn scores_lie_on_the_scale_and_on_what_was_published() {
        given(until_formed())
            .when(online(STAFF, afterwards()), score_on(FROM_ANA, "experience", 0))
            .then(scored(STAFF, FROM_ANA, "experience", 0));
        given(until_formed())
            .when(online(STAFF, afterwards()), score_on(FROM_ANA, "experience", 5))
            .then_refused(Refusal::BeyondScale { scale_max: 4 });
        given(until_formed())
            .when(online(STAFF, afterwards()), score_on(FROM_ANA, "charm", 4))
            .then_refused(Refusal::NotACriterion);
    }

    #[test]
    fn whoever_keeps_out_does_not_score_that_application_but_scores_others() {
        let history = [until_formed(), vec![conflict_declared()]].concat();
        given(history.clone())
            .when(online(STAFF, afterwards()), score())
            .then_refused(Refusal::Conflicted);
        given(history)
            .when(online(STAFF, afterwards()), score_on(FROM_BEN, "experience", 3))
            .then(scored(STAFF, FROM_BEN, "experience", 3));
    }

    #[test]
    fn only_what_is_to_be_decided_is_scored() {
        given(until_formed())
            .when(online(STAFF, afterwards()), score_on(FROM_DAN, "experience", 4))
            .then_refused(Refusal::UnknownApplication);
        given([until_formed(), vec![applicant_withdrawn(FROM_ANA)]].concat())
            .when(online(STAFF, afterwards()), score())
            .then_refused(Refusal::ApplicantWithdrew);
        let refusals = [
            (gathered(), Refusal::StillOpen),
            (until_begun(), Refusal::PanelNotFormed),
            (until_approved(), Refusal::AlreadyApproved),
            (until_told(), Refusal::OutcomesTold),
            (vec![Event::CalledOff {}], Refusal::CalledOff),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, afterwards()), score()).then_refused(refusal);
        }
    }
}
