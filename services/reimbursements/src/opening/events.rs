//! What can have happened when somebody read what a person wrote. Stored names are permanent; each has
//! a sample in `samples/`. Who read, when and in which role stands in the envelope.

use contracts::{ClaimId, PersonId};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// What they wrote about costs, and explained when asked.
    ClaimNotes,
}

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// What a person wrote was about to be opened for somebody else.
    #[serde(rename = "opening.recorded.v1")]
    Recorded {
        /// Whose it is.
        person: PersonId,
        /// On which claim.
        claim: ClaimId,
        /// What.
        what: What,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Recorded { .. } => "opening.recorded.v1",
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.name().rsplit_once(".v").map_or("1", |(_, version)| version).to_owned()
    }
}

#[cfg(test)]
mod stories {
    use super::super::Opening;
    use super::super::samples::*;
    use super::*;
    use crate::story::every_event_has_its_sample;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        let next = |event: &Event| match event {
            Event::Recorded { .. } => None,
        };
        let one_of_each: Vec<_> = std::iter::successors(Some(recorded()), next).collect();
        every_event_has_its_sample::<Opening>(&one_of_each);
    }
}
