//! What can have happened to an application. Stored names are permanent; each has a sample in
//! `samples/`. When it was received, and how, stands in the envelope.

use contracts::opportunities::Constituency;
use contracts::{AppointmentId, OpportunityId, PersonId, Sealed, SelectionId};
use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Form, NotTaken};
use crate::personal::{OutcomeReason, WithdrawalReason};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was sent in, in time and complete.
    #[serde(rename = "application.submitted.v1")]
    Submitted {
        /// For what.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Whose.
        applicant: PersonId,
        /// What they wrote.
        form: Box<Form>,
        /// As whom they are considered: what they say they are, as far as places are for such.
        applied_as: Vec<Constituency>,
    },
    /// The person took it back.
    #[serde(rename = "application.withdrawn.v1")]
    Withdrawn {
        /// For what it was.
        opportunity: OpportunityId,
        /// Whose it was.
        applicant: PersonId,
        /// Whether they had not been told an outcome yet, and so may apply again while it is open.
        before_outcome: bool,
        /// Why, if they wished to say.
        reason: Option<Sealed<WithdrawalReason>>,
    },
    /// The person was told that they are offered a place.
    #[serde(rename = "application.offered.v1")]
    Offered {
        /// For what.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Whose.
        applicant: PersonId,
        /// By which panel's work.
        selection: SelectionId,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
    },
    /// The person was told that they may still be offered a place.
    #[serde(rename = "application.kept_in_reserve.v1")]
    KeptInReserve {
        /// For what.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Whose.
        applicant: PersonId,
        /// By which panel's work.
        selection: SelectionId,
        /// The last day on which they may.
        until: Date,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
    },
    /// The person was told that they were not selected this time.
    #[serde(rename = "application.not_selected.v1")]
    NotSelected {
        /// For what.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Whose.
        applicant: PersonId,
        /// By which panel's work.
        selection: SelectionId,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
    },
    /// The opportunity was withdrawn before the person was told anything, or while they were kept in
    /// reserve for it, so nothing comes of it.
    #[serde(rename = "application.opportunity_withdrawn.v2")]
    OpportunityWithdrawn {
        /// For what it was.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Whose it was.
        applicant: PersonId,
        /// Why, in the trust's own words for everyone who applied.
        reason: String,
        /// Whether they had been told that there might be a place later.
        kept_in_reserve: bool,
    },
    /// A place is offered to the person because of it.
    #[serde(rename = "application.place_offered.v1")]
    PlaceOffered {
        /// For what.
        opportunity: OpportunityId,
        /// Whose.
        applicant: PersonId,
        /// By which appointment.
        appointment: AppointmentId,
    },
    /// The person holds the place.
    #[serde(rename = "application.appointed.v1")]
    Appointed {
        /// For what.
        opportunity: OpportunityId,
        /// Whose.
        applicant: PersonId,
        /// By which appointment.
        appointment: AppointmentId,
    },
    /// The offer of the place came to nothing.
    #[serde(rename = "application.place_not_taken.v1")]
    PlaceNotTaken {
        /// For what.
        opportunity: OpportunityId,
        /// Whose.
        applicant: PersonId,
        /// By which appointment it was offered.
        appointment: AppointmentId,
        /// How.
        how: NotTaken,
    },
    /// The place the person held is over.
    #[serde(rename = "application.place_ended.v1")]
    PlaceEnded {
        /// For what.
        opportunity: OpportunityId,
        /// Whose.
        applicant: PersonId,
        /// By which appointment they held it.
        appointment: AppointmentId,
        /// The last day.
        last_day: Date,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "application.submitted.v1",
            Self::Withdrawn { .. } => "application.withdrawn.v1",
            Self::Offered { .. } => "application.offered.v1",
            Self::KeptInReserve { .. } => "application.kept_in_reserve.v1",
            Self::NotSelected { .. } => "application.not_selected.v1",
            Self::OpportunityWithdrawn { .. } => "application.opportunity_withdrawn.v2",
            Self::PlaceOffered { .. } => "application.place_offered.v1",
            Self::Appointed { .. } => "application.appointed.v1",
            Self::PlaceNotTaken { .. } => "application.place_not_taken.v1",
            Self::PlaceEnded { .. } => "application.place_ended.v1",
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
    use super::super::Application;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// A new event breaks the build here until it has its place, and the story below until it has
    /// its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Submitted { .. } => Some(kept_in_reserve()),
            Event::KeptInReserve { .. } => Some(offered()),
            Event::Offered { .. } => Some(place_offered()),
            Event::PlaceOffered { .. } => Some(not_taken(declined())),
            Event::PlaceNotTaken { .. } => Some(appointed()),
            Event::Appointed { .. } => Some(place_ended()),
            Event::PlaceEnded { .. } => Some(not_selected()),
            Event::NotSelected { .. } => Some(withdrawn(true)),
            Event::Withdrawn { .. } => Some(opportunity_withdrawn()),
            Event::OpportunityWithdrawn { .. } => None,
        };
        std::iter::successors(Some(submitted()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Application>(one_of_each());
    }
}
