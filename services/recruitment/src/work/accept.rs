//! Accept: someone other than the person has looked at the work, and it may be paid for.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, RecordDone, Refusal, Task, Work};
use crate::contacted::by_a_human;

/// Asked by staff with nothing to say. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptWork)]
pub struct Accept {}

impl Accept {
    /// Once it is done, and by another human.
    pub fn decide(self, state: &Work, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Work::Done(task, done) => accept(task, *done, occasion),
            Work::Accepted(..) => Ok(Vec::new()),
            Work::Asked(_) => Err(Refusal::NotDone),
            Work::NotAsked => Err(Refusal::NotAsked),
        }
    }
}

fn accept(task: &Task, done: RecordDone, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
    if !by_a_human(occasion) {
        return Err(Refusal::HumanMustAccept);
    }
    if [occasion.actor, occasion.person()].contains(&task.person) {
        return Err(Refusal::SomeoneElseMustAccept);
    }
    Ok(vec![Event::Accepted {
        person: task.person,
        group: task.group,
        kind: task.kind,
        what: task.what.clone(),
        done_on: done.done_on,
        minutes: done.minutes,
        accepted_by: occasion.person(),
    }])
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{online, typed};

    fn accept() -> Command {
        Command::Accept(Accept {})
    }

    #[test]
    fn staff_accept_what_was_done() {
        given(until_done()).when(online(STAFF, doing()), accept()).then(accepted());
    }

    #[test]
    fn nobody_accepts_their_own_work_nor_has_it_accepted_in_their_name() {
        for occasion in [online(PERSON, doing()), typed(STAFF, PERSON, doing(), doing())] {
            given(until_done())
                .when(occasion, accept())
                .then_refused(Refusal::SomeoneElseMustAccept);
        }
    }

    #[test]
    fn no_policy_accepts_it() {
        let mut by_policy = online(STAFF, doing());
        by_policy.taken = Taken::Policy;
        given(until_done()).when(by_policy, accept()).then_refused(Refusal::HumanMustAccept);
    }

    #[test]
    fn told_twice_it_is_accepted_once() {
        given(until_accepted()).when(online(STAFF, doing()), accept()).then_nothing();
    }

    #[test]
    fn only_what_was_done_is_accepted() {
        for (history, refusal) in [(vec![], Refusal::NotAsked), (until_asked(), Refusal::NotDone)] {
            given(history).when(online(STAFF, doing()), accept()).then_refused(refusal);
        }
    }
}
