//! Decide: the panel's decision on one application, recorded by a member, with its reasons.

use contracts::{ApplicationId, PersonId};
use eventstore::Occasion;

use super::{Decided, Decision, Event, Panel, Refusal, Selection, Work};
use crate::london;

/// Asked by a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decide {
    /// On which application.
    pub application: ApplicationId,
    /// What, and why.
    pub decided: Decided,
}

impl Decide {
    /// Once all have locked their scores; anew until the outcome is approved. The scores advise, and
    /// the panel may decide otherwise, but not without saying so.
    pub fn decide(self, state: &Selection, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let work = state.under_way()?;
        if work.put_off {
            return Err(Refusal::StillOpen);
        }
        let panel = work.panel()?;
        let applicant = self.may_decide(work, panel, occasion.person())?;
        if work.decisions.get(&self.application) == Some(&self.decided) {
            return Ok(Vec::new());
        }
        self.give_reasons(occasion)?;
        if work.goes_against_advice(self.application, &self.decided, &work.decisions) {
            return Err(Refusal::AgainstPanelAdvice);
        }
        Ok(vec![Event::DecisionRecorded {
            application: self.application,
            applicant,
            decided: Box::new(self.decided),
            counted: panel.free_to_decide(self.application),
        }])
    }

    fn may_decide(
        &self,
        work: &Work,
        panel: &Panel,
        member: PersonId,
    ) -> Result<PersonId, Refusal> {
        panel.includes(member)?;
        let applicant = work.applicants.applicant(self.application)?;
        if panel.conflict(member, self.application).is_some() {
            return Err(Refusal::Conflicted);
        }
        panel.quorum(self.application)?;
        if !work.scores_are_open() {
            return Err(Refusal::ScoresNotOpen);
        }
        Ok(applicant)
    }

    fn give_reasons(&self, occasion: &Occasion) -> Result<(), Refusal> {
        match self.decided.decision {
            Decision::Reserve { until } if until < london::day_of(occasion.taken_at) => {
                return Err(Refusal::ReserveInThePast);
            }
            Decision::Offer | Decision::Reserve { .. } | Decision::NotSelected => {}
        }
        if self.decided.reason.is_none() {
            return Err(Refusal::ReasonLacking);
        }
        if self.decided.outside_panel_advice && self.decided.internal_reason.is_none() {
            return Err(Refusal::InternalReasonLacking);
        }
        Ok(())
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn decide(application: ApplicationId, decided: Decided) -> Command {
        Command::Decide(Decide { application, decided })
    }

    fn outside(decision: Decision) -> Decided {
        Decided {
            internal_reason: Some(sealed(ANA, "internal")),
            outside_panel_advice: true,
            ..decided(decision)
        }
    }

    const RESERVE: Decision = Decision::Reserve { until: date(2027, 8, 31) };

    #[test]
    fn the_panel_s_decision_is_recorded_with_its_reasons() {
        given(until_locked())
            .when(online(MEMBER, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then(decision_recorded(FROM_ANA, ANA, Decision::Offer));
        given(until_locked())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(RESERVE)))
            .then(decision_recorded(FROM_BEN, BEN, RESERVE));
    }

    #[test]
    fn told_twice_it_is_recorded_once() {
        given(until_decided())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_nothing();
    }

    #[test]
    fn a_panel_may_think_again_until_the_outcome_is_approved() {
        given(until_decided())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(RESERVE)))
            .then(decision_recorded(FROM_BEN, BEN, RESERVE));
        given(until_approved())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(RESERVE)))
            .then_refused(Refusal::AlreadyApproved);
    }

    #[test]
    fn nothing_is_decided_before_every_member_has_locked() {
        given(until_scored())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::ScoresNotOpen);
    }

    #[test]
    fn nothing_is_decided_while_applications_are_taken_again() {
        given([until_locked(), vec![Event::PutOff {}]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::StillOpen);
    }

    #[test]
    fn enough_members_are_free_to_decide_on_each_applicant() {
        let history = [until_locked(), vec![conflict_declared()]].concat();
        given(history.clone())
            .when(online(MEMBER, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::QuorumLacking { minimum: 2 });
        given(history)
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::Conflicted);
    }

    #[test]
    fn a_member_is_added_and_scores_where_too_few_were_free_to_decide() {
        let added = Event::PanelFormed {
            members: vec![staff(STAFF), involvee(MEMBER), staff(OTHER_STAFF)],
            rules: rules(),
            rules_version: 1,
        };
        let history = [until_locked(), vec![conflict_declared(), added]].concat();
        given(history.clone())
            .when(online(MEMBER, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::ScoresNotOpen);
        let locked = vec![locked_for(OTHER_STAFF, &[FROM_ANA, FROM_BEN])];
        given([history, scores_of(OTHER_STAFF), locked].concat())
            .when(online(MEMBER, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then(Event::DecisionRecorded {
                application: FROM_ANA,
                applicant: ANA,
                decided: Box::new(decided(Decision::Offer)),
                counted: [MEMBER, OTHER_STAFF].into(),
            });
    }

    #[test]
    fn everyone_is_told_why_whatever_was_decided() {
        for decision in [Decision::NotSelected, Decision::Offer, RESERVE] {
            let silent = Decided { reason: None, ..decided(decision) };
            given(until_locked())
                .when(online(STAFF, afterwards()), decide(FROM_BEN, silent))
                .then_refused(Refusal::ReasonLacking);
        }
    }

    #[test]
    fn a_reserve_is_kept_until_a_day_to_come() {
        let past = Decision::Reserve { until: date(2027, 2, 14) };
        given(until_locked())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(past)))
            .then_refused(Refusal::ReserveInThePast);
    }

    #[test]
    fn a_place_for_someone_who_lacks_what_is_essential_is_marked_as_what_it_is() {
        // Dan has 1 of 4 on what is essential, where the rules ask for 2 on average.
        let history = until_locked_with_dan();
        for decision in [Decision::Offer, RESERVE] {
            given(history.clone())
                .when(online(STAFF, afterwards()), decide(FROM_DAN, decided(decision)))
                .then_refused(Refusal::AgainstPanelAdvice);
        }
        let events = given(history.clone())
            .when(online(STAFF, afterwards()), decide(FROM_DAN, outside(Decision::Offer)))
            .events();
        assert_eq!(events.len(), 1);
        let silent = Decided { internal_reason: None, ..outside(Decision::Offer) };
        given(history)
            .when(online(STAFF, afterwards()), decide(FROM_DAN, silent))
            .then_refused(Refusal::InternalReasonLacking);
    }

    #[test]
    fn whoever_scored_higher_is_not_passed_over_unsaid() {
        // Ana scored higher than Ben; both have what is essential.
        let ana_not = decision_recorded(FROM_ANA, ANA, Decision::NotSelected);
        given([until_locked(), vec![ana_not]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(Decision::Offer)))
            .then_refused(Refusal::AgainstPanelAdvice);
        let ben_offered = decision_recorded(FROM_BEN, BEN, Decision::Offer);
        for decision in [Decision::NotSelected, RESERVE] {
            given([until_locked(), vec![ben_offered.clone()]].concat())
                .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(decision)))
                .then_refused(Refusal::AgainstPanelAdvice);
        }
        let events = given([until_locked(), vec![ben_offered]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, outside(Decision::NotSelected)))
            .events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn one_decision_that_says_so_explains_the_other() {
        let ana_not = Event::DecisionRecorded {
            application: FROM_ANA,
            applicant: ANA,
            decided: Box::new(outside(Decision::NotSelected)),
            counted: [STAFF, MEMBER].into(),
        };
        given([until_locked(), vec![ana_not]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(Decision::Offer)))
            .then(decision_recorded(FROM_BEN, BEN, Decision::Offer));
    }

    #[test]
    fn neither_who_lacks_what_is_essential_nor_who_withdrew_is_passed_over() {
        // Dan has more points than Ben, but not where it matters.
        let dan_not = decision_recorded(FROM_DAN, DAN, Decision::NotSelected);
        given([until_locked_with_dan(), vec![dan_not]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(RESERVE)))
            .then(decision_recorded(FROM_BEN, BEN, RESERVE));
        let ana_not = decision_recorded(FROM_ANA, ANA, Decision::NotSelected);
        given([until_locked(), vec![ana_not, applicant_withdrawn(FROM_ANA)]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_BEN, decided(Decision::Offer)))
            .then(decision_recorded(FROM_BEN, BEN, Decision::Offer));
    }

    #[test]
    fn members_decide_on_what_is_to_be_decided() {
        given(until_locked())
            .when(online(APPROVER, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::NotOnThePanel);
        given(until_locked())
            .when(online(STAFF, afterwards()), decide(FROM_DAN, decided(Decision::Offer)))
            .then_refused(Refusal::UnknownApplication);
        given([until_locked(), vec![applicant_withdrawn(FROM_ANA)]].concat())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::ApplicantWithdrew);
        given(until_begun())
            .when(online(STAFF, afterwards()), decide(FROM_ANA, decided(Decision::Offer)))
            .then_refused(Refusal::PanelNotFormed);
    }
}
