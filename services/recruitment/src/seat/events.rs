//! What can have happened to a seat. Stored names are permanent; each has a sample in `samples/`.
//! Who acted, when and under which authority stands in the envelope.

use contracts::PersonId;
use contracts::id::{AppointmentId, GroupId, OpportunityId, SeatId};
use contracts::opportunities::Constituency;
use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Place, SeatRole};
use crate::term::WhyEnded;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was added to its group.
    #[serde(rename = "seat.added.v1")]
    Added(Box<Place>),
    /// An opportunity is to fill it.
    #[serde(rename = "seat.reserved.v1")]
    Reserved {
        /// Which.
        opportunity: OpportunityId,
    },
    /// The opportunity does not fill it any more, or never did.
    #[serde(rename = "seat.released.v1")]
    Released {
        /// Which.
        opportunity: OpportunityId,
    },
    /// Someone holds it.
    #[serde(rename = "seat.filled.v1")]
    Filled {
        /// The group it belongs to.
        group: GroupId,
        /// Through which appointment.
        appointment: AppointmentId,
        /// Who.
        person: PersonId,
        /// The first day.
        from: Date,
        /// The last day of the term.
        until: Date,
    },
    /// Its holder holds it for longer.
    #[serde(rename = "seat.prolonged.v1")]
    Prolonged {
        /// Through which appointment.
        appointment: AppointmentId,
        /// The last day of the new term.
        until: Date,
    },
    /// Nobody holds it any more. It names no person, and carries what the draft of the next
    /// opportunity needs.
    #[serde(rename = "seat.vacated.v1")]
    Vacated {
        /// The group it belongs to.
        group: GroupId,
        /// What its holder does.
        role: SeatRole,
        /// Who it is for; `None` means anyone.
        constituency: Option<Constituency>,
        /// Area it belongs to; `None` means everywhere.
        locality: Option<String>,
        /// Length of a term, in months.
        term_months: u16,
        /// The appointment that ended.
        appointment: AppointmentId,
        /// Why it ended.
        why: WhyEnded,
        /// The first day on which nobody holds it.
        vacant_from: Date,
        /// The opportunity that fills it next, if one is under way: then none needs drafting.
        recruiting_through: Option<OpportunityId>,
    },
    /// It does not exist any more.
    #[serde(rename = "seat.abolished.v1")]
    Abolished {
        /// Which, as what it claims for ever is read from this event alone.
        seat: SeatId,
        /// The group it belonged to.
        group: GroupId,
        /// Why, in words about the seat and never about a person.
        reason: String,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Added(_) => "seat.added.v1",
            Self::Reserved { .. } => "seat.reserved.v1",
            Self::Released { .. } => "seat.released.v1",
            Self::Filled { .. } => "seat.filled.v1",
            Self::Prolonged { .. } => "seat.prolonged.v1",
            Self::Vacated { .. } => "seat.vacated.v1",
            Self::Abolished { .. } => "seat.abolished.v1",
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
    use super::super::Seat;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Added(_) => Some(reserved(FIRST)),
            Event::Reserved { .. } => Some(released(FIRST)),
            Event::Released { .. } => Some(filled()),
            Event::Filled { .. } => Some(prolonged()),
            Event::Prolonged { .. } => Some(vacated(Some(NEXT))),
            Event::Vacated { .. } => Some(abolished()),
            Event::Abolished { .. } => None,
        };
        std::iter::successors(Some(added()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Seat>(one_of_each());
    }
}
