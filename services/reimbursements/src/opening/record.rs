//! Record an opening: the notes of which claim a reader is about to see, and whose it is.

use contracts::{ClaimId, PersonId};

use super::events::What;
use super::{Event, Opening, Refusal};

/// Given on behalf of whoever is about to read, before anything is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose notes.
    pub person: PersonId,
    /// On which claim.
    pub claim: ClaimId,
}

impl Record {
    /// One event for one reading.
    pub fn decide(self, state: &Opening) -> Result<Vec<Event>, Refusal> {
        let Self { person, claim } = self;
        match state.claim {
            None => Ok(vec![Event::Recorded { person, claim, what: What::ClaimNotes }]),
            Some(recorded) if recorded == claim => Ok(Vec::new()),
            Some(_) => Err(Refusal::RecordedAlready),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn a_reading_of_notes_is_recorded_for_whom_they_are_of() {
        given(Vec::new()).when(reading(), record(CLAIM)).then(recorded());
    }

    #[test]
    fn a_reading_recorded_as_it_is_asked_is_not_recorded_twice() {
        given(vec![recorded()]).when(reading(), record(CLAIM)).then_nothing();
    }

    #[test]
    fn a_reading_on_record_takes_nothing_else_in() {
        given(vec![recorded()])
            .when(reading(), record(ANOTHER_CLAIM))
            .then_refused(Refusal::RecordedAlready);
    }
}
