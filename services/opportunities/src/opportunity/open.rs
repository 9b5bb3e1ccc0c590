//! Open: from now on applications may be made. Asked by the timer, or by hand where it is overdue.

use eventstore::Occasion;

use super::refusals::zone_of;
use super::{Event, Opportunity, Refusal};

/// Asked with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {}

impl Open {
    /// At its opening or later, never before. Nothing is open before the system knows of it, so this
    /// is judged by when the command was taken.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Approved(it) if occasion.taken_at < it.advert.opens_at => {
                let zone = zone_of(&it.advert.closing).to_owned();
                Err(Refusal::NotYetTime { due_at: it.advert.opens_at, zone })
            }
            Opportunity::Approved(it) => {
                Ok(vec![Event::Opened { advert: Box::new(it.advert.clone()) }])
            }
            Opportunity::Open(_) => Ok(Vec::new()),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) | Opportunity::InReview(_) => Err(Refusal::NotApproved),
            Opportunity::Closed(_) => Err(Refusal::AlreadyClosed),
            Opportunity::Concluded(..) => Err(Refusal::OutcomeKnown),
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::Command;

    fn open() -> Command {
        Command::Open(Open {})
    }

    #[test]
    fn it_opens_at_its_time() {
        given(until_approved()).when(TIMER, opening(), open()).then(opened(advert()));
    }

    #[test]
    fn staff_open_by_hand_what_is_overdue() {
        given(until_approved())
            .when(COORDINATOR, at("2027-01-04T09:05:00Z"), open())
            .then(opened(advert()));
    }

    #[test]
    fn it_does_not_open_before_its_time() {
        let refusal = Refusal::NotYetTime { due_at: opening(), zone: "Europe/London".to_owned() };
        assert_eq!(
            refusal.to_string(),
            "It is not time for this yet: it can be done from 09:00 on 4 January 2027."
        );
        given(until_approved())
            .when(COORDINATOR, at("2027-01-04T08:59:59Z"), open())
            .then_refused(refusal);
    }

    #[test]
    fn told_twice_it_opens_once() {
        given(until_opened()).when(TIMER, opening(), open()).then_nothing();
    }

    #[test]
    fn only_what_is_approved_opens() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotApproved),
            (until_submitted(), Refusal::NotApproved),
            (until_closed(), Refusal::AlreadyClosed),
            (until_concluded(), Refusal::OutcomeKnown),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history).when(COORDINATOR, opening(), open()).then_refused(refusal);
        }
    }
}
