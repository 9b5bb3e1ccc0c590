//! What can have happened to an appointment. Stored names are permanent; each has a sample in
//! `samples/`. Who acted, when and under which authority stands in the envelope. Each event carries
//! the seat, as keys and neighbours are told from one event alone.

use contracts::id::{GroupId, OpportunityId, SeatId};
use contracts::{PersonId, Sealed};
use cqrs_es::DomainEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Answer, Exception, Grounds, Place, WordsOnLeaving};
use crate::contacted::{Channel, Contacted};
use crate::setting::{About, Audience};
use crate::term::{Armed, Term, TermRule, WhyEnded};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A place was offered to someone.
    #[serde(rename = "appointment.offered.v1")]
    Offered(Box<Place>),
    /// The person said yes.
    #[serde(rename = "appointment.accepted.v1")]
    Accepted {
        /// The seat they hold from now on.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who.
        person: PersonId,
        /// The opportunity that led there, if one did.
        opportunity: Option<OpportunityId>,
        /// Their first term.
        term: Term,
        /// The version of the terms they agreed to.
        terms_version: String,
        /// The reminders of this term.
        reminders: Vec<Armed>,
    },
    /// The person said no.
    #[serde(rename = "appointment.declined.v1")]
    Declined {
        /// The seat that may be offered to another.
        seat: SeatId,
        /// Who.
        person: PersonId,
        /// The opportunity that led there, if one did.
        opportunity: Option<OpportunityId>,
        /// What they wished to say; nothing where they would rather not.
        words: Option<Sealed<WordsOnLeaving>>,
    },
    /// Nobody heard from the person, and a human let the offer lapse.
    #[serde(rename = "appointment.offer_lapsed.v1")]
    OfferLapsed {
        /// The seat that may be offered to another.
        seat: SeatId,
        /// Who.
        person: PersonId,
        /// The opportunity that led there, if one did.
        opportunity: Option<OpportunityId>,
        /// How and when they were tried.
        contact: Contacted,
        /// When. An answer that had arrived before still counts.
        lapsed_at: Timestamp,
    },
    /// The trust took the offer back.
    #[serde(rename = "appointment.offer_withdrawn.v1")]
    OfferWithdrawn {
        /// The seat.
        seat: SeatId,
        /// Who.
        person: PersonId,
        /// The opportunity that led there, if one did.
        opportunity: Option<OpportunityId>,
        /// Why, in words for the person and about the place.
        reason: String,
    },
    /// It is time to ask what happens at the end of the term.
    #[serde(rename = "appointment.reminder_came_due.v1")]
    ReminderCameDue {
        /// The step of the ladder.
        step: String,
        /// Who is asked.
        to: Audience,
        /// What they are asked.
        question: About,
        /// The last day of the term.
        ends_on: Date,
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who holds it.
        person: PersonId,
    },
    /// Someone said what is to happen at the end of the term. It decides nothing.
    #[serde(rename = "appointment.reminder_answered.v1")]
    ReminderAnswered {
        /// The step that was answered, where it was one.
        step: Option<String>,
        /// What was said.
        answer: Answer,
        /// How it came.
        by: Channel,
        /// Reminders that need not go out any more, to anyone.
        stops: Vec<String>,
        /// Reminders that are needed again, as the question is open again.
        resumes: Vec<Armed>,
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who holds it.
        person: PersonId,
    },
    /// They hold the place for another term.
    #[serde(rename = "appointment.renewed.v1")]
    Renewed {
        /// The new term, which begins on the day after the old one ended.
        term: Term,
        /// The rule it is given under.
        rule: Box<TermRule>,
        /// Why it is one more than the rule allows, where it is.
        exception: Option<Exception>,
        /// The reminders of the new term.
        reminders: Vec<Armed>,
        /// Reminders of the old term that are not needed any more.
        stops: Vec<String>,
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who holds it.
        person: PersonId,
    },
    /// A human has settled why and when the place ends, and has spoken with the person.
    #[serde(rename = "appointment.end_confirmed.v1")]
    EndConfirmed {
        /// On which grounds.
        grounds: Grounds,
        /// The last day.
        last_day: Date,
        /// The midnight after it.
        over_at: Timestamp,
        /// How and when the person was told.
        contact: Contacted,
        /// Reminders that are not needed any more.
        stops: Vec<String>,
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who holds it.
        person: PersonId,
    },
    /// The person leaves.
    #[serde(rename = "appointment.resigned.v1")]
    Resigned {
        /// The last day.
        last_day: Date,
        /// The midnight after it.
        over_at: Timestamp,
        /// What they wished to say; nothing where they would rather not.
        words: Option<Sealed<WordsOnLeaving>>,
        /// Reminders that are not needed any more.
        stops: Vec<String>,
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who holds it.
        person: PersonId,
    },
    /// The term has ended and nobody has settled what follows. The person keeps the place until a
    /// human does.
    #[serde(rename = "appointment.stays_on.v1")]
    StaysOn {
        /// The last day of the term.
        term_ended_on: Date,
        /// The seat.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who holds it.
        person: PersonId,
    },
    /// The last day has passed.
    #[serde(rename = "appointment.ended.v1")]
    Ended {
        /// Why.
        why: WhyEnded,
        /// Which day it was.
        last_day: Date,
        /// The seat that falls vacant.
        seat: SeatId,
        /// Its group.
        group: GroupId,
        /// Who held it.
        person: PersonId,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Offered(_) => "appointment.offered.v1",
            Self::Accepted { .. } => "appointment.accepted.v1",
            Self::Declined { .. } => "appointment.declined.v1",
            Self::OfferLapsed { .. } => "appointment.offer_lapsed.v1",
            Self::OfferWithdrawn { .. } => "appointment.offer_withdrawn.v1",
            Self::ReminderCameDue { .. } => "appointment.reminder_came_due.v1",
            Self::ReminderAnswered { .. } => "appointment.reminder_answered.v1",
            Self::Renewed { .. } => "appointment.renewed.v1",
            Self::EndConfirmed { .. } => "appointment.end_confirmed.v1",
            Self::Resigned { .. } => "appointment.resigned.v1",
            Self::StaysOn { .. } => "appointment.stays_on.v1",
            Self::Ended { .. } => "appointment.ended.v1",
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
    use super::super::Appointment;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Offered(_) => Some(declined(Some(words()))),
            Event::Declined { .. } => Some(withdrawn()),
            Event::OfferWithdrawn { .. } => Some(lapsed()),
            Event::OfferLapsed { .. } => Some(accepted()),
            Event::Accepted { .. } => Some(came_due(0)),
            Event::ReminderCameDue { .. } => Some(answered(Answer::Mentor, &[1, 2])),
            Event::ReminderAnswered { .. } => Some(renewed(Some(exception()))),
            Event::Renewed { .. } => Some(resigned(ends_on(), Some(words()))),
            Event::Resigned { .. } => Some(settled(stepping_down(), mid_term_day(), &[0, 1, 2])),
            Event::EndConfirmed { .. } => Some(stays_on()),
            Event::StaysOn { .. } => Some(ended(WhyEnded::TermComplete, ends_on())),
            Event::Ended { .. } => None,
        };
        std::iter::successors(Some(offered()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Appointment>(one_of_each());
    }
}
