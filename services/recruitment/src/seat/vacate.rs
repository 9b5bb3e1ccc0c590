//! Vacate: nobody holds the seat any more. What the next opportunity's draft needs goes along.

use contracts::id::AppointmentId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Event, Place, Refusal, Seat};
use crate::term::WhyEnded;

/// Asked by a policy when an appointment has ended, or by staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vacate {
    /// Which.
    pub appointment: AppointmentId,
    /// Why it ended.
    pub why: WhyEnded,
    /// Its last day.
    pub last_day: Date,
}

impl Vacate {
    /// Only for the appointment that holds it.
    pub fn decide(self, state: &Seat, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Seat::Held { place, holding, recruiting_through }
                if holding.appointment == self.appointment =>
            {
                let vacant_from =
                    self.last_day.tomorrow().map_err(|_| Refusal::BeyondTheCalendar)?;
                let Place { group, role, constituency, locality, rule, seat: _ } = *place.clone();
                Ok(vec![Event::Vacated {
                    group,
                    role,
                    constituency,
                    locality,
                    term_months: rule.months,
                    appointment: self.appointment,
                    why: self.why,
                    vacant_from,
                    recruiting_through: *recruiting_through,
                }])
            }
            Seat::Vacant { last_held_by, .. } if *last_held_by == Some(self.appointment) => {
                Ok(Vec::new())
            }
            Seat::Held { .. } | Seat::Vacant { .. } => Err(Refusal::HeldOtherwise),
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

    fn vacate(appointment: AppointmentId) -> Command {
        vacate_after(appointment, until())
    }

    fn vacate_after(appointment: AppointmentId, last_day: Date) -> Command {
        Command::Vacate(Vacate { appointment, why: WhyEnded::TermComplete, last_day })
    }

    #[test]
    fn a_vacant_seat_tells_what_the_next_advert_needs_and_names_nobody() {
        given(until_held()).when(online(STAFF, spring()), vacate(APPOINTMENT)).then(vacated(None));
        let (_, payload) = contracts::fact::write(&vacated(None)).unwrap();
        assert!(!payload.contains(&PERSON.to_string()));
    }

    #[test]
    fn where_a_successor_is_sought_already_the_seat_says_so_and_stays_reserved() {
        let history = [until_held(), vec![reserved(NEXT)]].concat();
        given(history.clone())
            .when(online(STAFF, spring()), vacate(APPOINTMENT))
            .then(vacated(Some(NEXT)));
        let vacant = after::<Seat>([history, vec![vacated(Some(NEXT))]].concat());
        assert!(matches!(vacant, Seat::Vacant { recruiting_through: Some(it), .. } if it == NEXT));
    }

    #[test]
    fn told_twice_it_falls_vacant_once() {
        given(until_vacated()).when(online(STAFF, spring()), vacate(APPOINTMENT)).then_nothing();
    }

    #[test]
    fn only_the_appointment_that_holds_it_vacates_it() {
        let refusals = [
            (until_held(), LATER, Refusal::HeldOtherwise),
            (until_vacated(), LATER, Refusal::HeldOtherwise),
            (until_added(), APPOINTMENT, Refusal::HeldOtherwise),
            (vec![], APPOINTMENT, Refusal::NotAdded),
            (until_abolished(), APPOINTMENT, Refusal::Abolished),
        ];
        for (history, appointment, refusal) in refusals {
            given(history).when(online(STAFF, spring()), vacate(appointment)).then_refused(refusal);
        }
    }

    #[test]
    fn the_last_day_of_all_has_no_day_after_it() {
        given(until_held())
            .when(online(STAFF, spring()), vacate_after(APPOINTMENT, Date::MAX))
            .then_refused(Refusal::BeyondTheCalendar);
    }
}
