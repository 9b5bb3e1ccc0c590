//! Release: the opportunity does not fill the seat any more, because it was withdrawn or left it
//! empty. Another may.

use contracts::id::OpportunityId;
use eventstore::Occasion;

use super::{Event, Refusal, Seat};

/// Asked by a policy when an opportunity is withdrawn or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Which.
    pub opportunity: OpportunityId,
}

impl Release {
    /// A seat that this opportunity does not fill is released from it already.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let opportunity = self.opportunity;
        match state {
            Seat::Vacant { recruiting_through, .. } | Seat::Held { recruiting_through, .. }
                if *recruiting_through == Some(opportunity) =>
            {
                Ok(vec![Event::Released { opportunity }])
            }
            Seat::Vacant { .. } | Seat::Held { .. } | Seat::Abolished { .. } => Ok(Vec::new()),
            Seat::NotAdded => Err(Refusal::NotAdded),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn release(opportunity: OpportunityId) -> Command {
        Command::Release(Release { opportunity })
    }

    #[test]
    fn a_withdrawn_opportunity_leaves_the_seat_to_another() {
        for history in [until_reserved(), [until_held(), vec![reserved(FIRST)]].concat()] {
            given(history).when(online(STAFF, spring()), release(FIRST)).then(released(FIRST));
        }
        given([until_reserved(), vec![released(FIRST)]].concat())
            .when(
                online(STAFF, spring()),
                Command::ReserveFor(super::super::ReserveFor {
                    opportunity: NEXT,
                    withdrawn: false,
                }),
            )
            .then(reserved(NEXT));
    }

    #[test]
    fn told_twice_it_is_released_once() {
        given([until_reserved(), vec![released(FIRST)]].concat())
            .when(online(STAFF, spring()), release(FIRST))
            .then_nothing();
    }

    #[test]
    fn an_opportunity_releases_no_seat_from_another() {
        for history in [until_reserved(), until_held(), until_abolished()] {
            given(history).when(online(STAFF, spring()), release(NEXT)).then_nothing();
        }
    }

    #[test]
    fn only_a_seat_that_exists_is_released() {
        given(vec![]).when(online(STAFF, spring()), release(FIRST)).then_refused(Refusal::NotAdded);
    }
}
