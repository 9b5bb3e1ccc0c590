//! Record an opening: whose words a reader is about to see, and which.

use std::collections::BTreeSet;

use contracts::PersonId;
use serde::{Deserialize, Serialize};

use super::{Event, Opening, Refusal, What};

/// One thing of one person's that is about to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Read {
    /// Whose.
    pub person: PersonId,
    /// What.
    pub what: What,
}

/// Given on behalf of whoever is about to read, before anything is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// All that this one reading opens.
    pub read: BTreeSet<Read>,
}

impl Record {
    /// One event for each, all or none.
    pub fn decide(self, state: &Opening) -> Result<Vec<Event>, Refusal> {
        if self.read.is_empty() {
            return Err(Refusal::Nothing);
        }
        if state.read == self.read {
            return Ok(Vec::new());
        }
        if !state.read.is_empty() {
            return Err(Refusal::RecordedAlready);
        }
        let event = |Read { person, what }| Event::Recorded { person, what };
        Ok(self.read.into_iter().map(event).collect())
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn everything_that_is_read_is_recorded_for_whom_it_is_of() {
        given(Vec::new())
            .when(reading(), record(&[application_of(ANA), record_of(BEN)]))
            .then_all(vec![recorded(application_of(ANA)), recorded(record_of(BEN))]);
    }

    #[test]
    fn a_reading_recorded_as_it_is_asked_is_not_recorded_twice() {
        given(vec![recorded(application_of(ANA))])
            .when(reading(), record(&[application_of(ANA)]))
            .then_nothing();
    }

    #[test]
    fn a_reading_on_record_takes_nothing_else_in() {
        given(vec![recorded(application_of(ANA))])
            .when(reading(), record(&[application_of(ANA), record_of(BEN)]))
            .then_refused(Refusal::RecordedAlready);
    }

    #[test]
    fn to_read_nothing_is_no_reading() {
        given(Vec::new()).when(reading(), record(&[])).then_refused(Refusal::Nothing);
    }
}
