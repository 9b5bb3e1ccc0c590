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
    use crate::story::stored_as_sampled;

    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::PutInForce { .. } => None,
        };
        std::iter::successors(Some(in_force_from_january()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Setting>(one_of_each());
    }

    #[test]
    fn every_kind_of_values_is_stored_and_read_alike() {
        for values in [
            Values::SelectionRules(stricter()),
            Values::TermPolicy(terms()),
            Values::WorkingCalendar(calendar()),
        ] {
            let stored = serde_json::to_value(&values).unwrap();
            assert_eq!(stored["kind"].as_str(), values.name().to_string().split('.').next());
            assert_eq!(serde_json::from_value::<Values>(stored).unwrap(), values);
        }
    }
}
