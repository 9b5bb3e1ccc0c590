//! What can have happened to a piece of work. Stored names are permanent; each has a sample in
//! `samples/`. When and under which authority stands in the envelope.

use contracts::PersonId;
use contracts::id::GroupId;
use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Task, TaskKind};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Someone was asked for it.
    #[serde(rename = "work.asked.v1")]
    Asked(Box<Task>),
    /// They have done it. Recorded again where it was corrected before being accepted.
    #[serde(rename = "work.done.v1")]
    Done {
        /// Who.
        person: PersonId,
        /// On which day it was finished.
        done_on: Date,
        /// How long it took, in minutes, where that was noted.
        minutes: Option<u16>,
    },
    /// It was accepted, and carries all that whoever pays for it needs.
    #[serde(rename = "work.accepted.v1")]
    Accepted {
        /// Who did it.
        person: PersonId,
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// What kind of work it was.
        kind: TaskKind,
        /// What it was, in neutral words.
        what: String,
        /// On which day it was finished.
        done_on: Date,
        /// How long it took, in minutes, where that was noted.
        minutes: Option<u16>,
        /// Who accepted it, as they can approve nothing further of it where that asks for another.
        accepted_by: PersonId,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asked(_) => "work.asked.v1",
            Self::Done { .. } => "work.done.v1",
            Self::Accepted { .. } => "work.accepted.v1",
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
    use super::super::Work;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Asked(_) => Some(done(Some(90))),
            Event::Done { .. } => Some(accepted()),
            Event::Accepted { .. } => None,
        };
        std::iter::successors(Some(asked()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Work>(one_of_each());
    }
}
