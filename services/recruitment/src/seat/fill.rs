//! Fill: someone holds the seat from now on.

use contracts::PersonId;
use contracts::id::AppointmentId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Event, Holding, Refusal, Seat};

/// Asked by a policy when an offer is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Through which appointment.
    pub appointment: AppointmentId,
    /// Who.
    pub person: PersonId,
    /// The first day.
    pub from: Date,
    /// The last day of the term.
    pub until: Date,
}

impl Fill {
    /// One holder at a time.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { appointment, person, from, until } = self;
        match state {
            Seat::Vacant { place, .. } => {
                let group = place.group;
                Ok(vec![Event::Filled { group, appointment, person, from, until }])
            }
            Seat::Held { holding, .. }
                if *holding == (Holding { appointment, person, from, until }) =>
            {
                Ok(Vec::new())
            }
            Seat::Held { .. } => Err(Refusal::Held),
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
    use crate::story::{after, online};

    fn fill(appointment: AppointmentId, person: PersonId) -> Command {
        Command::Fill(Fill { appointment, person, from: from(), until: until() })
    }

    #[test]
    fn whoever_accepts_holds_the_seat_and_it_is_sought_for_no_longer() {
        for history in [until_added(), until_reserved()] {
            given(history.clone())
                .when(online(STAFF, spring()), fill(APPOINTMENT, PERSON))
                .then(filled());
            let held = after::<Seat>([history, vec![filled()]].concat());
            assert!(matches!(held, Seat::Held { recruiting_through: None, .. }));
        }
    }

    #[test]
    fn told_twice_it_is_filled_once() {
        given(until_held()).when(online(STAFF, spring()), fill(APPOINTMENT, PERSON)).then_nothing();
    }

    #[test]
    fn a_seat_has_one_holder() {
        for (appointment, person) in [(LATER, PERSON), (APPOINTMENT, SUCCESSOR)] {
            given(until_held())
                .when(online(STAFF, spring()), fill(appointment, person))
                .then_refused(Refusal::Held);
        }
    }

    #[test]
    fn a_successor_holds_it_after_it_fell_vacant() {
        let events =
            given(until_vacated()).when(online(STAFF, spring()), fill(LATER, SUCCESSOR)).events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn only_a_seat_that_exists_is_filled() {
        given(vec![])
            .when(online(STAFF, spring()), fill(APPOINTMENT, PERSON))
            .then_refused(Refusal::NotAdded);
        given(until_abolished())
            .when(online(STAFF, spring()), fill(APPOINTMENT, PERSON))
            .then_refused(Refusal::Abolished);
    }
}
