//! Go away: someone wants to be left in peace for a while. Nothing of theirs lapses meanwhile, and
//! nobody has to say why.

use contracts::Sealed;
use eventstore::Occasion;

use super::{Away, Event, Involvee, Refusal};
use crate::personal::AwayReason;

/// Asked by the person, or for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoAway {
    /// Why, if they wish to say; for the coordinator alone.
    pub reason: Option<Sealed<AwayReason>>,
}

impl GoAway {
    /// At any time. Whoever is away already may add a reason; saying none takes none back.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match &state.registered()?.away {
            Some(Away { reason }) if self.reason.is_none() || self.reason == *reason => {
                Ok(Vec::new())
            }
            Some(_) | None => Ok(vec![Event::WentAway { reason: self.reason }]),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn go(reason: Option<Sealed<AwayReason>>) -> Command {
        Command::GoAway(GoAway { reason })
    }

    #[test]
    fn someone_is_away_and_need_not_say_why() {
        given(vec![registered()])
            .when(online(ANA, now()), go(None))
            .then(Event::WentAway { reason: None });
        given(vec![registered()])
            .when(online(ANA, now()), go(Some(sealed("tired"))))
            .then(went_away());
    }

    #[test]
    fn told_twice_they_are_away_once() {
        for reason in [None, Some(sealed("tired"))] {
            given(vec![registered(), went_away()])
                .when(online(ANA, now()), go(reason))
                .then_nothing();
        }
    }

    #[test]
    fn a_reason_may_be_added() {
        given(vec![registered(), Event::WentAway { reason: None }])
            .when(online(ANA, now()), go(Some(sealed("tired"))))
            .then(went_away());
    }

    #[test]
    fn whoever_is_away_is_registered() {
        given(vec![]).when(online(ANA, now()), go(None)).then_refused(Refusal::NotRegistered);
    }
}
