//! What can have happened to a rate card. Stored names are permanent; each has a sample in
//! `samples/`. Who acted and when stands in the envelope; a person is named here only where a later
//! rule asks for them.

use std::collections::BTreeSet;

use contracts::PersonId;
use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rates::Rates;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Figures were proposed.
    #[serde(rename = "rate_card.drafted.v1")]
    Drafted {
        /// All of them.
        rates: Box<Rates>,
        /// Everyone who had a hand in them. None may approve them.
        authors: BTreeSet<PersonId>,
    },
    /// Its figures are fixed.
    #[serde(rename = "rate_card.approved.v1")]
    Approved {
        /// All of them, as frozen.
        rates: Box<Rates>,
        /// Whose approval it is.
        approved_by: PersonId,
    },
    /// Activities are paid by it, from a day on. The day may have passed: rates are raised with effect
    /// back in time. What was claimed before stays at its own card; a rise is paid by claims anew, and
    /// only to those who say yes to it.
    #[serde(rename = "rate_card.put_in_force.v1")]
    PutInForce {
        /// The first day of activity it holds for.
        from: Date,
        /// The last, where that is known already; otherwise it holds until a later card does.
        to: Option<Date>,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Drafted { .. } => "rate_card.drafted.v1",
            Self::Approved { .. } => "rate_card.approved.v1",
            Self::PutInForce { .. } => "rate_card.put_in_force.v1",
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
    use super::super::RateCard;
    use super::super::samples::*;
    use super::*;
    use crate::story::every_event_has_its_sample;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Drafted { .. } => Some(approved()),
            Event::Approved { .. } => Some(put_in_force()),
            Event::PutInForce { .. } => None,
        };
        std::iter::successors(Some(drafted()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        every_event_has_its_sample::<RateCard>(&one_of_each());
    }
}
