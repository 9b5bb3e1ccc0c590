//! Follow up: a human has spoken with someone who was expected and not seen. Before that nothing is
//! sent to them, and their absence does not count.

use contracts::PersonId;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, FollowUpState, Meeting, Refusal, Session};
use crate::contacted::{Contacted, by_a_human};

/// Asked by staff. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// With whom.
    pub person: PersonId,
    /// How and when they were reached. What was said stays between the two.
    pub contact: Contacted,
    /// Whether the absence counts.
    pub outcome: Outcome,
}

/// Whether an absence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FollowUpOutcome)]
pub enum Outcome {
    /// It does not: they could not come.
    Excused,
    /// It does.
    Counts,
}

impl FollowUp {
    /// By someone else, after the session, and once.
    pub fn decide(self, state: &Session, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let (meeting, register) = match state {
            Session::Held(meeting, register) => (meeting, register),
            Session::NotPlanned => return Err(Refusal::NotPlanned),
            Session::Planned(_) | Session::Confirmed(_) => return Err(Refusal::NothingToFollowUp),
            Session::Cancelled(..) => return Err(Refusal::Cancelled),
        };
        match register.marks.get(&self.person).map(|mark| mark.follow_up) {
            Some(FollowUpState::Open) => self.done(meeting, occasion),
            Some(FollowUpState::Done(outcome)) if outcome == self.outcome => Ok(Vec::new()),
            Some(FollowUpState::Done(_)) => Err(Refusal::FollowedUpAlready),
            Some(FollowUpState::NotNeeded) | None => Err(Refusal::NothingToFollowUp),
        }
    }

    fn done(self, meeting: &Meeting, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if !by_a_human(occasion) {
            return Err(Refusal::HumanMustCall);
        }
        if [occasion.actor, occasion.person()].contains(&self.person) {
            return Err(Refusal::SomeoneElseMustCall);
        }
        let on = meeting.on();
        if self.contact.is_to_come(occasion) || self.contact.on < on {
            return Err(Refusal::NotReachedYet);
        }
        let Self { person, contact, outcome } = self;
        Ok(vec![Event::FollowUpDone { person, group: meeting.group, on, contact, outcome }])
    }
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;
    use jiff::civil::{Date, date};

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::contacted::Channel;
    use crate::story::online;

    fn follow_up(person: PersonId, outcome: Outcome) -> Command {
        follow_up_on(person, outcome, date(2027, 6, 16))
    }

    fn follow_up_on(person: PersonId, outcome: Outcome, on: Date) -> Command {
        let contact = Contacted { by: Channel::Phone, on };
        Command::FollowUp(FollowUp { person, contact, outcome })
    }

    #[test]
    fn a_human_who_has_rung_says_whether_it_counts() {
        for outcome in [Outcome::Excused, Outcome::Counts] {
            given(until_recorded())
                .when(online(STAFF, afterwards()), follow_up(BEN, outcome))
                .then(followed_up(BEN, outcome));
        }
    }

    #[test]
    fn no_policy_rings_and_nobody_rings_themselves() {
        let mut by_policy = online(STAFF, afterwards());
        by_policy.taken = Taken::Policy;
        given(until_recorded())
            .when(by_policy, follow_up(BEN, Outcome::Counts))
            .then_refused(Refusal::HumanMustCall);
        given(until_recorded())
            .when(online(BEN, afterwards()), follow_up(BEN, Outcome::Excused))
            .then_refused(Refusal::SomeoneElseMustCall);
    }

    #[test]
    fn a_call_before_the_session_or_one_still_planned_is_no_call() {
        for on in [date(2027, 6, 14), date(2027, 6, 18)] {
            given(until_recorded())
                .when(online(STAFF, afterwards()), follow_up_on(BEN, Outcome::Counts, on))
                .then_refused(Refusal::NotReachedYet);
        }
    }

    #[test]
    fn told_twice_it_is_done_once_and_stands() {
        let done = [until_recorded(), vec![followed_up(BEN, Outcome::Excused)]].concat();
        given(done.clone())
            .when(online(STAFF, afterwards()), follow_up(BEN, Outcome::Excused))
            .then_nothing();
        given(done)
            .when(online(STAFF, afterwards()), follow_up(BEN, Outcome::Counts))
            .then_refused(Refusal::FollowedUpAlready);
    }

    #[test]
    fn only_someone_who_was_expected_and_not_seen_is_followed_up() {
        let refusals = [
            (vec![], BEN, Refusal::NotPlanned),
            (until_confirmed(), BEN, Refusal::NothingToFollowUp),
            (until_cancelled(), BEN, Refusal::Cancelled),
            (until_recorded(), ANA, Refusal::NothingToFollowUp),
            (until_recorded(), CAT, Refusal::NothingToFollowUp),
        ];
        for (history, person, refusal) in refusals {
            given(history)
                .when(online(STAFF, afterwards()), follow_up(person, Outcome::Counts))
                .then_refused(refusal);
        }
    }
}
