//! Reserve for: an opportunity is to fill the seat. While someone still holds it, so that a successor
//! can be found before the term ends.

use contracts::id::OpportunityId;
use eventstore::Occasion;

use super::{Event, Refusal, Seat};

/// Asked by a policy when an opportunity that names the seat is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveFor {
    /// Which.
    pub opportunity: OpportunityId,
    /// Whether it is known not to go ahead.
    pub withdrawn: bool,
}

impl ReserveFor {
    /// One opportunity at a time, and one that goes ahead.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { opportunity, withdrawn } = self;
        match state {
            Seat::Vacant { recruiting_through, .. } | Seat::Held { recruiting_through, .. } => {
                match recruiting_through {
                    None if withdrawn => Err(Refusal::OpportunityWithdrawn),
                    None => Ok(vec![Event::Reserved { opportunity }]),
                    Some(it) if *it == opportunity => Ok(Vec::new()),
                    Some(_) => Err(Refusal::ReservedAlready),
                }
            }
            Seat::NotAdded => Err(Refusal::NotAdded),
            Seat::Abolished { .. } => Err(Refusal::Abolished),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn reserve_for(opportunity: OpportunityId) -> Command {
        Command::ReserveFor(ReserveFor { opportunity, withdrawn: false })
    }

    #[test]
    fn a_vacant_seat_is_filled_through_an_opportunity() {
        given(until_added())
            .when(online(STAFF, spring()), reserve_for(FIRST))
            .then(reserved(FIRST));
    }

    #[test]
    fn a_successor_is_sought_while_the_seat_is_held() {
        given(until_held()).when(online(STAFF, spring()), reserve_for(NEXT)).then(reserved(NEXT));
    }

    #[test]
    fn told_twice_it_is_reserved_once() {
        for history in [until_reserved(), [until_held(), vec![reserved(FIRST)]].concat()] {
            given(history).when(online(STAFF, spring()), reserve_for(FIRST)).then_nothing();
        }
    }

    #[test]
    fn one_opportunity_at_a_time_fills_it() {
        for history in [until_reserved(), [until_held(), vec![reserved(FIRST)]].concat()] {
            given(history)
                .when(online(STAFF, spring()), reserve_for(NEXT))
                .then_refused(Refusal::ReservedAlready);
        }
    }

    #[test]
    fn what_was_withdrawn_fills_nothing() {
        let withdrawn = ReserveFor { opportunity: FIRST, withdrawn: true };
        given(until_added())
            .when(online(STAFF, spring()), Command::ReserveFor(withdrawn))
            .then_refused(Refusal::OpportunityWithdrawn);
    }

    #[test]
    fn only_a_seat_that_exists_is_filled() {
        given(vec![])
            .when(online(STAFF, spring()), reserve_for(FIRST))
            .then_refused(Refusal::NotAdded);
        given(until_abolished())
            .when(online(STAFF, spring()), reserve_for(FIRST))
            .then_refused(Refusal::Abolished);
    }
}
