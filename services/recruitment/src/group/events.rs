//! What can have happened to a group. Stored names are permanent; each has a sample in `samples/`.
//! Who acted, when and under which authority stands in the envelope.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::Charter;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was begun.
    #[serde(rename = "group.established.v1")]
    Established(Box<Charter>),
    /// It is called something else.
    #[serde(rename = "group.renamed.v1")]
    Renamed {
        /// From now on.
        name: String,
    },
    /// It does not meet any more.
    #[serde(rename = "group.closed.v1")]
    Closed {
        /// Why, in words for everyone who took part.
        reason: String,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Established(_) => "group.established.v1",
            Self::Renamed { .. } => "group.renamed.v1",
            Self::Closed { .. } => "group.closed.v1",
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
    use super::super::Group;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Established(_) => Some(renamed()),
            Event::Renamed { .. } => Some(closed()),
            Event::Closed { .. } => None,
        };
        std::iter::successors(Some(established()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Group>(one_of_each());
    }
}
