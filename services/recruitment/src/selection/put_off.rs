//! Put off: applications are taken again, so that nothing is decided before they close again.

use eventstore::Occasion;

use super::{Event, Refusal, Selection};

/// Asked by a policy when the closing is moved later; nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutOff {}

impl PutOff {
    /// Until outcomes are told; an approval does not hold for those who may still apply. Before the
    /// closing there is nothing to put off.
    pub fn decide(self, state: &Selection, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Selection::Gathering(_) => Ok(Vec::new()),
            Selection::UnderWay(work) if work.put_off => Ok(Vec::new()),
            Selection::UnderWay(_) => Ok(vec![Event::PutOff {}]),
            Selection::Approved(..) => Ok(vec![Event::ApprovalSetAside {}, Event::PutOff {}]),
            Selection::Told(..) => Err(Refusal::OutcomesTold),
            Selection::CalledOff => Err(Refusal::CalledOff),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn put_off() -> Command {
        Command::PutOff(PutOff {})
    }

    #[test]
    fn an_extension_makes_decisions_wait() {
        given(until_locked()).when(online(SYSTEM, afterwards()), put_off()).then(Event::PutOff {});
    }

    #[test]
    fn an_approval_does_not_hold_for_those_who_may_still_apply() {
        given(until_approved())
            .when(online(SYSTEM, afterwards()), put_off())
            .then_all(vec![Event::ApprovalSetAside {}, Event::PutOff {}]);
    }

    #[test]
    fn told_twice_it_is_put_off_once_and_before_the_closing_not_at_all() {
        given([until_begun(), vec![Event::PutOff {}]].concat())
            .when(online(SYSTEM, afterwards()), put_off())
            .then_nothing();
        given(gathered()).when(online(SYSTEM, afterwards()), put_off()).then_nothing();
    }

    #[test]
    fn what_was_told_or_called_off_is_not_put_off() {
        given(until_told())
            .when(online(SYSTEM, afterwards()), put_off())
            .then_refused(Refusal::OutcomesTold);
        given(vec![Event::CalledOff {}])
            .when(online(SYSTEM, afterwards()), put_off())
            .then_refused(Refusal::CalledOff);
    }
}
