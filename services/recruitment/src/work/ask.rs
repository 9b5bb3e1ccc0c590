//! Ask: someone is asked for a piece of work.

use eventstore::Occasion;

use super::{Event, Refusal, Task, Work};

/// Asked by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What, and of whom: the body, whole.
    pub said: Task,
}

impl Ask {
    /// Once.
    pub fn decide(self, state: &Work, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Work::NotAsked => {
                self.said.days_agree(occasion)?;
                Ok(vec![Event::Asked(Box::new(self.said))])
            }
            Work::Asked(task) | Work::Done(task, _) | Work::Accepted(task, _)
                if **task == self.said =>
            {
                Ok(Vec::new())
            }
            Work::Asked(_) | Work::Done(..) | Work::Accepted(..) => Err(Refusal::AskedAlready),
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

    fn ask(said: Task) -> Command {
        Command::Ask(Ask { said })
    }

    #[test]
    fn someone_is_asked_to_read_a_paper() {
        given(vec![]).when(online(STAFF, asking()), ask(task())).then(asked());
    }

    #[test]
    fn told_twice_they_are_asked_once() {
        for history in [until_asked(), until_done(), until_accepted()] {
            given(history).when(online(STAFF, asking()), ask(task())).then_nothing();
        }
    }

    #[test]
    fn another_task_under_the_same_id_is_refused() {
        let other = Task { person: OTHER, ..task() };
        for history in [until_asked(), until_done(), until_accepted()] {
            given(history)
                .when(online(STAFF, asking()), ask(other.clone()))
                .then_refused(Refusal::AskedAlready);
        }
    }

    #[test]
    fn the_days_agree_by_the_clock_on_the_wall() {
        let asked_on = |asked_on| Task { asked_on, ..task() };
        let late_evening = at("2027-06-01T23:30:00Z");
        given(vec![])
            .when(online(STAFF, late_evening), ask(asked_on(date(2027, 6, 3))))
            .then_refused(Refusal::DayToCome);
        let events = given(vec![])
            .when(online(STAFF, late_evening), ask(asked_on(date(2027, 6, 2))))
            .events();
        assert_eq!(events.len(), 1);
        let due = Task { due_on: Some(date(2027, 5, 31)), ..task() };
        given(vec![]).when(online(STAFF, asking()), ask(due)).then_refused(Refusal::DueBeforeAsked);
    }

    #[test]
    fn what_is_asked_for_is_one_line() {
        assert_eq!(task().malformed(), []);
        assert_eq!(Task { what: "a\nb".to_owned(), ..task() }.malformed().len(), 1);
    }
}
