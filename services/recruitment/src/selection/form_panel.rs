//! Form a panel: say who decides. People may be added later, as when a conflict of interest leaves
//! too few; once scores have been seen, nobody is taken off.

use std::collections::BTreeSet;

use contracts::PersonId;
use eventstore::Occasion;

use super::{Event, Member, MemberKind, Panel, Refusal, Selection, Work};
use crate::setting::SelectionRules;

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPanel {
    /// Everyone who is to be on it.
    pub members: Vec<Member>,
    /// The rules in force, filled in at the edge.
    pub rules: SelectionRules,
    /// Which version of the setting they are, filled in at the edge.
    pub rules_version: u32,
}

impl FormPanel {
    /// After the closing, so that nobody sits on it who applied. The rules stay those the panel was
    /// first formed under: a scale that changed midway would compare unlike scores.
    pub fn decide(self, state: &Selection, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let work = state.under_way()?;
        if work.put_off {
            return Err(Refusal::StillOpen);
        }
        let people: BTreeSet<PersonId> = self.members.iter().map(|it| it.person).collect();
        if people.len() < self.members.len() {
            return Err(Refusal::MemberTwice);
        }
        let (rules, rules_version) = match &work.panel {
            Some(panel) if self.are_all_of(panel) => return Ok(Vec::new()),
            Some(panel) => (panel.rules, panel.rules_version),
            None => (self.rules, self.rules_version),
        };
        self.fit(work, &people, rules)?;
        Ok(vec![Event::PanelFormed { members: self.members, rules, rules_version }])
    }

    fn are_all_of(&self, panel: &Panel) -> bool {
        let known = |it: &Member| panel.members.get(&it.person) == Some(&it.kind);
        self.members.len() == panel.members.len() && self.members.iter().all(known)
    }

    fn fit(
        &self,
        work: &Work,
        people: &BTreeSet<PersonId>,
        rules: SelectionRules,
    ) -> Result<(), Refusal> {
        if people.len() < usize::from(rules.minimum_members) {
            return Err(Refusal::PanelTooSmall { minimum: rules.minimum_members });
        }
        let involvees = self.members.iter().filter(|it| match it.kind {
            MemberKind::Involvee => true,
            MemberKind::Staff => false,
        });
        if involvees.count() < usize::from(rules.minimum_involvees) {
            return Err(Refusal::InvolveesLacking { minimum: rules.minimum_involvees });
        }
        if people.iter().any(|it| work.applicants.include(*it)) {
            return Err(Refusal::MemberCannotSit);
        }
        let taken_off = |it: &Panel| it.members.keys().any(|member| !people.contains(member));
        if work.panel.as_ref().is_some_and(|it| it.scores_seen && taken_off(it)) {
            return Err(Refusal::ScoresSeen);
        }
        Ok(())
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn form_under(members: &[Member], rules: SelectionRules) -> Command {
        Command::FormPanel(FormPanel { members: members.to_vec(), rules, rules_version: 3 })
    }

    fn form(members: &[Member]) -> Command {
        form_under(members, rules())
    }

    #[test]
    fn staff_and_people_involved_decide_together() {
        given(until_begun())
            .when(online(COORDINATOR, afterwards()), form(&members()))
            .then(panel_formed());
    }

    #[test]
    fn told_twice_it_is_formed_once_in_whatever_order_members_are_named() {
        let mut other_order = members();
        other_order.reverse();
        for members in [members(), other_order] {
            given(until_locked())
                .when(online(COORDINATOR, afterwards()), form(&members))
                .then_nothing();
        }
    }

    #[test]
    fn a_panel_has_as_many_members_and_people_involved_as_the_rules_ask_for() {
        let staff_only = [staff(STAFF), staff(OTHER_STAFF)];
        given(until_begun())
            .when(online(COORDINATOR, afterwards()), form(&[involvee(MEMBER)]))
            .then_refused(Refusal::PanelTooSmall { minimum: 2 });
        given(until_begun())
            .when(online(COORDINATOR, afterwards()), form(&staff_only))
            .then_refused(Refusal::InvolveesLacking { minimum: 1 });
        given(until_begun())
            .when(
                online(COORDINATOR, afterwards()),
                form(&[staff(STAFF), involvee(MEMBER), staff(STAFF)]),
            )
            .then_refused(Refusal::MemberTwice);
    }

    #[test]
    fn nobody_who_applied_sits_on_it_and_the_answer_does_not_say_who_or_why() {
        let withdrew = [until_begun(), vec![applicant_withdrawn(FROM_ANA)]].concat();
        for history in [until_begun(), withdrew] {
            given(history)
                .when(
                    online(COORDINATOR, afterwards()),
                    form(&[staff(STAFF), involvee(MEMBER), staff(ANA)]),
                )
                .then_refused(Refusal::MemberCannotSit);
        }
        let said = Refusal::MemberCannotSit.to_string();
        assert_eq!(said, "One of these people cannot sit on this panel.");
    }

    #[test]
    fn the_panel_is_formed_after_the_closing() {
        let put_off = [until_begun(), vec![Event::PutOff {}]].concat();
        for history in [gathered(), put_off] {
            given(history)
                .when(online(COORDINATOR, afterwards()), form(&members()))
                .then_refused(Refusal::StillOpen);
        }
    }

    #[test]
    fn before_scores_are_seen_one_member_may_take_another_s_place() {
        let others = [involvee(MEMBER), staff(OTHER_STAFF)];
        given(until_scored()).when(online(COORDINATOR, afterwards()), form(&others)).then(
            Event::PanelFormed { members: others.to_vec(), rules: rules(), rules_version: 1 },
        );
    }

    #[test]
    fn once_scores_are_seen_members_are_added_and_none_is_taken_off() {
        let more = [staff(STAFF), involvee(MEMBER), staff(OTHER_STAFF)];
        let others = [involvee(MEMBER), staff(OTHER_STAFF)];
        let seen = [until_locked(), vec![taken_in(FROM_DAN, DAN)]].concat();
        for history in [until_locked(), seen] {
            given(history.clone())
                .when(online(COORDINATOR, afterwards()), form(&others))
                .then_refused(Refusal::ScoresSeen);
            given(history).when(online(COORDINATOR, afterwards()), form(&more)).then(
                Event::PanelFormed { members: more.to_vec(), rules: rules(), rules_version: 1 },
            );
        }
    }

    #[test]
    fn the_rules_stay_those_the_panel_was_first_formed_under() {
        let stricter = SelectionRules { minimum_members: 5, ..rules() };
        let more = [staff(STAFF), involvee(MEMBER), staff(OTHER_STAFF)];
        given(until_scored())
            .when(online(COORDINATOR, afterwards()), form_under(&more, stricter))
            .then(Event::PanelFormed { members: more.to_vec(), rules: rules(), rules_version: 1 });
    }

    #[test]
    fn once_the_outcome_is_approved_the_panel_stays() {
        let more = [staff(STAFF), involvee(MEMBER), staff(OTHER_STAFF)];
        let refusals = [
            (until_approved(), Refusal::AlreadyApproved),
            (until_told(), Refusal::OutcomesTold),
            (vec![Event::CalledOff {}], Refusal::CalledOff),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(online(COORDINATOR, afterwards()), form(&more))
                .then_refused(refusal);
        }
    }
}
