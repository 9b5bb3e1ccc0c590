//! End: a human settles that a place ends on some other day than its term, or for some other reason,
//! and has spoken with the person. Whoever is asked to leave hears it face to face, with time to
//! reply and to ask for a review.

use contracts::Sealed;
use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Appointment, Ending, Event, Holding, Place, ReasonForSteppingDown, Refusal};
use crate::contacted::{Channel, Contacted};
use crate::london::day_of;
use crate::term::{WhyEnded, midnight_after};

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// On which grounds.
    pub grounds: Grounds,
    /// The last day.
    pub last_day: Date,
    /// How and when the person was told.
    pub contact: Contacted,
}

/// Why a human ends someone's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// The term is over, or will be on its day.
    TermComplete,
    /// The role is not needed any more.
    RoleEnded,
    /// The person was asked to leave; others see that they stepped down.
    SteppedDown {
        /// The day until which they can reply and ask for a review.
        review_until: Date,
        /// Why, sealed at the edge under their key.
        reason: Option<Sealed<ReasonForSteppingDown>>,
    },
}

impl Grounds {
    /// The same, as others are told.
    pub fn why(&self) -> WhyEnded {
        match self {
            Self::TermComplete => WhyEnded::TermComplete,
            Self::RoleEnded => WhyEnded::RoleEnded,
            Self::SteppedDown { .. } => WhyEnded::SteppedDown,
        }
    }
}

impl End {
    /// Today or later, never backwards: nobody's last day is taken from them. A running term is not
    /// prolonged by this, and not over the head of someone who leaves by themself.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let asked = (self.grounds.why(), self.last_day);
        let same = |it: &Ending| (it.why, it.last_day) == asked;
        if let Appointment::Ended(_, ending) = state
            && same(ending)
        {
            return Ok(Vec::new());
        }
        let it = state.held()?;
        it.place.decided_by_another(occasion)?;
        match &it.leaving {
            Some(leaving) if same(leaving) => Ok(Vec::new()),
            Some(Ending { why: WhyEnded::Resigned, last_day, .. }) => {
                Err(Refusal::LeavingAlready { last_day: *last_day })
            }
            Some(_) | None => self.settle(it, occasion),
        }
    }

    fn settle(self, it: &Holding, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let today = day_of(occasion.received_at);
        let ends_on = it.place.term.ends_on;
        if it.term_runs(occasion.received_at) {
            if self.grounds == Grounds::TermComplete {
                return Err(Refusal::TermNotOver { ends_on });
            }
            if ends_on < self.last_day {
                return Err(Refusal::LastDayAfterEnd { ends_on });
            }
        }
        if self.last_day < today {
            return Err(Refusal::LastDayPassed);
        }
        if self.contact.is_to_come(occasion) {
            return Err(Refusal::ContactToCome);
        }
        if let Grounds::SteppedDown { review_until, .. } = &self.grounds {
            if self.contact.by != Channel::InPerson {
                return Err(Refusal::NotToldInPerson);
            }
            if *review_until <= today {
                return Err(Refusal::ReviewOver);
            }
        }
        let Place { seat, group, person, .. } = it.place;
        Ok(vec![Event::EndConfirmed {
            grounds: self.grounds,
            last_day: self.last_day,
            over_at: midnight_after(self.last_day).ok_or(Refusal::BeyondTheCalendar)?,
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
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{after, at, online};

    fn end(grounds: Grounds, last_day: Date) -> Command {
        end_told(grounds, last_day, told(date(2027, 6, 15)))
    }

    fn end_told(grounds: Grounds, last_day: Date, contact: Contacted) -> Command {
        Command::End(End { grounds, last_day, contact })
    }

    #[test]
    fn a_role_that_is_not_needed_any_more_ends_on_a_day_the_person_has_been_told() {
        given(until_accepted())
            .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, mid_term_day()))
            .then(settled(Grounds::RoleEnded, mid_term_day(), &[0, 1, 2]));
    }

    #[test]
    fn whoever_is_asked_to_leave_was_told_face_to_face_and_has_time_to_ask_for_a_review() {
        given(until_accepted())
            .when(online(STAFF, mid_term()), end(stepping_down(), mid_term_day()))
            .then(settled(stepping_down(), mid_term_day(), &[0, 1, 2]));
        let by_letter = Contacted { by: Channel::Letter, on: date(2027, 6, 15) };
        given(until_accepted())
            .when(online(STAFF, mid_term()), end_told(stepping_down(), mid_term_day(), by_letter))
            .then_refused(Refusal::NotToldInPerson);
        let at_once = Grounds::SteppedDown { review_until: date(2027, 6, 15), reason: None };
        given(until_accepted())
            .when(online(STAFF, mid_term()), end(at_once, mid_term_day()))
            .then_refused(Refusal::ReviewOver);
    }

    #[test]
    fn others_see_that_they_stepped_down_and_no_more() {
        let history = [until_accepted(), vec![settled(stepping_down(), mid_term_day(), &[])]];
        let Appointment::Held(it) = after::<Appointment>(history.concat()) else {
            panic!("they hold the place until the day is over")
        };
        assert_eq!(it.leaving.map(|it| it.why), Some(WhyEnded::SteppedDown));
        let (_, told) =
            contracts::fact::write(&ended(WhyEnded::SteppedDown, mid_term_day())).unwrap();
        assert!(told.contains("stepped_down") && !told.contains("reason"), "{told}");
    }

    #[test]
    fn who_stays_on_has_a_last_day_when_a_human_says_so() {
        let today = date(2028, 3, 10);
        let events = given(until_ran_out())
            .when(online(STAFF, staying_on()), end_told(Grounds::TermComplete, today, told(today)))
            .events();
        let [Event::EndConfirmed { last_day, over_at, .. }] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((*last_day, *over_at), (today, at("2028-03-11T00:00:00Z")));
    }

    #[test]
    fn the_end_of_a_running_term_is_confirmed_and_not_set() {
        given(until_accepted())
            .when(online(STAFF, mid_term()), end(Grounds::TermComplete, mid_term_day()))
            .then_refused(Refusal::TermNotOver { ends_on: ends_on() });
        given(until_accepted())
            .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, date(2028, 3, 1)))
            .then_refused(Refusal::LastDayAfterEnd { ends_on: ends_on() });
    }

    #[test]
    fn nobody_s_last_day_is_taken_from_them_afterwards() {
        given(until_accepted())
            .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, date(2027, 6, 14)))
            .then_refused(Refusal::LastDayPassed);
    }

    #[test]
    fn a_planned_talk_is_no_talk() {
        given(until_accepted())
            .when(
                online(STAFF, mid_term()),
                end_told(Grounds::RoleEnded, mid_term_day(), told(date(2027, 6, 16))),
            )
            .then_refused(Refusal::ContactToCome);
    }

    #[test]
    fn a_human_ends_it_and_nobody_their_own() {
        let mut by_policy = online(STAFF, mid_term());
        by_policy.taken = Taken::Policy;
        let ending = || end(Grounds::RoleEnded, mid_term_day());
        given(until_accepted()).when(by_policy, ending()).then_refused(Refusal::HumanMustDecide);
        given(until_accepted())
            .when(online(PERSON, mid_term()), ending())
            .then_refused(Refusal::SomeoneElseMustDecide);
    }

    #[test]
    fn told_twice_it_is_settled_once() {
        let settled =
            [until_accepted(), vec![settled(Grounds::RoleEnded, mid_term_day(), &[0, 1, 2])]]
                .concat();
        let over = [settled.clone(), vec![ended(WhyEnded::RoleEnded, mid_term_day())]].concat();
        for history in [settled, over] {
            given(history)
                .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, mid_term_day()))
                .then_nothing();
        }
    }

    #[test]
    fn a_settled_day_may_be_moved_but_not_the_day_of_someone_who_leaves() {
        let later = date(2027, 7, 31);
        let history = [until_accepted(), vec![settled(Grounds::RoleEnded, mid_term_day(), &[])]];
        let events = given(history.concat())
            .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, later))
            .events();
        assert_eq!(events.len(), 1);
        given(until_resigned())
            .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, later))
            .then_refused(Refusal::LeavingAlready { last_day: mid_term_day() });
    }

    #[test]
    fn only_a_place_that_is_held_ends() {
        for (history, refusal) in [
            (vec![], Refusal::NotOffered),
            (until_offered(), Refusal::NotAccepted),
            (until_lapsed(), Refusal::Lapsed),
            (until_ended(), Refusal::Ended),
        ] {
            given(history)
                .when(online(STAFF, mid_term()), end(Grounds::RoleEnded, mid_term_day()))
                .then_refused(refusal);
        }
    }

    #[test]
    fn a_last_day_has_a_midnight_after_it() {
        given(until_ran_out())
            .when(online(STAFF, staying_on()), end(Grounds::RoleEnded, Date::MAX))
            .then_refused(Refusal::BeyondTheCalendar);
    }
}
