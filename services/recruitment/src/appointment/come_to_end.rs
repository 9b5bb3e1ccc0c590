//! Come to end: the last day has passed. What a human settled takes place; where nobody settled
//! anything, nobody is removed: the person stays on, and it is said so.

use eventstore::Occasion;

use super::{Appointment, Event, Holding, Place, Refusal};

/// Asked by the timer of the end, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeToEnd {}

impl ComeToEnd {
    /// Not before midnight after the last day, in London.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if let Appointment::Ended(..) = state {
            return Ok(Vec::new());
        }
        let it = state.held()?;
        let due_at = it.leaving.map_or(it.place.term.over_at, |leaving| leaving.over_at);
        if occasion.taken_at < due_at {
            return Err(Refusal::NotYetTime { due_at });
        }
        Ok(at_the_end(it).into_iter().collect())
    }
}

fn at_the_end(it: &Holding) -> Option<Event> {
    let Place { term, seat, group, person, .. } = it.place;
    match it.leaving {
        Some(leaving) => {
            Some(Event::Ended { why: leaving.why, last_day: leaving.last_day, seat, group, person })
        }
        None if it.stays_on => None,
        None => Some(Event::StaysOn { term_ended_on: term.ends_on, seat, group, person }),
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Command, Grounds};
    use super::*;
    use crate::story::{at, online};
    use crate::term::WhyEnded;

    fn come_to_end() -> Command {
        Command::ComeToEnd(ComeToEnd {})
    }

    #[test]
    fn a_term_confirmed_to_end_ends_at_midnight_after_its_last_day() {
        given(until_settled())
            .when(online(STAFF, over_at()), come_to_end())
            .then(ended(WhyEnded::TermComplete, ends_on()));
        given(until_settled())
            .when(online(STAFF, at("2028-02-29T23:59:59Z")), come_to_end())
            .then_refused(Refusal::NotYetTime { due_at: over_at() });
    }

    #[test]
    fn a_term_that_nobody_has_settled_removes_nobody() {
        for history in [until_accepted(), until_asked()] {
            given(history).when(online(STAFF, over_at()), come_to_end()).then(stays_on());
        }
    }

    #[test]
    fn an_answer_to_a_reminder_removes_nobody_either() {
        let answered = answered(super::super::Answer::Leave, &[]);
        given([until_asked(), vec![answered]].concat())
            .when(online(STAFF, over_at()), come_to_end())
            .then(stays_on());
    }

    #[test]
    fn whoever_resigned_has_their_last_day_to_its_end() {
        let midnight = midnight_after_mid_term_day();
        given(until_resigned())
            .when(online(STAFF, at("2027-06-30T22:59:59Z")), come_to_end())
            .then_refused(Refusal::NotYetTime { due_at: midnight });
        given(until_resigned())
            .when(online(STAFF, midnight), come_to_end())
            .then(ended(WhyEnded::Resigned, mid_term_day()));
    }

    #[test]
    fn the_timer_of_an_old_end_does_not_end_what_was_renewed() {
        given(until_renewed())
            .when(online(STAFF, over_at()), come_to_end())
            .then_refused(Refusal::NotYetTime { due_at: new_over_at() });
    }

    #[test]
    fn who_stays_on_leaves_after_a_human_has_said_when() {
        let history = [
            until_ran_out(),
            vec![settled(Grounds::TermComplete, jiff::civil::date(2028, 3, 31), &[])],
        ]
        .concat();
        given(history)
            .when(online(STAFF, at("2028-03-31T23:00:00Z")), come_to_end())
            .then(ended(WhyEnded::TermComplete, jiff::civil::date(2028, 3, 31)));
    }

    #[test]
    fn told_twice_it_comes_to_its_end_once() {
        for history in [until_ended(), until_ran_out()] {
            given(history).when(online(STAFF, staying_on()), come_to_end()).then_nothing();
        }
    }

    #[test]
    fn only_a_place_that_is_held_comes_to_an_end() {
        for (history, refusal) in [
            (vec![], Refusal::NotOffered),
            (until_offered(), Refusal::NotAccepted),
            (until_declined(), Refusal::Declined),
        ] {
            given(history).when(online(STAFF, over_at()), come_to_end()).then_refused(refusal);
        }
    }
}
