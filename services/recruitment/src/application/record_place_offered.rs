//! Record that a place is offered: what was told of the panel's decision leads to a place, from the
//! reserve too while its day has not passed. Asked at the edge before the offer is made, and by a policy
//! once it has been.

use contracts::AppointmentId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Application, Event, Place, Refusal, Stage};
use crate::selection::Decision;

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPlaceOffered {
    /// By which appointment.
    pub appointment: AppointmentId,
    /// The day on which it was offered, however late this is noted.
    pub offered_on: Date,
}

impl RecordPlaceOffered {
    /// One place at a time; another only once the one before came to nothing.
    pub fn decide(self, state: &Application, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let submission = state.submitted()?;
        let decision = match &submission.stage {
            Stage::Decided(outcome) => outcome.decision,
            Stage::LedTo(it) if it.appointment == self.appointment => return Ok(Vec::new()),
            Stage::LedTo(it) => match &it.place {
                Place::NotTaken(_) => it.outcome.decision,
                Place::Offered => return Err(Refusal::OfferWaits),
                Place::Held => return Err(Refusal::AlreadyAppointed),
                Place::Ended { .. } => return Err(Refusal::PlaceEnded),
            },
            Stage::Undecided => return Err(Refusal::NotOffered),
            Stage::Withdrawn { .. } => return Err(Refusal::Withdrawn),
            Stage::OpportunityWithdrawn { .. } => return Err(Refusal::NotGoingAhead),
        };
        match decision {
            Decision::Reserve { until } if until < self.offered_on => {
                Err(Refusal::ReserveOver { until })
            }
            Decision::Offer | Decision::Reserve { .. } => Ok(vec![Event::PlaceOffered {
                opportunity: submission.opportunity,
                applicant: submission.applicant,
                appointment: self.appointment,
            }]),
            Decision::NotSelected => Err(Refusal::NotOffered),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::samples::*;
    use super::super::{Command, Submission};
    use super::*;
    use crate::story::{after, online};

    /// The last day on which a place may be offered from the reserve.
    const LAST_DAY: Date = date(2027, 8, 31);

    fn record_on(appointment: AppointmentId, offered_on: Date) -> Command {
        Command::RecordPlaceOffered(RecordPlaceOffered { appointment, offered_on })
    }

    fn record() -> Command {
        record_on(APPOINTMENT, LAST_DAY)
    }

    #[test]
    fn what_was_told_leads_to_a_place_from_the_reserve_too_up_to_its_last_day() {
        for told in [offered(), kept_in_reserve()] {
            given(vec![submitted(), told])
                .when(online(SYSTEM, while_open()), record())
                .then(place_offered());
        }
    }

    #[test]
    fn the_reason_stays_whatever_comes_of_the_place() {
        let reason = Some(sealed("outcome"));
        for history in [
            until_place_offered(),
            until_not_taken(declined()),
            until_appointed(),
            until_ended(),
            vec![submitted(), kept_in_reserve(), place_offered(), appointed()],
            vec![submitted(), offered(), appointed()],
        ] {
            let application = after::<Application>(history);
            let Application::Submitted(it) = application else { panic!("it was submitted") };
            let Submission { stage: Stage::LedTo(it), .. } = *it else {
                panic!("it led to a place")
            };
            assert_eq!(it.outcome.reason, reason);
        }
    }

    #[test]
    fn once_the_reserve_is_over_no_place_is_offered_from_it() {
        let over = Refusal::ReserveOver { until: LAST_DAY };
        assert_eq!(
            over.to_string(),
            "A place could be offered from the reserve until 31 August 2027, and that day has passed."
        );
        let in_reserve = vec![submitted(), kept_in_reserve()];
        let declined_once =
            vec![submitted(), kept_in_reserve(), place_offered(), not_taken(declined())];
        for history in [in_reserve, declined_once] {
            given(history)
                .when(online(SYSTEM, while_open()), record_on(ANOTHER, date(2027, 9, 1)))
                .then_refused(over.clone());
        }
    }

    #[test]
    fn told_twice_it_is_noted_once_whatever_has_come_of_it() {
        for history in
            [until_place_offered(), until_not_taken(lapsed()), until_appointed(), until_ended()]
        {
            given(history).when(online(SYSTEM, while_open()), record()).then_nothing();
        }
    }

    #[test]
    fn one_place_at_a_time_and_another_once_that_came_to_nothing() {
        let another = || record_on(ANOTHER, LAST_DAY);
        for (history, refusal) in [
            (until_place_offered(), Refusal::OfferWaits),
            (until_appointed(), Refusal::AlreadyAppointed),
            (until_ended(), Refusal::PlaceEnded),
        ] {
            given(history).when(online(SYSTEM, while_open()), another()).then_refused(refusal);
        }
        for how in [declined(), lapsed(), taken_back()] {
            let again = Event::PlaceOffered {
                opportunity: OPPORTUNITY,
                applicant: ANA,
                appointment: ANOTHER,
            };
            given(until_not_taken(how)).when(online(SYSTEM, while_open()), another()).then(again);
        }
    }

    #[test]
    fn no_place_is_offered_to_whom_nobody_has_told_of_one() {
        for (history, refusal) in [
            (vec![], Refusal::NotSubmitted),
            (vec![submitted()], Refusal::NotOffered),
            (vec![submitted(), not_selected()], Refusal::NotOffered),
            (vec![submitted(), withdrawn(true)], Refusal::Withdrawn),
            (vec![submitted(), opportunity_withdrawn()], Refusal::NotGoingAhead),
        ] {
            given(history).when(online(SYSTEM, while_open()), record()).then_refused(refusal);
        }
    }
}
