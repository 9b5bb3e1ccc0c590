//! Record that a place ended: whoever held it holds it no longer, for whatever reason; why is told with
//! the place and not here.

use contracts::AppointmentId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Application, Event, Place, Refusal, Stage};

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPlaceEnded {
    /// By which appointment they held it.
    pub appointment: AppointmentId,
    /// The last day.
    pub last_day: Date,
}

impl RecordPlaceEnded {
    /// Of a place that is held.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        let Self { appointment, last_day } = self;
        match &submission.stage {
            Stage::LedTo(it) if it.appointment == appointment => match &it.place {
                Place::Held => {}
                Place::Ended { last_day: known } if *known == last_day => return Ok(Vec::new()),
                Place::Ended { .. } => return Err(Refusal::PlaceEnded),
                Place::Offered | Place::NotTaken(_) => return Err(Refusal::PlaceNotHeld),
            },
            Stage::LedTo(_)
            | Stage::Undecided
            | Stage::Decided(_)
            | Stage::Withdrawn { .. }
            | Stage::OpportunityWithdrawn { .. } => return Err(Refusal::PlaceNotHeld),
        }
        let (opportunity, applicant) = (submission.opportunity, submission.applicant);
        Ok(vec![Event::PlaceEnded { opportunity, applicant, appointment, last_day }])
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record(appointment: AppointmentId, last_day: Date) -> Command {
        Command::RecordPlaceEnded(RecordPlaceEnded { appointment, last_day })
    }

    const LAST_DAY: Date = date(2028, 2, 29);

    #[test]
    fn a_place_that_was_held_came_to_its_end() {
        given(until_appointed())
            .when(online(SYSTEM, while_open()), record(APPOINTMENT, LAST_DAY))
            .then(place_ended());
    }

    #[test]
    fn told_twice_it_ended_once_and_on_one_day() {
        given(until_ended())
            .when(online(SYSTEM, while_open()), record(APPOINTMENT, LAST_DAY))
            .then_nothing();
        given(until_ended())
            .when(online(SYSTEM, while_open()), record(APPOINTMENT, date(2028, 3, 1)))
            .then_refused(Refusal::PlaceEnded);
    }

    #[test]
    fn what_nobody_held_does_not_end() {
        for history in [
            vec![submitted()],
            vec![submitted(), offered()],
            until_place_offered(),
            until_not_taken(lapsed()),
            vec![submitted(), withdrawn(true)],
            vec![submitted(), opportunity_withdrawn()],
        ] {
            given(history)
                .when(online(SYSTEM, while_open()), record(APPOINTMENT, LAST_DAY))
                .then_refused(Refusal::PlaceNotHeld);
        }
        given(until_appointed())
            .when(online(SYSTEM, while_open()), record(ANOTHER, LAST_DAY))
            .then_refused(Refusal::PlaceNotHeld);
        given(vec![])
            .when(online(SYSTEM, while_open()), record(APPOINTMENT, LAST_DAY))
            .then_refused(Refusal::NotSubmitted);
    }
}
