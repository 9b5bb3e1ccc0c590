//! Plan: a session is meant to take place. Also one that has taken place already and is put on record
//! afterwards.

use eventstore::Occasion;

use super::{Event, Meeting, Refusal, Session};

/// Asked by staff or whoever leads the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is meant to be: the body, whole.
    pub said: Meeting,
}

impl Plan {
    /// Once, with its papers in time.
    pub fn decide(self, state: &Session, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Session::NotPlanned => {
                if self.said.papers_due_on.is_some_and(|it| self.said.on() < it) {
                    return Err(Refusal::PapersAfterSession);
                }
                Ok(vec![Event::Planned(Box::new(self.said))])
            }
            Session::Planned(meeting)
            | Session::Confirmed(meeting)
            | Session::Held(meeting, _)
            | Session::Cancelled(meeting, _)
                if **meeting == self.said =>
            {
                Ok(Vec::new())
            }
            Session::Planned(_)
            | Session::Confirmed(_)
            | Session::Held(..)
            | Session::Cancelled(..) => Err(Refusal::PlannedAlready),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn plan(said: Meeting) -> Command {
        Command::Plan(Plan { said })
    }

    #[test]
    fn a_session_is_planned_for_those_invited() {
        given(vec![]).when(online(STAFF, beforehand()), plan(meeting())).then(planned());
    }

    #[test]
    fn one_that_has_taken_place_is_put_on_record() {
        given(vec![]).when(online(STAFF, afterwards()), plan(meeting())).then(planned());
    }

    #[test]
    fn told_twice_it_is_planned_once() {
        for history in [until_planned(), until_confirmed(), until_recorded(), until_cancelled()] {
            given(history).when(online(STAFF, afterwards()), plan(meeting())).then_nothing();
        }
    }

    #[test]
    fn another_session_under_the_same_id_is_refused() {
        let other = Meeting { length_minutes: 60, ..meeting() };
        for history in [until_planned(), until_confirmed(), until_recorded(), until_cancelled()] {
            given(history)
                .when(online(STAFF, beforehand()), plan(other.clone()))
                .then_refused(Refusal::PlannedAlready);
        }
    }

    #[test]
    fn people_have_the_papers_on_the_day_at_the_latest() {
        let papers = |on| Meeting { papers_due_on: Some(on), ..meeting() };
        given(vec![])
            .when(online(STAFF, beforehand()), plan(papers(date(2027, 6, 16))))
            .then_refused(Refusal::PapersAfterSession);
        let on_the_day = papers(date(2027, 6, 15));
        given(vec![])
            .when(online(STAFF, beforehand()), plan(on_the_day.clone()))
            .then(Event::Planned(Box::new(on_the_day)));
    }
}
