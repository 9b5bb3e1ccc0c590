//! ROOM: the life of one appointment: one person's holding of one seat. Nothing here can read a
//! clock, a database or a sealed value. A term that runs out removes nobody: a human settles how it
//! ends, and until then the person stays on.
//!
//! ```text
//! (nothing) -- offer --> Offered -- accept --> Held -- come_to_end, once settled --> Ended
//!                        Offered -- decline, lapse, withdraw_offer --> NotTaken
//!
//! Held, settling how it ends: confirm_end, end, resign    Held, going on: renew
//! Held, asking:  remind (by timer), record_answer         Held, unsettled at its end: stays on
//! accept: also after a lapse, where the answer had arrived before it
//! ```

pub mod events;
pub mod refusals;
pub mod place;
pub mod offer;
pub mod accept;
pub mod decline;
pub mod lapse;
pub mod withdraw_offer;
pub mod remind;
pub mod record_answer;
pub mod renew;
pub mod confirm_end;
pub mod resign;
pub mod end;
pub mod come_to_end;
mod timers_and_keys;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod whole_lives;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::term::{Armed, WhyEnded};

pub use accept::Accept;
pub use come_to_end::ComeToEnd;
pub use confirm_end::ConfirmEnd;
pub use contracts::personal::{ReasonForException, ReasonForSteppingDown, WordsOnLeaving};
pub use decline::Decline;
pub use end::{End, Grounds};
pub use events::Event;
pub use lapse::Lapse;
pub use offer::Offer;
pub use place::{Exception, Place};
pub use record_answer::{Answer, RecordAnswer};
pub use refusals::Refusal;
pub use remind::Remind;
pub use renew::{Renew, Renewal};
pub use resign::Resign;
pub use withdraw_offer::WithdrawOffer;

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Appointment {
    /// Nothing has been offered.
    #[default]
    NotOffered,
    /// A place waits for the person's answer.
    Offered(Box<Place>),
    /// It was offered and came to nothing.
    NotTaken(Box<Place>, NotTaken),
    /// The person has said yes.
    Held(Box<Holding>),
    /// It is over.
    Ended(Box<Place>, Ending),
}

/// How an offer came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotTaken {
    /// The person said no.
    Declined,
    /// Nobody heard from the person, and a human let it lapse.
    Lapsed {
        /// When.
        lapsed_at: Timestamp,
    },
    /// The trust took it back.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// A place that someone holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// What was accepted, with the term and rule as last renewed.
    pub place: Place,
    /// The reminders of this term that are still to come.
    pub waiting: Vec<Armed>,
    /// What was last answered in this term, and to which step.
    pub answered: Option<(Option<String>, Answer)>,
    /// How it will end, if that is settled.
    pub leaving: Option<Ending>,
    /// Whether the term has ended without anything being settled.
    pub stays_on: bool,
    /// The last renewal: the end of the term it renewed, and its exception.
    pub renewed: Option<(Date, Option<Exception>)>,
}

/// How an appointment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Why.
    pub why: WhyEnded,
    /// The last day, lived to its end.
    pub last_day: Date,
    /// The midnight after it, in London.
    pub over_at: Timestamp,
}

/// What can be asked of an appointment.
#[derive(Clone, Debug)]
pub enum Command {
    /// Offer a place to someone.
    Offer(Box<Offer>),
    /// Say yes.
    Accept(Accept),
    /// Say no.
    Decline(Decline),
    /// Let an unanswered offer lapse.
    Lapse(Lapse),
    /// Take an offer back.
    WithdrawOffer(WithdrawOffer),
    /// Ask what happens at the end of the term.
    Remind(Remind),
    /// Note what was answered.
    RecordAnswer(RecordAnswer),
    /// Give another term.
    Renew(Box<Renew>),
    /// Settle that the term ends on its day.
    ConfirmEnd(ConfirmEnd),
    /// Leave.
    Resign(Resign),
    /// Settle that the place ends on some other day, or for some other reason.
    End(End),
    /// Let the last day pass.
    ComeToEnd(ComeToEnd),
}

impl Aggregate for Appointment {
    const TYPE: &'static str = "appointment";
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
            Command::Offer(it) => it.decide(self, &occasion),
            Command::Accept(it) => it.decide(self, &occasion),
            Command::Decline(it) => it.decide(self, &occasion),
            Command::Lapse(it) => it.decide(self, &occasion),
            Command::WithdrawOffer(it) => it.decide(self, &occasion),
            Command::Remind(it) => it.decide(self, &occasion),
            Command::RecordAnswer(it) => it.decide(self, &occasion),
            Command::Renew(it) => it.decide(self, &occasion),
            Command::ConfirmEnd(it) => it.decide(self, &occasion),
            Command::Resign(it) => it.decide(self, &occasion),
            Command::End(it) => it.decide(self, &occasion),
            Command::ComeToEnd(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        *self = std::mem::take(self).after(event);
    }
}

impl Appointment {
    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::Offered(place), Self::NotOffered) => Self::Offered(place),
            (Event::Declined { .. }, Self::Offered(place)) => {
                Self::NotTaken(place, NotTaken::Declined)
            }
            (Event::OfferLapsed { lapsed_at, .. }, Self::Offered(place)) => {
                Self::NotTaken(place, NotTaken::Lapsed { lapsed_at })
            }
            (Event::OfferWithdrawn { reason, .. }, Self::Offered(place)) => {
                Self::NotTaken(place, NotTaken::Withdrawn { reason })
            }
            (
                Event::Accepted { reminders, .. },
                Self::Offered(place) | Self::NotTaken(place, NotTaken::Lapsed { .. }),
            ) => Self::Held(Box::new(Holding {
                place: *place,
                waiting: reminders,
                answered: None,
                leaving: None,
                stays_on: false,
                renewed: None,
            })),
            (Event::Ended { why, last_day, .. }, Self::Held(it)) => {
                let over_at = it.leaving.map_or(it.place.term.over_at, |leaving| leaving.over_at);
                Self::Ended(Box::new(it.place), Ending { why, last_day, over_at })
            }
            (
                event @ (Event::ReminderCameDue { .. }
                | Event::ReminderAnswered { .. }
                | Event::Renewed { .. }
                | Event::EndConfirmed { .. }
                | Event::Resigned { .. }
                | Event::StaysOn { .. }),
                Self::Held(it),
            ) => Self::Held(Box::new(it.after(event))),
            // The rules produce no such history; it changes nothing.
            (
                Event::Offered(_)
                | Event::Accepted { .. }
                | Event::Declined { .. }
                | Event::OfferLapsed { .. }
                | Event::OfferWithdrawn { .. }
                | Event::ReminderCameDue { .. }
                | Event::ReminderAnswered { .. }
                | Event::Renewed { .. }
                | Event::EndConfirmed { .. }
                | Event::Resigned { .. }
                | Event::StaysOn { .. }
                | Event::Ended { .. },
                stage,
            ) => stage,
        }
    }

    /// What someone holds, or why nobody does.
    fn held(&self) -> Result<&Holding, Refusal> {
        match self {
            Self::Held(it) => Ok(it),
            Self::NotOffered => Err(Refusal::NotOffered),
            Self::Offered(_) => Err(Refusal::NotAccepted),
            Self::NotTaken(_, how) => Err(how.refusal()),
            Self::Ended(..) => Err(Refusal::Ended),
        }
    }
}

impl NotTaken {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Declined => Refusal::Declined,
            Self::Lapsed { .. } => Refusal::Lapsed,
            Self::Withdrawn { .. } => Refusal::OfferWithdrawn,
        }
    }
}

impl Holding {
    fn after(mut self, event: Event) -> Self {
        match event {
            Event::ReminderCameDue { step, .. } => self.waiting.retain(|it| it.step != step),
            Event::ReminderAnswered { step, answer, stops, resumes, .. } => {
                self.answered = Some((step, answer));
                self.waiting.retain(|it| !stops.contains(&it.step));
                self.waiting.extend(resumes);
            }
            Event::Renewed { term, rule, exception, reminders, .. } => {
                let term_before = std::mem::replace(&mut self.place.term, term);
                self.place.rule = *rule;
                self.waiting = reminders;
                self.answered = None;
                self.leaving = None;
                self.stays_on = false;
                self.renewed = Some((term_before.ends_on, exception));
            }
            Event::EndConfirmed { grounds, last_day, over_at, .. } => {
                self.leaves(Ending { why: grounds.why(), last_day, over_at });
            }
            Event::Resigned { last_day, over_at, .. } => {
                self.leaves(Ending { why: WhyEnded::Resigned, last_day, over_at });
            }
            Event::StaysOn { .. } => self.stays_on = true,
            Event::Offered(_)
            | Event::Accepted { .. }
            | Event::Declined { .. }
            | Event::OfferLapsed { .. }
            | Event::OfferWithdrawn { .. }
            | Event::Ended { .. } => {}
        }
        self
    }

    fn leaves(&mut self, ending: Ending) {
        self.leaving = Some(ending);
        self.waiting.clear();
    }

    /// The names of the reminders still to come, which whatever settles the question stops.
    fn steps_waiting(&self) -> Vec<String> {
        self.waiting.iter().map(|it| it.step.clone()).collect()
    }

    /// Whether a word that arrived at this moment came before the term had ended.
    fn term_runs(&self, at: Timestamp) -> bool {
        at < self.place.term.over_at
    }
}
