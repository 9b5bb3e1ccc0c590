//! Record an access need: what someone needs in order to take part, in their own words, and what
//! follows for what is sent to them.

use std::collections::BTreeSet;

use contracts::Sealed;
use eventstore::Occasion;

use super::{Event, Format, Involvee, Refusal};
use crate::personal::AccessNeed;

/// Asked by the person, or for them. Without words and formats: nothing is needed any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAccessNeed {
    /// In their own words.
    pub need: Option<Sealed<AccessNeed>>,
    /// In which formats they read.
    pub formats: BTreeSet<Format>,
}

impl RecordAccessNeed {
    /// At any time; what is said last holds.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        if profile.access_need == self.need && profile.formats == self.formats {
            return Ok(Vec::new());
        }
        Ok(vec![Event::AccessNeedRecorded { need: self.need, formats: self.formats }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn record() -> Command {
        Command::RecordAccessNeed(RecordAccessNeed {
            need: Some(sealed("need")),
            formats: [Format::LargePrint, Format::Audio].into(),
        })
    }

    fn nothing_needed() -> Command {
        Command::RecordAccessNeed(RecordAccessNeed { need: None, formats: [].into() })
    }

    #[test]
    fn someone_says_what_they_need() {
        given(vec![registered()]).when(online(ANA, now()), record()).then(need_recorded());
    }

    #[test]
    fn told_twice_it_is_recorded_once() {
        given(vec![registered(), need_recorded()])
            .when(online(ANA, now()), record())
            .then_nothing();
        given(vec![registered()]).when(online(ANA, now()), nothing_needed()).then_nothing();
    }

    #[test]
    fn a_need_may_end() {
        given(vec![registered(), need_recorded()])
            .when(online(ANA, now()), nothing_needed())
            .then(Event::AccessNeedRecorded { need: None, formats: [].into() });
    }

    #[test]
    fn needs_belong_to_someone_registered() {
        given(vec![]).when(online(ANA, now()), record()).then_refused(Refusal::NotRegistered);
    }
}
