//! ROOM: the life of one person's wish to take part in one opportunity. What they wrote is carried
//! sealed; nothing here opens it, ranks it, or lets it lapse.
//!
//! ```text
//! (nothing) -- submit --> Submitted -- record_outcome --> Offered | InReserve | NotSelected
//!                                      record_outcome: InReserve --> any of these
//! Offered | InReserve -- record_place_offered --> LedTo a place, which is
//!     Offered -- record_place_not_taken --> NotTaken -- record_place_offered --> Offered
//!     Offered, lapsed -- record_appointment --> Held -- record_place_ended --> Ended
//! Submitted, InReserve -- record_opportunity_withdrawn --> OpportunityWithdrawn
//! any other stage, while no place waits for an answer, is held or has ended -- withdraw --> Withdrawn
//! ```

pub mod events;
pub mod refusals;
pub mod form;
pub mod opening;
pub mod led_to;
pub mod submit;
pub mod withdraw;
pub mod record_outcome;
pub mod record_place_offered;
pub mod record_appointment;
pub mod record_place_not_taken;
pub mod record_place_ended;
pub mod record_opportunity_withdrawn;
mod keys;
#[cfg(test)]
mod samples;

use contracts::{OpportunityId, PersonId, Sealed};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use serde::{Deserialize, Serialize};

use crate::personal::{OutcomeReason, WithdrawalReason};
use crate::selection::Decision;

pub use events::Event;
pub use form::{Answer, Form};
pub use led_to::{LedTo, NotTaken, Place};
pub use opening::{Applicant, Opening};
pub use record_appointment::RecordAppointment;
pub use record_opportunity_withdrawn::RecordOpportunityWithdrawn;
pub use record_outcome::RecordOutcome;
pub use record_place_ended::RecordPlaceEnded;
pub use record_place_not_taken::RecordPlaceNotTaken;
pub use record_place_offered::RecordPlaceOffered;
pub use refusals::Refusal;
pub use submit::Submit;
pub use withdraw::Withdraw;

/// The state: whose application it is, for what, and how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Application {
    /// Nothing has been sent in.
    #[default]
    NotSubmitted,
    /// It has been sent in.
    Submitted(Box<Submission>),
}

/// An application as sent in, and what has come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// For what.
    pub opportunity: OpportunityId,
    /// What that is called.
    pub title: String,
    /// Whose.
    pub applicant: PersonId,
    /// What they wrote.
    pub form: Form,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an application has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nobody has been told anything.
    Undecided,
    /// The person has been told.
    Decided(Outcome),
    /// A place was offered on it.
    LedTo(LedTo),
    /// They withdrew it.
    Withdrawn {
        /// Why, if they wished to say.
        reason: Option<Sealed<WithdrawalReason>>,
    },
    /// The opportunity was withdrawn before they were told anything, or while they were in reserve.
    OpportunityWithdrawn {
        /// Why, in the trust's words.
        reason: String,
        /// Whether they had been told that there might be a place later.
        #[serde(default)]
        kept_in_reserve: bool,
    },
}

/// What was decided, and why, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The panel's decision.
    pub decision: Decision,
    /// Why.
    pub reason: Option<Sealed<OutcomeReason>>,
}

/// What can be asked of an application.
#[derive(Clone, Debug)]
pub enum Command {
    /// Send it in.
    Submit(Box<Submit>),
    /// Take it back.
    Withdraw(Withdraw),
    /// Let the person know what the panel decided.
    RecordOutcome(RecordOutcome),
    /// Note that a place is offered on it.
    RecordPlaceOffered(RecordPlaceOffered),
    /// Note that the person does not take the place.
    RecordPlaceNotTaken(RecordPlaceNotTaken),
    /// Note that the place came to its end.
    RecordPlaceEnded(RecordPlaceEnded),
    /// Note that the person holds the place.
    RecordAppointment(RecordAppointment),
    /// Note that nothing is decided on it, as the opportunity was withdrawn.
    RecordOpportunityWithdrawn(RecordOpportunityWithdrawn),
}

impl Aggregate for Application {
    const TYPE: &'static str = "application";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::Submit(it) => it.decide(self, &occasion),
            Command::Withdraw(it) => it.decide(self, &occasion),
            Command::RecordOutcome(it) => it.decide(self, &occasion),
            Command::RecordPlaceOffered(it) => it.decide(self, &occasion),
            Command::RecordPlaceNotTaken(it) => it.decide(self, &occasion),
            Command::RecordPlaceEnded(it) => it.decide(self, &occasion),
            Command::RecordAppointment(it) => it.decide(self, &occasion),
            Command::RecordOpportunityWithdrawn(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Submitted { opportunity, title, applicant, form, applied_as: _ } => {
                *self = Self::Submitted(Box::new(Submission {
                    opportunity,
                    title,
                    applicant,
                    form: *form,
                    stage: Stage::Undecided,
                }));
            }
            Event::Withdrawn { reason, .. } => self.reach(Stage::Withdrawn { reason }),
            Event::Offered { reason, .. } => self.decided(Decision::Offer, reason),
            Event::KeptInReserve { until, reason, .. } => {
                self.decided(Decision::Reserve { until }, reason);
            }
            Event::NotSelected { reason, .. } => self.decided(Decision::NotSelected, reason),
            Event::OpportunityWithdrawn { reason, kept_in_reserve, .. } => {
                self.reach(Stage::OpportunityWithdrawn { reason, kept_in_reserve });
            }
            Event::PlaceOffered { appointment, .. } => self.led_to(appointment, Place::Offered),
            Event::Appointed { appointment, .. } => self.led_to(appointment, Place::Held),
            Event::PlaceNotTaken { appointment, how, .. } => {
                self.led_to(appointment, Place::NotTaken(how));
            }
            Event::PlaceEnded { appointment, last_day, .. } => {
                self.led_to(appointment, Place::Ended { last_day });
            }
        }
    }
}

impl Application {
    fn submitted(&self) -> Result<&Submission, Refusal> {
        match self {
            Self::NotSubmitted => Err(Refusal::NotSubmitted),
            Self::Submitted(submission) => Ok(submission),
        }
    }

    fn decided(&mut self, decision: Decision, reason: Option<Sealed<OutcomeReason>>) {
        self.reach(Stage::Decided(Outcome { decision, reason }));
    }

    fn reach(&mut self, stage: Stage) {
        match self {
            // The rules produce no such history; it changes nothing.
            Self::NotSubmitted => {}
            Self::Submitted(submission) => submission.stage = stage,
        }
    }
}
