//! Prolong: the seat's holder holds it for another term.

use contracts::id::AppointmentId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Event, Refusal, Seat};

/// Asked by a policy when an appointment is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prolong {
    /// Which.
    pub appointment: AppointmentId,
    /// The last day of the new term.
    pub until: Date,
}

impl Prolong {
    /// Only for the appointment that holds it, and only for longer.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { appointment, until } = self;
        match state {
            Seat::Held { holding, .. } if holding.appointment == appointment => {
                if until == holding.until {
                    return Ok(Vec::new());
                }
                if until < holding.until {
                    return Err(Refusal::NotLonger { until: holding.until });
                }
                Ok(vec![Event::Prolonged { appointment, until }])
            }
            Seat::Held { .. } | Seat::Vacant { .. } => Err(Refusal::HeldOtherwise),
            Seat::NotAdded => Err(Refusal::NotAdded),
            Seat::Abolished { .. } => Err(Refusal::Abolished),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Command, Holding};
    use super::*;
    use crate::story::{after, online};

    fn prolong(appointment: AppointmentId, until: Date) -> Command {
        Command::Prolong(Prolong { appointment, until })
    }

    #[test]
    fn a_renewed_holder_holds_it_for_longer() {
        given(until_held())
            .when(online(STAFF, spring()), prolong(APPOINTMENT, renewed_until()))
            .then(prolonged());
        let held = after::<Seat>([until_held(), vec![prolonged()]].concat());
        let Seat::Held { holding: Holding { from: first_day, until, .. }, .. } = held else {
            panic!("{held:?}")
        };
        assert_eq!((first_day, until), (from(), renewed_until()));
    }

    #[test]
    fn told_twice_it_is_prolonged_once() {
        given([until_held(), vec![prolonged()]].concat())
            .when(online(STAFF, spring()), prolong(APPOINTMENT, renewed_until()))
            .then_nothing();
    }

    #[test]
    fn nothing_is_prolonged_to_an_earlier_day() {
        given([until_held(), vec![prolonged()]].concat())
            .when(online(STAFF, spring()), prolong(APPOINTMENT, until()))
            .then_refused(Refusal::NotLonger { until: renewed_until() });
    }

    #[test]
    fn only_the_appointment_that_holds_it_prolongs_it() {
        let refusals = [
            (until_held(), LATER, Refusal::HeldOtherwise),
            (until_vacated(), APPOINTMENT, Refusal::HeldOtherwise),
            (vec![], APPOINTMENT, Refusal::NotAdded),
            (until_abolished(), APPOINTMENT, Refusal::Abolished),
        ];
        for (history, appointment, refusal) in refusals {
            given(history)
                .when(online(STAFF, spring()), prolong(appointment, renewed_until()))
                .then_refused(refusal);
        }
    }
}
