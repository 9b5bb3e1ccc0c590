//! What can have happened to a setting. Stored names are permanent; each has a sample in
//! `samples/`. Who decided it stands in the envelope.

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
        values: Box<Values>,
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
    use super::super::Setting;
    use super::super::samples::*;
    use super::*;
    use crate::story::every_event_has_its_sample;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        let next = |event: &Event| match event {
            Event::PutInForce { .. } => None,
        };
        let one_of_each: Vec<_> =
            std::iter::successors(Some(in_force_from_january()), next).collect();
        every_event_has_its_sample::<Setting>(&one_of_each);
    }
}
