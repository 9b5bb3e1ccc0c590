//! Approve the outcome: someone who had no hand in it lets it be told, together and on one morning.

use contracts::PersonId;
use eventstore::Occasion;

use super::telling::next_morning;
use super::{ApprovedDecision, Event, Refusal, Selection, Work};
use crate::setting::WorkingCalendar;

/// Asked by an approver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveOutcome {
    /// Who can be reached on the day of telling.
    pub reachable: PersonId,
    /// The calendars in force, this year's and the next, filled in at the edge.
    pub calendars: Vec<WorkingCalendar>,
}

impl ApproveOutcome {
    /// Once everyone who has not withdrawn is decided on, by enough members, and with the panel's
    /// advice or openly outside it.
    pub fn decide(self, state: &Selection, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if let Selection::Approved(_, it) | Selection::Told(_, it) = state
            && it.approved_by == occasion.person()
            && it.reachable == self.reachable
        {
            return Ok(Vec::new());
        }
        let work = state.under_way()?;
        if work.put_off {
            return Err(Refusal::StillOpen);
        }
        if had_a_hand(work, occasion) {
            return Err(Refusal::SomeoneElseMustApprove);
        }
        let decisions = all_decided(work)?;
        let (tell_at, bank_holidays) = next_morning(occasion.taken_at, &self.calendars)?;
        Ok(vec![Event::OutcomeApproved {
            opportunity: work.opportunity,
            decisions,
            approved_by: occasion.person(),
            reachable: self.reachable,
            tell_at,
            bank_holidays,
        }])
    }
}

fn had_a_hand(work: &Work, occasion: &Occasion) -> bool {
    [occasion.person(), occasion.actor]
        .iter()
        .any(|it| work.had_a_hand.contains(it) || work.applicants.include(*it))
}

/// Nobody who applied: nothing to decide, and no panel needed for it.
fn all_decided(work: &Work) -> Result<Vec<ApprovedDecision>, Refusal> {
    let live: Vec<_> = work.applicants.live().collect();
    if live.is_empty() {
        return Ok(Vec::new());
    }
    let panel = work.panel()?;
    if !work.scores_are_open() {
        return Err(Refusal::ScoresNotOpen);
    }
    let undecided = live.iter().filter(|(id, _)| !work.decisions.contains_key(id)).count();
    if undecided > 0 {
        return Err(Refusal::Undecided { undecided });
    }
    let mut decisions = Vec::with_capacity(live.len());
    for (application, applicant) in live {
        panel.quorum(application)?;
        let Some(decided) = work.decisions.get(&application) else { continue };
        if work.goes_against_advice(application, decided, &work.decisions) {
            return Err(Refusal::AgainstPanelAdvice);
        }
        decisions.push(ApprovedDecision { application, applicant, decision: decided.decision });
    }
    Ok(decisions)
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Command, Decision};
    use super::*;
    use crate::story::{at, online, typed};

    fn approve() -> Command {
        Command::ApproveOutcome(ApproveOutcome {
            reachable: COORDINATOR,
            calendars: vec![calendar(2027)],
        })
    }

    #[test]
    fn someone_outside_the_panel_lets_the_outcome_be_told() {
        given(until_decided()).when(online(APPROVER, afterwards()), approve()).then(approved());
    }

    #[test]
    fn told_twice_it_is_approved_once() {
        for history in [until_approved(), until_told()] {
            given(history)
                .when(online(APPROVER, at("2027-02-17T10:00:00Z")), approve())
                .then_nothing();
        }
    }

    #[test]
    fn a_second_approval_is_not_taken_for_the_first() {
        given(until_approved())
            .when(online(COORDINATOR, afterwards()), approve())
            .then_refused(Refusal::AlreadyApproved);
        given(until_told())
            .when(online(COORDINATOR, afterwards()), approve())
            .then_refused(Refusal::OutcomesTold);
    }

    #[test]
    fn nobody_approves_what_they_had_a_hand_in_nor_a_round_they_applied_in() {
        let left_since = [
            until_decided(),
            vec![
                Event::PanelFormed {
                    members: vec![staff(STAFF), involvee(MEMBER), staff(OTHER_STAFF)],
                    rules: rules(),
                    rules_version: 1,
                },
                Event::MemberStoodDown { member: OTHER_STAFF },
            ],
        ]
        .concat();
        for (history, who) in [
            (until_decided(), STAFF),
            (until_decided(), MEMBER),
            (until_decided(), ANA),
            (left_since, OTHER_STAFF),
        ] {
            given(history.clone())
                .when(online(who, afterwards()), approve())
                .then_refused(Refusal::SomeoneElseMustApprove);
            given(history.clone())
                .when(typed(who, APPROVER, afterwards(), afterwards()), approve())
                .then_refused(Refusal::SomeoneElseMustApprove);
            given(history)
                .when(typed(APPROVER, who, afterwards(), afterwards()), approve())
                .then_refused(Refusal::SomeoneElseMustApprove);
        }
        assert_eq!(Refusal::SomeoneElseMustApprove.to_string(), "Someone else must approve this.");
    }

    #[test]
    fn everyone_is_decided_on_before_anyone_is_told() {
        let one_decided =
            [until_locked(), vec![decision_recorded(FROM_ANA, ANA, Decision::Offer)]].concat();
        given(one_decided.clone())
            .when(online(APPROVER, afterwards()), approve())
            .then_refused(Refusal::Undecided { undecided: 1 });
        let the_other_withdrew = [one_decided, vec![applicant_withdrawn(FROM_BEN)]].concat();
        let events =
            given(the_other_withdrew).when(online(APPROVER, afterwards()), approve()).events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn what_changed_since_it_was_decided_is_looked_at_again() {
        let late = [until_decided(), vec![taken_in(FROM_DAN, DAN)]].concat();
        given(late)
            .when(online(APPROVER, afterwards()), approve())
            .then_refused(Refusal::ScoresNotOpen);
        given([until_decided(), vec![Event::MemberStoodDown { member: STAFF }]].concat())
            .when(online(APPROVER, afterwards()), approve())
            .then_refused(Refusal::QuorumLacking { minimum: 2 });
        // A third member thinks far more of Ben than of Ana, who was offered the place.
        let added = Event::PanelFormed {
            members: vec![staff(STAFF), involvee(MEMBER), staff(OTHER_STAFF)],
            rules: rules(),
            rules_version: 1,
        };
        let theirs = vec![
            added,
            scored(OTHER_STAFF, FROM_ANA, "experience", 2),
            scored(OTHER_STAFF, FROM_ANA, "meetings", 0),
            scored(OTHER_STAFF, FROM_BEN, "experience", 4),
            scored(OTHER_STAFF, FROM_BEN, "meetings", 4),
            locked_for(OTHER_STAFF, &[FROM_ANA, FROM_BEN]),
        ];
        given([until_decided(), theirs].concat())
            .when(online(APPROVER, afterwards()), approve())
            .then_refused(Refusal::AgainstPanelAdvice);
    }

    #[test]
    fn nothing_is_approved_while_applications_are_taken() {
        for history in [gathered(), [until_decided(), vec![Event::PutOff {}]].concat()] {
            given(history)
                .when(online(APPROVER, afterwards()), approve())
                .then_refused(Refusal::StillOpen);
        }
    }

    #[test]
    fn without_a_panel_only_a_round_without_applicants_comes_to_an_end() {
        given(until_begun())
            .when(online(APPROVER, afterwards()), approve())
            .then_refused(Refusal::PanelNotFormed);
        let events = given(vec![begun()]).when(online(APPROVER, afterwards()), approve()).events();
        assert!(matches!(
            events.as_slice(),
            [Event::OutcomeApproved { decisions, .. }] if decisions.is_empty()
        ));
    }

    #[test]
    fn no_morning_is_chosen_by_a_calendar_that_is_not_known() {
        given(until_decided())
            .when(online(APPROVER, at("2027-12-30T10:00:00Z")), approve())
            .then_refused(Refusal::CalendarLacking { year: 2028 });
    }
}
