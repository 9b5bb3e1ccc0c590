//! Record done: a piece of work is finished. It may be corrected until it is accepted.

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Refusal, Task, Work};
use crate::london::day_of;
use crate::wording::Wording;

/// No piece of work takes longer, in minutes: some four weeks without a pause.
const MINUTES_MAX: u16 = 40_000;

/// Asked by the person, or by staff. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDone {
    /// On which day it was finished.
    #[schema(value_type = String, format = Date)]
    pub done_on: Date,
    /// How long it took, in minutes, where that is noted.
    pub minutes: Option<u16>,
}

impl RecordDone {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        if self.minutes.is_some_and(|it| it == 0 || it > MINUTES_MAX) {
            wording.problem("minutes", &format!("Please give 1 to {MINUTES_MAX} minutes."));
        }
        wording.found()
    }

    /// Between the day it was asked for and the day this was said.
    pub fn decide(self, state: &Work, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Work::Done(_, done) | Work::Accepted(_, done) if *done == self => Ok(Vec::new()),
            Work::Asked(task) | Work::Done(task, _) => self.done(task, occasion),
            Work::Accepted(..) => Err(Refusal::Accepted),
            Work::NotAsked => Err(Refusal::NotAsked),
        }
    }

    pub(super) fn done(self, task: &Task, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { done_on, minutes } = self;
        if day_of(occasion.received_at) < done_on {
            return Err(Refusal::DayToCome);
        }
        if done_on < task.asked_on {
            return Err(Refusal::DoneBeforeAsked);
        }
        Ok(vec![Event::Done { person: task.person, done_on, minutes }])
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn record_done(minutes: Option<u16>) -> Command {
        record_done_on(date(2027, 6, 10), minutes)
    }

    fn record_done_on(done_on: Date, minutes: Option<u16>) -> Command {
        Command::RecordDone(RecordDone { done_on, minutes })
    }

    #[test]
    fn the_person_or_staff_say_that_it_is_done() {
        for occasion in [
            online(PERSON, doing()),
            online(STAFF, doing()),
            typed(STAFF, PERSON, doing(), at("2027-07-01T09:00:00Z")),
        ] {
            given(until_asked()).when(occasion, record_done(Some(90))).then(done(Some(90)));
        }
    }

    #[test]
    fn how_long_it_took_need_not_be_noted() {
        given(until_asked()).when(online(PERSON, doing()), record_done(None)).then(done(None));
    }

    #[test]
    fn it_is_corrected_until_it_is_accepted() {
        given(until_done())
            .when(online(PERSON, doing()), record_done(Some(60)))
            .then(done(Some(60)));
        given(until_accepted())
            .when(online(PERSON, doing()), record_done(Some(60)))
            .then_refused(Refusal::Accepted);
    }

    #[test]
    fn told_twice_it_is_done_once() {
        for history in [until_done(), until_accepted()] {
            given(history).when(online(PERSON, doing()), record_done(Some(90))).then_nothing();
        }
    }

    #[test]
    fn it_is_done_between_the_ask_and_today() {
        given(until_asked())
            .when(online(PERSON, doing()), record_done_on(date(2027, 6, 11), None))
            .then_refused(Refusal::DayToCome);
        given(until_asked())
            .when(online(PERSON, doing()), record_done_on(date(2027, 5, 31), None))
            .then_refused(Refusal::DoneBeforeAsked);
    }

    #[test]
    fn only_what_was_asked_for_is_done() {
        given(vec![])
            .when(online(PERSON, doing()), record_done(None))
            .then_refused(Refusal::NotAsked);
    }

    #[test]
    fn work_takes_some_time() {
        let took = |minutes| RecordDone { done_on: date(2027, 6, 10), minutes }.malformed().len();
        assert_eq!([None, Some(90), Some(0), Some(40_001)].map(took), [0, 0, 1, 1]);
    }
}
