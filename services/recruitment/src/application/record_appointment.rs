//! Record the appointment: the person holds the place they were offered.

use contracts::AppointmentId;
use eventstore::Occasion;

use super::{Application, Event, Outcome, Place, Refusal, Stage};
use crate::selection::Decision;

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordAppointment {
    /// By which appointment.
    pub appointment: AppointmentId,
}

impl RecordAppointment {
    /// After an offer; the person's yes counts after a lapse too, where it had arrived before that.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        match &submission.stage {
            Stage::Decided(Outcome { decision: Decision::Offer, .. }) => {}
            Stage::LedTo(it) => match &it.place {
                Place::Offered | Place::NotTaken(_) => {}
                Place::Held | Place::Ended { .. } if it.appointment == self.appointment => {
                    return Ok(Vec::new());
                }
                Place::Held => return Err(Refusal::AlreadyAppointed),
                Place::Ended { .. } => return Err(Refusal::PlaceEnded),
            },
            Stage::Undecided | Stage::Decided(_) => return Err(Refusal::NotOffered),
            Stage::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Stage::OpportunityWithdrawn { .. } => return Err(Refusal::NotGoingAhead),
        }
        Ok(vec![Event::Appointed {
            opportunity: submission.opportunity,
            applicant: submission.applicant,
            appointment: self.appointment,
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record(appointment: AppointmentId) -> Command {
        Command::RecordAppointment(RecordAppointment { appointment })
    }

    #[test]
    fn someone_holds_the_place_they_were_offered() {
        for history in [
            vec![submitted(), offered()],
            until_place_offered(),
            vec![submitted(), kept_in_reserve(), place_offered()],
        ] {
            given(history)
                .when(online(SYSTEM, while_open()), record(APPOINTMENT))
                .then(appointed());
        }
    }

    #[test]
    fn a_yes_that_had_arrived_before_the_lapse_counts() {
        given(until_not_taken(lapsed()))
            .when(online(SYSTEM, while_open()), record(APPOINTMENT))
            .then(appointed());
    }

    #[test]
    fn told_twice_it_is_noted_once() {
        for history in [vec![submitted(), offered(), appointed()], until_appointed(), until_ended()]
        {
            given(history).when(online(SYSTEM, while_open()), record(APPOINTMENT)).then_nothing();
        }
    }

    #[test]
    fn only_who_was_offered_a_place_holds_it_and_holds_it_once() {
        let refusals = [
            (vec![], Refusal::NotSubmitted),
            (vec![submitted()], Refusal::NotOffered),
            (vec![submitted(), not_selected()], Refusal::NotOffered),
            (vec![submitted(), kept_in_reserve()], Refusal::NotOffered),
            (vec![submitted(), withdrawn(true)], Refusal::Withdrawn),
            (vec![submitted(), opportunity_withdrawn()], Refusal::NotGoingAhead),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(online(SYSTEM, while_open()), record(APPOINTMENT))
                .then_refused(refusal);
        }
        for (history, refusal) in
            [(until_appointed(), Refusal::AlreadyAppointed), (until_ended(), Refusal::PlaceEnded)]
        {
            given(history)
                .when(online(SYSTEM, while_open()), record(ANOTHER))
                .then_refused(refusal);
        }
    }
}
