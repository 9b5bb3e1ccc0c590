//! Begin: applications have closed, for the first time or again after an extension, and the panel's
//! work may start or go on.

use contracts::OpportunityId;
use contracts::opportunities::Criterion;
use eventstore::Occasion;

use super::{Event, Refusal, Selection};

/// Asked by a policy when the opportunity has closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// For what.
    pub opportunity: OpportunityId,
    /// What is scored, as published.
    pub criteria: Vec<Criterion>,
}

impl Begin {
    /// Once; after an extension, again.
    pub fn decide(self, state: &Selection, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let work = match state {
            Selection::Gathering(_) => {
                let Self { opportunity, criteria } = self;
                return Ok(vec![Event::Begun { opportunity, criteria }]);
            }
            Selection::UnderWay(work) | Selection::Approved(work, _) | Selection::Told(work, _) => {
                work
            }
            Selection::CalledOff => return Err(Refusal::CalledOff),
        };
        if work.opportunity != self.opportunity || work.criteria != self.criteria {
            return Err(Refusal::AlreadyBegun);
        }
        Ok(if work.put_off { vec![Event::Resumed {}] } else { Vec::new() })
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn begin_with(criteria: Vec<Criterion>) -> Command {
        Command::Begin(Begin { opportunity: OPPORTUNITY, criteria })
    }

    #[test]
    fn work_begins_when_applications_have_closed() {
        for history in [vec![], gathered()] {
            given(history).when(online(SYSTEM, afterwards()), begin_with(criteria())).then(begun());
        }
    }

    #[test]
    fn told_twice_it_begins_once() {
        for history in [until_begun(), until_locked(), until_approved(), until_told()] {
            given(history)
                .when(online(SYSTEM, afterwards()), begin_with(criteria()))
                .then_nothing();
        }
    }

    #[test]
    fn after_an_extension_work_goes_on() {
        given([until_locked(), vec![Event::PutOff {}]].concat())
            .when(online(SYSTEM, afterwards()), begin_with(criteria()))
            .then(Event::Resumed {});
    }

    #[test]
    fn what_is_scored_was_fixed_when_it_was_published() {
        given(until_begun())
            .when(online(SYSTEM, afterwards()), begin_with(vec![]))
            .then_refused(Refusal::AlreadyBegun);
    }

    #[test]
    fn what_was_called_off_does_not_begin() {
        given(vec![Event::CalledOff {}])
            .when(online(SYSTEM, afterwards()), begin_with(criteria()))
            .then_refused(Refusal::CalledOff);
    }
}
