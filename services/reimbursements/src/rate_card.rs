//! ROOM: the life of one rate card: what is paid for which activity, mile and fare, from which day on.
//! A claim is paid by the card in force on the day of its activity; other figures are another card.
//! Nothing here can read a clock or a database.
//!
//! ```text
//! NotDrafted -- draft ---------> Draft
//! Draft      -- approve -------> Approved    by someone who had no hand in it; its figures are fixed
//! Approved   -- put_in_force --> InForce     from a day, until its end or until a later card's first
//! ```

pub mod events;
pub mod refusals;
pub mod rates;
pub mod nonsense;
pub mod price;
pub mod journey;
pub mod tax_year;
pub mod in_force;
pub mod draft;
pub mod approve;
pub mod put_in_force;
#[cfg(test)]
pub(crate) mod samples;

use std::collections::BTreeSet;

use contracts::PersonId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use approve::Approve;
pub use draft::Draft;
pub use events::Event;
pub use in_force::{InForce, in_force};
pub use journey::{Journey, Vehicle};
pub use nonsense::Nonsense;
pub use price::{Cost, Measure, Priced, Unpriced, price};
pub use put_in_force::PutInForce;
pub use rates::{Band, Basis, Edge, FareKind, MileageRates, PaymentRate, Rates, UpTo};
pub use refusals::Refusal;
pub use tax_year::TaxYear;

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RateCard {
    /// Nothing has been begun.
    #[default]
    NotDrafted,
    /// Waits for someone else's approval.
    Draft {
        /// Its figures.
        rates: Box<Rates>,
        /// Everyone who had a hand in them.
        authors: BTreeSet<PersonId>,
    },
    /// Its figures are fixed.
    Approved {
        /// Its figures.
        rates: Box<Rates>,
        /// Whose approval it was.
        approved_by: PersonId,
    },
    /// Claims are paid by it.
    InForce {
        /// Its figures.
        rates: Box<Rates>,
        /// Whose approval it was.
        approved_by: PersonId,
        /// For which days.
        days: PutInForce,
    },
}

/// What can be asked of a rate card.
#[derive(Clone, Debug)]
pub enum Command {
    /// Propose its figures.
    Draft(Draft),
    /// Fix them.
    Approve(Approve),
    /// Let claims be paid by it.
    PutInForce(PutInForce),
}

impl Aggregate for RateCard {
    const TYPE: &'static str = "rate_card";
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
            Command::Draft(it) => it.decide(self, &occasion),
            Command::Approve(it) => it.decide(self, &occasion),
            Command::PutInForce(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        *self = match (event, std::mem::take(self)) {
            (Event::Drafted { rates, authors }, _) => Self::Draft { rates, authors },
            (Event::Approved { rates, approved_by }, Self::Draft { .. }) => {
                Self::Approved { rates, approved_by }
            }
            (Event::PutInForce { from, to }, Self::Approved { rates, approved_by }) => {
                Self::InForce { rates, approved_by, days: PutInForce { from, to } }
            }
            // The rules produce no such history; it changes nothing.
            (Event::Approved { .. } | Event::PutInForce { .. }, stage) => stage,
        };
    }
}

impl Room for RateCard {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Drafted { .. } | Event::Approved { .. } | Event::PutInForce { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Drafted { .. } | Event::Approved { .. } | Event::PutInForce { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AlreadyDrafted
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;
    use crate::story::after;

    #[test]
    fn a_card_is_drafted_approved_and_put_in_force() {
        let card = after::<RateCard>(until_in_force());
        let RateCard::InForce { rates: held, days, approved_by } = card else {
            panic!("it is in force")
        };
        assert_eq!((*held, days, approved_by), (rates(), from_april(), APPROVER));
    }

    #[test]
    fn it_holds_no_key_and_waits_for_no_timer() {
        for event in until_in_force() {
            assert_eq!(RateCard::unique_keys(&event), []);
            assert_eq!(RateCard::timers(&event), []);
        }
        assert!(RateCard::due("anything").is_none());
    }
}
