//! What can have happened when somebody read what was written to a person. Stored names are permanent;
//! each has a sample in `samples/`. Who read, when and in which role stands in the envelope.

use contracts::{MessageId, PersonId};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// What it says.
    MessageWords,
}

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// What was written to a person was about to be shown to somebody else.
    #[serde(rename = "opening.recorded.v1")]
    Recorded {
        /// To whom it is.
        person: PersonId,
        /// Which message.
        message: MessageId,
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
    use std::path::PathBuf;

    use super::super::samples::*;
    use super::*;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        let next = |event: &Event| match event {
            Event::Recorded { .. } => None,
        };
        for event in std::iter::successors(Some(recorded()), next) {
            let (stored, payload) = contracts::fact::write(&event).unwrap();
            assert_eq!(stored, event.event_type());
            assert!(stored.ends_with(&format!(".v{}", event.event_version())));
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
            let sample = std::fs::read_to_string(folder.join(format!("{stored}.json"))).unwrap();
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&payload), value(&sample));
            assert_eq!(contracts::fact::read::<Event>(&stored, &sample).unwrap(), event);
        }
    }
}
