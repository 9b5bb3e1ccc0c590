//! Record the appointment: the person holds the place they were offered.

use contracts::AppointmentId;
use eventstore::Occasion;

use super::{Application, Event, Outcome, Refusal, Stage};
use crate::selection::Decision;

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordAppointment {
    /// By which appointment.
    pub appointment: AppointmentId,
}

impl RecordAppointment {
    /// After an offer.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        match &submission.stage {
            Stage::Decided(Outcome { decision: Decision::Offer, .. }) => {
                Ok(vec![Event::Appointed {
                    opportunity: submission.opportunity,
                    applicant: submission.applicant,
                    appointment: self.appointment,
                }])
            }
            Stage::Appointed { appointment } if *appointment == self.appointment => Ok(Vec::new()),
            Stage::Appointed { .. } => Err(Refusal::AlreadyAppointed),
            Stage::Undecided | Stage::Decided(_) => Err(Refusal::NotOffered),
            Stage::Withdrawn { .. } => Err(Refusal::Withdrawn),
            Stage::OpportunityWithdrawn { .. } => Err(Refusal::NotGoingAhead),
        }
    }
}

#[cfg(test)]
mod stories {
    use uuid::Uuid;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record(appointment: AppointmentId) -> Command {
        Command::RecordAppointment(RecordAppointment { appointment })
    }

    #[test]
    fn someone_holds_the_place_they_were_offered() {
        given(vec![submitted(), offered()])
            .when(online(SYSTEM, while_open()), record(APPOINTMENT))
            .then(appointed());
    }

    #[test]
    fn told_twice_it_is_noted_once() {
        given(vec![submitted(), offered(), appointed()])
            .when(online(SYSTEM, while_open()), record(APPOINTMENT))
            .then_nothing();
    }

    #[test]
    fn only_who_was_offered_a_place_holds_it_and_holds_it_once() {
        let refusals = [
            (vec![], Refusal::NotSubmitted),
            (vec![submitted()], Refusal::NotOffered),
            (vec![submitted(), not_selected()], Refusal::NotOffered),
            (vec![submitted(), withdrawn(true)], Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(online(SYSTEM, while_open()), record(APPOINTMENT))
                .then_refused(refusal);
        }
        given(vec![submitted(), offered(), appointed()])
            .when(online(SYSTEM, while_open()), record(AppointmentId::new(Uuid::from_u128(99))))
            .then_refused(Refusal::AlreadyAppointed);
    }
}
