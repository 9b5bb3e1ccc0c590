//! What can have happened to a setting. Stored names are permanent; each has a sample in `samples/`.
//! Who decided it stands in the envelope.

use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Values;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Values hold from a day on, until another version does.
    #[serde(rename = "setting.put_in_force.v1")]
    PutInForce {
        /// Counts up from 1 within its setting; what decisions cite.
        version: u32,
        /// The first day on which it holds.
        effective_from: Date,
        /// What holds.
        values: Values,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PutInForce { .. } => "setting.put_in_force.v1",
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
    use super::*;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        let sample = include_str!("../../samples/setting.put_in_force.v1.json");
        let event: Event = contracts::fact::read("setting.put_in_force.v1", sample).unwrap();
        let (name, payload) = contracts::fact::write(&event).unwrap();
        assert_eq!(name, event.event_type());
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&payload), value(sample));
    }
}
