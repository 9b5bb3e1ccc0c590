//! Tell: on the morning that was set, everyone's outcome goes out at one moment.

use eventstore::Occasion;

use super::telling::{another_morning, is_morning};
use super::{Approval, Event, Refusal, Selection, Work};

/// Asked by the timer, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tell {}

impl Tell {
    /// Not before its morning; and if that morning passed unused, as when the system stood still, not
    /// in the evening or before a weekend either, but on another such morning.
    pub fn decide(self, state: &Selection, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let (work, approval) = match state {
            Selection::Approved(work, approval) => (work, approval),
            Selection::Told(..) => return Ok(Vec::new()),
            Selection::Gathering(_) | Selection::UnderWay(_) => return Err(Refusal::NotApproved),
            Selection::CalledOff => return Err(Refusal::CalledOff),
        };
        let now = occasion.taken_at;
        if now < approval.tell_at {
            return Err(Refusal::NotYetTime { tell_at: approval.tell_at });
        }
        if !is_morning(now, &approval.bank_holidays)
            && let Some(tell_at) = another_morning(now, &approval.bank_holidays)
        {
            return Ok(vec![Event::TellingPutOff { tell_at }]);
        }
        Ok(all_at_once(work, approval))
    }
}

fn all_at_once(work: &Work, approval: &Approval) -> Vec<Event> {
    let (opportunity, reachable) = (work.opportunity, approval.reachable);
    let released = work.applicants.live().filter_map(|(application, applicant)| {
        let decided = work.decisions.get(&application)?;
        Some(Event::OutcomeReleased {
            opportunity,
            application,
            applicant,
            decision: decided.decision,
            reason: decided.reason.clone(),
            reachable,
        })
    });
    released.chain(std::iter::once(Event::OutcomesTold { opportunity, reachable })).collect()
}

#[cfg(test)]
mod stories {
    use jiff::Timestamp;

    use super::super::samples::*;
    use super::super::{Command, Decision};
    use super::*;
    use crate::story::{at, online};

    fn tell_at(now: Timestamp, history: Vec<Event>) -> crate::story::Then<Selection> {
        given(history).when(online(SYSTEM, now), Command::Tell(Tell {}))
    }

    #[test]
    fn everyone_s_outcome_goes_out_at_one_moment() {
        tell_at(telling(), until_approved()).then_all(vec![
            released(FROM_ANA, ANA, Decision::Offer),
            released(FROM_BEN, BEN, Decision::NotSelected),
            told(),
        ]);
    }

    #[test]
    fn told_twice_everyone_is_told_once() {
        tell_at(telling(), until_told()).then_nothing();
    }

    #[test]
    fn whoever_withdrew_meanwhile_is_told_nothing() {
        tell_at(telling(), [until_approved(), vec![applicant_withdrawn(FROM_ANA)]].concat())
            .then_all(vec![released(FROM_BEN, BEN, Decision::NotSelected), told()]);
    }

    #[test]
    fn nobody_is_told_before_the_morning() {
        let refusal = Refusal::NotYetTime { tell_at: telling() };
        assert_eq!(refusal.to_string(), "Outcomes are told at 09:00 on 16 February 2027.");
        tell_at(at("2027-02-16T08:59:59Z"), until_approved()).then_refused(refusal);
    }

    #[test]
    fn a_morning_that_passed_unused_is_followed_by_another_and_never_by_a_weekend() {
        for (woke, another) in [
            ("2027-02-16T12:00:00Z", "2027-02-17T09:00:00Z"),
            ("2027-02-18T17:00:00Z", "2027-02-22T09:00:00Z"),
            ("2027-02-19T09:00:00Z", "2027-02-22T09:00:00Z"),
            ("2027-03-25T09:00:00Z", "2027-03-30T08:00:00Z"),
        ] {
            tell_at(at(woke), until_approved()).then(Event::TellingPutOff { tell_at: at(another) });
        }
        let put_off = Event::TellingPutOff { tell_at: at("2027-02-22T09:00:00Z") };
        let history = [until_approved(), vec![put_off]].concat();
        tell_at(at("2027-02-21T09:00:00Z"), history.clone())
            .then_refused(Refusal::NotYetTime { tell_at: at("2027-02-22T09:00:00Z") });
        assert_eq!(tell_at(at("2027-02-22T09:00:00Z"), history).events().len(), 3);
    }

    #[test]
    fn nothing_is_told_that_was_not_approved() {
        let set_aside = [until_approved(), vec![Event::ApprovalSetAside {}]].concat();
        for history in [gathered(), until_decided(), set_aside] {
            tell_at(telling(), history).then_refused(Refusal::NotApproved);
        }
        tell_at(telling(), vec![Event::CalledOff {}]).then_refused(Refusal::CalledOff);
    }
}
