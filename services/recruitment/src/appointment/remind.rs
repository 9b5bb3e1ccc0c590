//! Remind: it is time to ask what happens at the end of the term. It asks; it never decides.

use eventstore::Occasion;

use super::{Appointment, Event, Refusal};

/// Asked by the timer of one step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remind {
    /// The step.
    pub step: String,
}

impl Remind {
    /// Once for each step of a term, at its time, and not once the question is settled. A timer that
    /// was set before a renewal asks nothing. Where one fires late, as when the system stood still,
    /// nobody is asked about a term that is over, nor several times in one morning: of steps to the
    /// same people whose time has come, the last one asks.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.held()?;
        let place = &it.place;
        let reminder = place.rule.named(&self.step).ok_or(Refusal::NoSuchReminder)?;
        let Some(armed) = it.waiting.iter().find(|armed| armed.step == self.step) else {
            return Ok(Vec::new());
        };
        if occasion.taken_at < armed.due_at {
            return Err(Refusal::NotYetTime { due_at: armed.due_at });
        }
        let now = occasion.taken_at;
        if !it.term_runs(now) || place.rule.is_overtaken(reminder, &place.term, now) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ReminderCameDue {
            step: self.step,
            to: reminder.audience,
            question: reminder.about,
            ends_on: place.term.ends_on,
            seat: place.seat,
            group: place.group,
            person: place.person,
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Answer, Command};
    use super::*;
    use crate::story::{at, online};

    fn remind(place: usize) -> Command {
        Command::Remind(Remind { step: step_name(place) })
    }

    #[test]
    fn each_step_asks_at_nine_in_the_morning_of_its_day() {
        for place in 0..3 {
            given(until_accepted())
                .when(online(STAFF, due_at(place)), remind(place))
                .then(came_due(place));
        }
    }

    #[test]
    fn no_step_asks_before_its_time() {
        given(until_accepted())
            .when(online(STAFF, at("2027-08-29T07:59:59Z")), remind(0))
            .then_refused(Refusal::NotYetTime { due_at: due_at(0) });
    }

    #[test]
    fn a_step_that_fires_late_still_asks_while_the_term_runs() {
        given([until_accepted(), vec![came_due(0)]].concat())
            .when(online(STAFF, at("2028-01-28T12:00:00Z")), remind(1))
            .then(came_due(1));
    }

    #[test]
    fn nobody_is_asked_about_a_term_that_is_over() {
        for history in [until_accepted(), until_ran_out()] {
            given(history).when(online(STAFF, over_at()), remind(2)).then_nothing();
        }
        given(until_accepted())
            .when(online(STAFF, at("2028-02-29T23:59:59Z")), remind(2))
            .then(came_due(2));
    }

    #[test]
    fn of_steps_that_fire_late_together_the_last_one_to_the_same_people_asks() {
        given(until_accepted()).when(online(STAFF, due_at(2)), remind(0)).then(came_due(0));
        given(until_accepted()).when(online(STAFF, due_at(2)), remind(1)).then_nothing();
        given(until_accepted()).when(online(STAFF, due_at(2)), remind(2)).then(came_due(2));
        // In whichever order they fire.
        given([until_accepted(), vec![came_due(2)]].concat())
            .when(online(STAFF, due_at(2)), remind(1))
            .then_nothing();
    }

    #[test]
    fn told_twice_a_step_asks_once() {
        given([until_accepted(), vec![came_due(0)]].concat())
            .when(online(STAFF, due_at(1)), remind(0))
            .then_nothing();
    }

    #[test]
    fn once_answered_nobody_is_asked_again() {
        given([until_accepted(), vec![came_due(0), answered(Answer::Leave, &[1, 2])]].concat())
            .when(online(STAFF, due_at(1)), remind(1))
            .then_nothing();
    }

    #[test]
    fn whoever_leaves_is_not_asked() {
        for history in [until_resigned(), until_settled()] {
            given(history).when(online(STAFF, near_the_end()), remind(2)).then_nothing();
        }
    }

    #[test]
    fn a_renewed_term_asks_anew_at_its_own_time_and_not_at_the_old_one() {
        let history = [until_accepted(), vec![came_due(0), renewed(None)]].concat();
        given(history.clone())
            .when(online(STAFF, due_at(2)), remind(2))
            .then_refused(Refusal::NotYetTime { due_at: at_new_end(2) });
        let events = given(history).when(online(STAFF, at_new_end(0)), remind(0)).events();
        let [Event::ReminderCameDue { ends_on, .. }] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!(*ends_on, new_ends_on());
    }

    #[test]
    fn only_steps_of_the_ladder_ask() {
        given(until_accepted())
            .when(online(STAFF, due_at(0)), Command::Remind(Remind { step: "x".to_owned() }))
            .then_refused(Refusal::NoSuchReminder);
    }

    #[test]
    fn nobody_is_asked_about_a_place_they_do_not_hold() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_offered(), Refusal::NotAccepted),
            (until_declined(), Refusal::Declined),
            (until_ended(), Refusal::Ended),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, due_at(0)), remind(0)).then_refused(refusal);
        }
    }
}
