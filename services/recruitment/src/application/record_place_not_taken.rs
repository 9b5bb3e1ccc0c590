//! Record that a place is not taken: the person said no, a human let the offer lapse, or the trust took
//! it back. Another place may be offered on the application after that.

use contracts::AppointmentId;
use eventstore::Occasion;

use super::{Application, Event, NotTaken, Place, Refusal, Stage};

/// Asked by a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlaceNotTaken {
    /// By which appointment it was offered.
    pub appointment: AppointmentId,
    /// How the offer came to nothing.
    pub how: NotTaken,
}

impl RecordPlaceNotTaken {
    /// While that offer waits for its answer.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        let Self { appointment, how } = self;
        match &submission.stage {
            Stage::LedTo(it) if it.appointment == appointment => match &it.place {
                Place::Offered => {}
                Place::NotTaken(known) if *known == how => return Ok(Vec::new()),
                Place::NotTaken(_) => return Err(Refusal::NotOffered),
                Place::Held => return Err(Refusal::AlreadyAppointed),
                Place::Ended { .. } => return Err(Refusal::PlaceEnded),
            },
            Stage::LedTo(_) | Stage::Undecided | Stage::Decided(_) => {
                return Err(Refusal::NotOffered);
            }
            Stage::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Stage::OpportunityWithdrawn { .. } => return Err(Refusal::NotGoingAhead),
        }
        let (opportunity, applicant) = (submission.opportunity, submission.applicant);
        Ok(vec![Event::PlaceNotTaken { opportunity, applicant, appointment, how }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record_of(appointment: AppointmentId, how: NotTaken) -> Command {
        Command::RecordPlaceNotTaken(RecordPlaceNotTaken { appointment, how })
    }

    fn record(how: NotTaken) -> Command {
        record_of(APPOINTMENT, how)
    }

    #[test]
    fn an_offer_came_to_nothing_and_it_says_how() {
        for how in [declined(), lapsed(), taken_back()] {
            given(until_place_offered())
                .when(online(SYSTEM, while_open()), record(how.clone()))
                .then(not_taken(how));
        }
    }

    #[test]
    fn told_twice_it_is_noted_once_and_in_one_way() {
        for how in [declined(), lapsed(), taken_back()] {
            given(until_not_taken(how.clone()))
                .when(online(SYSTEM, while_open()), record(how))
                .then_nothing();
        }
        given(until_not_taken(lapsed()))
            .when(online(SYSTEM, while_open()), record(declined()))
            .then_refused(Refusal::NotOffered);
    }

    #[test]
    fn only_the_offer_that_waits_comes_to_nothing() {
        given(until_place_offered())
            .when(online(SYSTEM, while_open()), record_of(ANOTHER, declined()))
            .then_refused(Refusal::NotOffered);
        for (history, refusal) in [
            (vec![], Refusal::NotSubmitted),
            (vec![submitted()], Refusal::NotOffered),
            (vec![submitted(), offered()], Refusal::NotOffered),
            (until_appointed(), Refusal::AlreadyAppointed),
            (until_ended(), Refusal::PlaceEnded),
            (vec![submitted(), withdrawn(true)], Refusal::Withdrawn),
            (vec![submitted(), opportunity_withdrawn()], Refusal::NotGoingAhead),
        ] {
            given(history)
                .when(online(SYSTEM, while_open()), record(declined()))
                .then_refused(refusal);
        }
    }
}
