//! Take in: an application is among those to be decided on. What was received in time and typed in
//! late is taken in late; it is never left out because work has gone on.

use contracts::{ApplicationId, PersonId};
use eventstore::Occasion;

use super::{Event, Refusal, Selection, Work};

/// Asked by a policy when someone applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakeIn {
    /// Which.
    pub application: ApplicationId,
    /// Whose.
    pub applicant: PersonId,
}

impl TakeIn {
    /// Until outcomes are told. An approval does not hold for someone it did not know of, and a
    /// panel member who applied leaves the panel.
    pub fn decide(self, state: &Selection, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { application, applicant } = self;
        let taken_in = Event::ApplicationTakenIn { application, applicant };
        match state {
            Selection::Gathering(it) if it.people.contains_key(&application) => Ok(Vec::new()),
            Selection::Gathering(_) => Ok(vec![taken_in]),
            Selection::UnderWay(work) | Selection::Approved(work, _) | Selection::Told(work, _)
                if work.applicants.people.contains_key(&application) =>
            {
                Ok(Vec::new())
            }
            Selection::UnderWay(work) => Ok(self.with_consequences(work, vec![taken_in])),
            Selection::Approved(work, _) if work.applicants.withdrawn.contains(&application) => {
                Ok(vec![taken_in])
            }
            Selection::Approved(work, _) => {
                Ok(self.with_consequences(work, vec![Event::ApprovalSetAside {}, taken_in]))
            }
            Selection::Told(..) => Err(Refusal::OutcomesTold),
            Selection::CalledOff => Err(Refusal::CalledOff),
        }
    }

    fn with_consequences(self, work: &Work, mut events: Vec<Event>) -> Vec<Event> {
        let member = self.applicant;
        if work.panel.as_ref().is_some_and(|it| it.members.contains_key(&member)) {
            events.push(Event::MemberStoodDown { member });
        }
        events
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn take_in(application: ApplicationId, applicant: PersonId) -> Command {
        Command::TakeIn(TakeIn { application, applicant })
    }

    #[test]
    fn applications_are_taken_in_as_they_come() {
        given(vec![])
            .when(online(SYSTEM, afterwards()), take_in(FROM_ANA, ANA))
            .then(taken_in(FROM_ANA, ANA));
    }

    #[test]
    fn told_twice_it_is_taken_in_once_at_any_stage() {
        for history in [gathered(), until_begun(), until_decided(), until_approved(), until_told()]
        {
            given(history)
                .when(online(SYSTEM, afterwards()), take_in(FROM_ANA, ANA))
                .then_nothing();
        }
    }

    #[test]
    fn what_was_typed_in_late_is_taken_in_late() {
        for history in [until_begun(), until_scored(), until_locked(), until_decided()] {
            given(history)
                .when(online(SYSTEM, afterwards()), take_in(FROM_DAN, DAN))
                .then(taken_in(FROM_DAN, DAN));
        }
    }

    #[test]
    fn an_approval_does_not_hold_for_someone_it_did_not_know_of() {
        given(until_approved())
            .when(online(SYSTEM, afterwards()), take_in(FROM_DAN, DAN))
            .then_all(vec![Event::ApprovalSetAside {}, taken_in(FROM_DAN, DAN)]);
        let withdrew_already = [until_approved(), vec![applicant_withdrawn(FROM_DAN)]].concat();
        given(withdrew_already)
            .when(online(SYSTEM, afterwards()), take_in(FROM_DAN, DAN))
            .then(taken_in(FROM_DAN, DAN));
    }

    #[test]
    fn a_panel_member_who_applied_leaves_the_panel() {
        given(until_locked())
            .when(online(SYSTEM, afterwards()), take_in(FROM_DAN, STAFF))
            .then_all(vec![taken_in(FROM_DAN, STAFF), Event::MemberStoodDown { member: STAFF }]);
    }

    #[test]
    fn nobody_is_taken_in_once_all_is_told_or_called_off() {
        given(until_told())
            .when(online(SYSTEM, afterwards()), take_in(FROM_DAN, DAN))
            .then_refused(Refusal::OutcomesTold);
        given(vec![Event::CalledOff {}])
            .when(online(SYSTEM, afterwards()), take_in(FROM_DAN, DAN))
            .then_refused(Refusal::CalledOff);
    }
}
