//! Open: finance plans a payment run for a day.

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, PaymentBatch, Refusal};
use crate::london;

/// Asked by finance. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The day it is planned for.
    #[schema(value_type = String, format = Date)]
    pub run_on: Date,
}

impl Open {
    /// For today or a later day.
    pub fn decide(self, state: &PaymentBatch, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state.run() {
            Some(run) if run.run_on == self.run_on => Ok(Vec::new()),
            Some(_) => Err(Refusal::AlreadyOpened),
            None if self.run_on < london::day_of(occasion.taken_at) => Err(Refusal::RunDayPassed),
            None => Ok(vec![Event::Opened { run_on: self.run_on }]),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online};

    fn open(run_on: Date) -> Command {
        Command::Open(Open { run_on })
    }

    #[test]
    fn a_run_is_planned_for_today_or_later() {
        given(vec![]).when(by_finance(), open(RUN_ON)).then(opened());
        let on_the_day = online(FINANCE, at("2027-05-20T20:00:00Z"));
        given(vec![]).when(on_the_day, open(RUN_ON)).then(opened());
    }

    #[test]
    fn no_run_is_planned_for_a_day_that_has_passed() {
        // Past midnight in London, still the day itself in Greenwich.
        let a_day_late = online(FINANCE, at("2027-05-20T23:30:00Z"));
        given(vec![]).when(a_day_late, open(RUN_ON)).then_refused(Refusal::RunDayPassed);
    }

    #[test]
    fn told_twice_it_is_planned_once() {
        for history in [vec![opened()], until_locked(), until_exported()] {
            given(history).when(by_finance(), open(RUN_ON)).then_nothing();
        }
    }

    #[test]
    fn a_run_keeps_its_day() {
        given(vec![opened()])
            .when(by_finance(), open(date(2027, 5, 21)))
            .then_refused(Refusal::AlreadyOpened);
    }
}
