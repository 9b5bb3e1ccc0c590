//! Resign: the person leaves, at any time and for no reason they have to give.

use contracts::Sealed;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Appointment, Event, Holding, Place, Refusal, WordsOnLeaving};
use crate::london::day_of;
use crate::term::{WhyEnded, midnight_after};

/// Asked by the person, or by staff who type in what came from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resign {
    /// Their last day.
    pub last_day: Date,
    /// What they wish to say, sealed at the edge; nothing where they would rather not.
    pub words: Option<Sealed<WordsOnLeaving>>,
}

impl Resign {
    /// Their last day is the day they said it or later, and not after the place would end anyway.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        if let Appointment::Ended(place, ending) = state
            && (ending.why, ending.last_day) == (WhyEnded::Resigned, self.last_day)
        {
            place.said_by_its_person(occasion)?;
            return Ok(Vec::new());
        }
        let it = state.held()?;
        it.place.said_by_its_person(occasion)?;
        let asked = (WhyEnded::Resigned, self.last_day);
        if it.leaving.is_some_and(|leaving| (leaving.why, leaving.last_day) == asked) {
            return Ok(Vec::new());
        }
        if self.last_day < day_of(occasion.received_at) {
            return Err(Refusal::LastDayPassed);
        }
        match ends_anyway(it, occasion) {
            Some(ends_on) if ends_on < self.last_day => Err(Refusal::LastDayAfterEnd { ends_on }),
            Some(_) | None => self.leave(it),
        }
    }

    fn leave(self, it: &Holding) -> Result<Vec<Event>, Refusal> {
        let Place { seat, group, person, .. } = it.place;
        Ok(vec![Event::Resigned {
            last_day: self.last_day,
            over_at: midnight_after(self.last_day).ok_or(Refusal::BeyondTheCalendar)?,
            words: self.words,
            stops: it.steps_waiting(),
            seat,
            group,
            person,
        }])
    }
}

/// The day on which the place ends without this; none where the term has run out and the person stays
/// on. A resignation may be moved within the term.
fn ends_anyway(it: &Holding, occasion: &Occasion) -> Option<Date> {
    let settled_by_others = it.leaving.filter(|leaving| match leaving.why {
        WhyEnded::TermComplete | WhyEnded::RoleEnded | WhyEnded::SteppedDown => true,
        WhyEnded::Resigned => false,
    });
    match settled_by_others {
        Some(leaving) => Some(leaving.last_day),
        None => it.term_runs(occasion.received_at).then_some(it.place.term.ends_on),
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn resign(last_day: Date) -> Command {
        Command::Resign(Resign { last_day, words: None })
    }

    #[test]
    fn the_person_leaves_and_would_rather_not_say_why() {
        given(until_accepted())
            .when(online(PERSON, mid_term()), resign(mid_term_day()))
            .then(resigned(mid_term_day(), None));
    }

    #[test]
    fn what_they_wish_to_say_is_kept_sealed() {
        given(until_accepted())
            .when(
                online(PERSON, mid_term()),
                Command::Resign(Resign { last_day: mid_term_day(), words: Some(words()) }),
            )
            .then(resigned(mid_term_day(), Some(words())));
    }

    #[test]
    fn today_may_be_the_last_day_and_yesterday_not() {
        let today = date(2027, 6, 15);
        given(until_accepted())
            .when(online(PERSON, mid_term()), resign(today))
            .then(resigned(today, None));
        given(until_accepted())
            .when(online(PERSON, mid_term()), resign(date(2027, 6, 14)))
            .then_refused(Refusal::LastDayPassed);
    }

    #[test]
    fn a_letter_counts_from_when_it_arrived() {
        let arrived = at("2027-06-14T12:00:00Z");
        given(until_accepted())
            .when(typed(STAFF, PERSON, arrived, mid_term()), resign(date(2027, 6, 14)))
            .then(resigned(date(2027, 6, 14), None));
    }

    #[test]
    fn who_has_accepted_may_leave_before_the_first_day() {
        given(until_accepted())
            .when(online(PERSON, accepting()), resign(date(2027, 1, 15)))
            .then(resigned(date(2027, 1, 15), None));
    }

    #[test]
    fn nobody_leaves_after_the_place_would_end_anyway() {
        given(until_accepted())
            .when(online(PERSON, mid_term()), resign(date(2028, 3, 1)))
            .then_refused(Refusal::LastDayAfterEnd { ends_on: ends_on() });
        let settled = settled(stepping_down(), mid_term_day(), &[0, 1, 2]);
        given([until_accepted(), vec![settled]].concat())
            .when(online(PERSON, mid_term()), resign(date(2027, 7, 1)))
            .then_refused(Refusal::LastDayAfterEnd { ends_on: mid_term_day() });
    }

    #[test]
    fn who_stays_on_leaves_on_any_day() {
        let events = given(until_ran_out())
            .when(online(PERSON, staying_on()), resign(date(2028, 4, 30)))
            .events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn a_resignation_may_be_moved() {
        let events = given(until_resigned())
            .when(online(PERSON, mid_term()), resign(date(2027, 9, 30)))
            .events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn told_twice_they_leave_once() {
        let left = [until_resigned(), vec![ended(WhyEnded::Resigned, mid_term_day())]].concat();
        for history in [until_resigned(), left] {
            given(history)
                .when(online(PERSON, staying_on()), resign(mid_term_day()))
                .then_nothing();
        }
    }

    #[test]
    fn nobody_resigns_for_someone_else() {
        let left = [until_resigned(), vec![ended(WhyEnded::Resigned, mid_term_day())]].concat();
        for history in [until_accepted(), left] {
            given(history)
                .when(online(STAFF, mid_term()), resign(mid_term_day()))
                .then_refused(Refusal::NotTheirs);
        }
    }

    #[test]
    fn only_a_place_that_is_held_is_left() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_offered(), Refusal::NotAccepted),
            (until_declined(), Refusal::Declined),
            (until_ended(), Refusal::Ended),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(online(PERSON, mid_term()), resign(mid_term_day()))
                .then_refused(refusal);
        }
    }

    #[test]
    fn a_last_day_has_a_midnight_after_it() {
        given(until_ran_out())
            .when(online(PERSON, staying_on()), resign(Date::MAX))
            .then_refused(Refusal::BeyondTheCalendar);
    }
}
