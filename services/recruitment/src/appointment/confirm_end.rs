//! Confirm end: a human has spoken with the person, and the term ends on its day. Without this it
//! would run out and the person stay on.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Appointment, Event, Grounds, Holding, Place, Refusal};
use crate::contacted::Contacted;
use crate::term::WhyEnded;

/// Asked by staff. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmEnd {
    /// How and when the person was reached.
    pub contact: Contacted,
}

impl ConfirmEnd {
    /// While the term runs, judged by when it was said; after that, `end` says which day is the last.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if let Appointment::Ended(place, ending) = state
            && ending.why == WhyEnded::TermComplete
            && ending.last_day == place.term.ends_on
        {
            return Ok(Vec::new());
        }
        let it = state.held()?;
        it.place.decided_by_another(occasion)?;
        match it.leaving {
            None => self.confirm(it, occasion),
            Some(leaving)
                if leaving.why == WhyEnded::TermComplete
                    && leaving.last_day == it.place.term.ends_on =>
            {
                Ok(Vec::new())
            }
            Some(leaving) => Err(Refusal::LeavingAlready { last_day: leaving.last_day }),
        }
    }

    fn confirm(self, it: &Holding, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if !it.term_runs(occasion.received_at) {
            return Err(Refusal::TermRanOut);
        }
        if self.contact.is_to_come(occasion) {
            return Err(Refusal::ContactToCome);
        }
        let Place { term, seat, group, person, .. } = it.place;
        Ok(vec![Event::EndConfirmed {
            grounds: Grounds::TermComplete,
            last_day: term.ends_on,
            over_at: term.over_at,
            contact: self.contact,
            stops: it.steps_waiting(),
            seat,
            group,
            person,
        }])
    }
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;
    use jiff::civil::{Date, date};

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn confirm_after(on: Date) -> Command {
        Command::ConfirmEnd(ConfirmEnd { contact: told(on) })
    }

    fn confirm() -> Command {
        confirm_after(date(2028, 2, 10))
    }

    #[test]
    fn a_human_who_has_spoken_with_the_person_confirms_that_the_term_ends_on_its_day() {
        given(until_asked()).when(online(STAFF, near_the_end()), confirm()).then(settled(
            Grounds::TermComplete,
            ends_on(),
            &[],
        ));
    }

    #[test]
    fn nobody_is_reminded_of_what_is_settled() {
        let history = [until_accepted(), vec![came_due(0), came_due(1)]].concat();
        given(history).when(online(STAFF, near_the_end()), confirm()).then(settled(
            Grounds::TermComplete,
            ends_on(),
            &[2],
        ));
    }

    #[test]
    fn no_timer_and_no_policy_confirms() {
        for taken in [Taken::Timer, Taken::Policy] {
            let mut occasion = online(STAFF, near_the_end());
            occasion.taken = taken;
            given(until_asked()).when(occasion, confirm()).then_refused(Refusal::HumanMustDecide);
        }
    }

    #[test]
    fn nobody_confirms_their_own_end() {
        given(until_asked())
            .when(online(PERSON, near_the_end()), confirm())
            .then_refused(Refusal::SomeoneElseMustDecide);
    }

    #[test]
    fn a_planned_talk_is_no_talk() {
        given(until_asked())
            .when(online(STAFF, near_the_end()), confirm_after(date(2028, 2, 11)))
            .then_refused(Refusal::ContactToCome);
    }

    #[test]
    fn told_twice_it_is_confirmed_once() {
        for history in [until_settled(), until_ended()] {
            given(history).when(online(STAFF, near_the_end()), confirm()).then_nothing();
        }
    }

    #[test]
    fn once_the_term_has_run_out_someone_says_which_day_is_the_last() {
        for history in [until_asked(), until_ran_out()] {
            given(history)
                .when(online(STAFF, over_at()), confirm())
                .then_refused(Refusal::TermRanOut);
        }
    }

    #[test]
    fn what_was_said_in_time_counts_when_it_is_typed_in_late() {
        let received = at("2028-02-29T23:59:59Z");
        given(until_ran_out())
            .when(typed(STAFF, LEAD, received, staying_on()), confirm())
            .then(settled(Grounds::TermComplete, ends_on(), &[]));
    }

    #[test]
    fn only_a_place_that_goes_on_is_confirmed_to_end() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_offered(), Refusal::NotAccepted),
            (until_withdrawn(), Refusal::OfferWithdrawn),
            (until_resigned(), Refusal::LeavingAlready { last_day: mid_term_day() }),
            (
                [until_resigned(), vec![ended(WhyEnded::Resigned, mid_term_day())]].concat(),
                Refusal::Ended,
            ),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, near_the_end()), confirm()).then_refused(refusal);
        }
    }
}
