//! What can have happened when a reader looked at names. Stored names are permanent; each has a
//! sample in `samples/`. Who looked, when and in which role stands in the envelope.

use contracts::PersonId;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::Because;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// One person's value was about to be opened.
    #[serde(rename = "opening.recorded.v1")]
    Recorded {
        /// Whose.
        person: PersonId,
        /// Which value: the permanent name of its field, such as `person_name`.
        field: String,
        /// By which route, such as `/v1/timeline`.
        route: String,
        /// Why, as the reader said.
        because: Because,
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
        for event in std::iter::successors(Some(recorded(ANA)), next) {
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
