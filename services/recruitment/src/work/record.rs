//! Record: a piece of work is put on record afterwards, asked for and done in one go.

use eventstore::Occasion;

use super::{Event, RecordDone, Refusal, Task, Work};

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was asked, and of whom.
    pub task: Task,
    /// When it was done.
    pub done: RecordDone,
}

impl Record {
    /// Once, with days that agree.
    pub fn decide(self, state: &Work, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Work::NotAsked => {
                self.task.days_agree(occasion)?;
                let done = self.done.done(&self.task, occasion)?;
                Ok(std::iter::once(Event::Asked(Box::new(self.task))).chain(done).collect())
            }
            Work::Done(task, done) | Work::Accepted(task, done)
                if **task == self.task && *done == self.done =>
            {
                Ok(Vec::new())
            }
            Work::Asked(_) | Work::Done(..) | Work::Accepted(..) => Err(Refusal::AskedAlready),
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::{Date, date};

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record(asked_on: Date, done_on: Date) -> Command {
        let done = RecordDone { done_on, minutes: Some(90) };
        Command::Record(Record { task: Task { asked_on, ..task() }, done })
    }

    fn as_it_was() -> Command {
        record(date(2027, 6, 1), date(2027, 6, 10))
    }

    #[test]
    fn work_is_put_on_record_in_one_go() {
        given(vec![])
            .when(online(STAFF, doing()), as_it_was())
            .then_all(vec![asked(), done(Some(90))]);
    }

    #[test]
    fn told_twice_it_is_recorded_once() {
        for history in [until_done(), until_accepted()] {
            given(history).when(online(STAFF, doing()), as_it_was()).then_nothing();
        }
    }

    #[test]
    fn what_was_asked_for_already_is_done_by_recording_that() {
        given(until_asked())
            .when(online(STAFF, doing()), as_it_was())
            .then_refused(Refusal::AskedAlready);
        given(until_done())
            .when(online(STAFF, doing()), record(date(2027, 6, 1), date(2027, 6, 9)))
            .then_refused(Refusal::AskedAlready);
    }

    #[test]
    fn its_days_agree() {
        let refusals = [
            (date(2027, 6, 11), date(2027, 6, 10), Refusal::DayToCome),
            (date(2027, 6, 1), date(2027, 6, 11), Refusal::DayToCome),
            (date(2027, 6, 10), date(2027, 6, 9), Refusal::DoneBeforeAsked),
        ];
        for (asked_on, done_on, refusal) in refusals {
            given(vec![])
                .when(online(STAFF, doing()), record(asked_on, done_on))
                .then_refused(refusal);
        }
    }
}
