//! Record an opening: the words of which message a reader is about to see, and to whom it is.

use contracts::{MessageId, PersonId};

use super::events::What;
use super::{Event, Opening, Refusal};

/// Given on behalf of whoever is about to read, before anything is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// To whom it is.
    pub person: PersonId,
    /// Which message.
    pub message: MessageId,
}

impl Record {
    /// One event for one reading.
    pub fn decide(self, state: &Opening) -> Result<Vec<Event>, Refusal> {
        let Self { person, message } = self;
        match state.message {
            None => Ok(vec![Event::Recorded { person, message, what: What::MessageWords }]),
            Some(recorded) if recorded == message => Ok(Vec::new()),
            Some(_) => Err(Refusal::RecordedAlready),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn a_reading_of_a_message_is_recorded_for_whom_it_is_to() {
        given(Vec::new()).when(record(MESSAGE)).then_expect_events(vec![recorded()]);
    }

    #[test]
    fn a_reading_recorded_as_it_is_asked_is_not_recorded_twice() {
        given(vec![recorded()]).when(record(MESSAGE)).then_expect_events(Vec::new());
    }

    #[test]
    fn a_reading_on_record_takes_nothing_else_in() {
        given(vec![recorded()])
            .when(record(ANOTHER_MESSAGE))
            .then_expect_error(Refusal::RecordedAlready);
    }
}
