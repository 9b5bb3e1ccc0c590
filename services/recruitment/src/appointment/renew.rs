//! Renew: another term, with the person's yes. It begins on the day after the old one ends and is as
//! long as the rule now says; the reminders move to its end.

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Appointment, Event, Exception, Holding, Place, Refusal};
use crate::term::{TermRule, WhyEnded};

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renew {
    /// What they say.
    pub said: Renewal,
    /// Why it is one term more than the rule allows, where it is.
    pub exception: Option<Exception>,
    /// The rule in force, filled in at the edge.
    pub rule: TermRule,
}

/// The body, but for the words sealed at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// The last day of the term that is renewed, as the screen showed it.
    #[schema(value_type = String, format = Date)]
    pub term_ending_on: Date,
    /// That the person has said yes.
    pub agreed_with_person: bool,
}

impl Renew {
    /// Before the term ends or while the person stays on after it; not once someone leaves, except
    /// that an end merely confirmed may be thought over.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.held()?;
        it.place.decided_by_another(occasion)?;
        let term_ending_on = self.said.term_ending_on;
        if it.renewed.as_ref() == Some(&(term_ending_on, self.exception.clone())) {
            return Ok(Vec::new());
        }
        self.may_be_renewed(it)?;
        let term = it.place.term;
        let from = term.ends_on.tomorrow().map_err(|_| Refusal::BeyondTheCalendar)?;
        let number = term.number.saturating_add(1);
        let term = self.rule.term(number, from).ok_or(Refusal::BeyondTheCalendar)?;
        let to_come = self.rule.reminders(&term, occasion.taken_at);
        let reminders = to_come.ok_or(Refusal::BeyondTheCalendar)?;
        let mut stops = it.steps_waiting();
        stops.retain(|step| reminders.iter().all(|reminder| reminder.step != *step));
        let Place { seat, group, person, .. } = it.place;
        Ok(vec![Event::Renewed {
            term,
            rule: Box::new(self.rule),
            exception: self.exception,
            reminders,
            stops,
            seat,
            group,
            person,
        }])
    }

    fn may_be_renewed(&self, it: &Holding) -> Result<(), Refusal> {
        let term = it.place.term;
        if self.said.term_ending_on != term.ends_on {
            return Err(Refusal::OtherTerm { ends_on: term.ends_on });
        }
        if let Some(leaving) = it.leaving {
            match leaving.why {
                WhyEnded::TermComplete => {}
                WhyEnded::Resigned | WhyEnded::RoleEnded | WhyEnded::SteppedDown => {
                    return Err(Refusal::LeavingAlready { last_day: leaving.last_day });
                }
            }
        }
        if !self.said.agreed_with_person {
            return Err(Refusal::NotAgreed);
        }
        let terms_max = self.rule.consecutive_terms_max;
        match &self.exception {
            Some(it_is) if it_is.authorised_by == it.place.person => {
                Err(Refusal::SomeoneElseMustDecide)
            }
            None if term.number >= terms_max => Err(Refusal::TermsUsedUp { terms_max }),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;
    use jiff::civil::date;

    use super::super::samples::*;
    use super::super::{Command, Grounds};
    use super::*;
    use crate::story::{online, typed};

    fn renewing(term_ending_on: Date) -> Renew {
        Renew {
            said: Renewal { term_ending_on, agreed_with_person: true },
            exception: None,
            rule: rule(),
        }
    }

    fn renew() -> Command {
        Command::Renew(Box::new(renewing(ends_on())))
    }

    fn renew_again(exception: Option<Exception>) -> Command {
        Command::Renew(Box::new(Renew { exception, ..renewing(new_ends_on()) }))
    }

    #[test]
    fn the_new_term_begins_on_the_day_after_and_the_reminders_move_to_its_end() {
        for history in [until_asked(), until_ran_out(), until_settled()] {
            given(history).when(online(STAFF, near_the_end()), renew()).then(renewed(None));
        }
    }

    #[test]
    fn a_shorter_rule_gives_a_shorter_term_with_the_end_of_the_ladder() {
        let rule = TermRule { months: 2, ..rule() };
        let asked = Command::Renew(Box::new(Renew { rule, ..renewing(ends_on()) }));
        let events = given(until_accepted()).when(online(STAFF, mid_term()), asked).events();
        let [Event::Renewed { term, reminders, stops, .. }] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((term.from, term.ends_on), (date(2028, 3, 1), date(2028, 4, 30)));
        let steps: Vec<_> = reminders.iter().map(|it| it.step.clone()).collect();
        assert_eq!(steps, [step_name(2)]);
        assert_eq!(stops, &[step_name(0), step_name(1)]);
    }

    #[test]
    fn told_twice_it_is_renewed_once() {
        given(until_renewed()).when(online(STAFF, near_the_end()), renew()).then_nothing();
    }

    #[test]
    fn a_renewal_names_the_term_it_follows() {
        given(until_accepted())
            .when(online(STAFF, near_the_end()), renew_again(None))
            .then_refused(Refusal::OtherTerm { ends_on: ends_on() });
        let other =
            Command::Renew(Box::new(Renew { exception: Some(exception()), ..renewing(ends_on()) }));
        given(until_renewed())
            .when(online(STAFF, near_the_end()), other)
            .then_refused(Refusal::OtherTerm { ends_on: new_ends_on() });
    }

    #[test]
    fn nobody_is_given_a_term_they_have_not_agreed_to() {
        let mut asked = renewing(ends_on());
        asked.said.agreed_with_person = false;
        given(until_asked())
            .when(online(STAFF, near_the_end()), Command::Renew(Box::new(asked)))
            .then_refused(Refusal::NotAgreed);
    }

    #[test]
    fn terms_are_limited_so_that_others_get_their_turn() {
        given(until_renewed())
            .when(online(STAFF, near_the_end()), renew_again(None))
            .then_refused(Refusal::TermsUsedUp { terms_max: 2 });
    }

    #[test]
    fn an_exception_has_a_reason_and_someone_else_who_authorised_it() {
        let events = given(until_renewed())
            .when(online(STAFF, near_the_end()), renew_again(Some(exception())))
            .events();
        let [Event::Renewed { term, exception: told, .. }] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((term.number, term.ends_on), (3, date(2030, 2, 28)));
        assert_eq!(told, &Some(exception()));
        let own = Exception { authorised_by: PERSON, ..exception() };
        given(until_renewed())
            .when(online(STAFF, near_the_end()), renew_again(Some(own)))
            .then_refused(Refusal::SomeoneElseMustDecide);
    }

    #[test]
    fn a_human_renews_and_nobody_for_themselves() {
        let mut by_policy = online(STAFF, near_the_end());
        by_policy.taken = Taken::Policy;
        given(until_asked()).when(by_policy, renew()).then_refused(Refusal::HumanMustDecide);
        let now = near_the_end();
        for occasion in [online(PERSON, now), typed(STAFF, PERSON, now, now)] {
            given(until_asked())
                .when(occasion, renew())
                .then_refused(Refusal::SomeoneElseMustDecide);
        }
    }

    #[test]
    fn whoever_leaves_is_not_renewed_over_their_head() {
        let role_ended = settled(Grounds::RoleEnded, mid_term_day(), &[0, 1, 2]);
        for history in [until_resigned(), [until_accepted(), vec![role_ended]].concat()] {
            given(history)
                .when(online(STAFF, mid_term()), renew())
                .then_refused(Refusal::LeavingAlready { last_day: mid_term_day() });
        }
    }

    #[test]
    fn only_a_place_that_is_held_is_renewed() {
        for (history, refusal) in [
            (vec![], Refusal::NotOffered),
            (until_offered(), Refusal::NotAccepted),
            (until_lapsed(), Refusal::Lapsed),
            (until_ended(), Refusal::Ended),
        ] {
            given(history).when(online(STAFF, near_the_end()), renew()).then_refused(refusal);
        }
    }

    #[test]
    fn a_term_has_an_end_on_the_calendar() {
        let last = crate::term::Term { ends_on: Date::MAX, ..term() };
        let history = vec![Event::Offered(Box::new(Place { term: last, ..place() })), accepted()];
        given(history)
            .when(online(STAFF, near_the_end()), Command::Renew(Box::new(renewing(Date::MAX))))
            .then_refused(Refusal::BeyondTheCalendar);
    }
}
