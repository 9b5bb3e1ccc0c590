//! ROOM: the life of one seat: one place in a group, and the authority on who holds it. Nothing here
//! can read a clock, a database or a sealed value. Who a seat is for stands in no event that names
//! its holder, so that no reader finds the two side by side.
//!
//! ```text
//! (nothing) -- add --> Vacant -- fill --> Held -- vacate --> Vacant
//!                                         Held -- prolong --> Held
//!                      Vacant -- abolish --> Abolished
//! reserve_for, release: Vacant and Held, as the next opportunity may begin before the term ends
//! ```

pub mod events;
pub mod refusals;
pub mod add;
pub mod reserve_for;
pub mod release;
pub mod fill;
pub mod prolong;
pub mod vacate;
pub mod abolish;
#[cfg(test)]
mod samples;

use contracts::PersonId;
use contracts::id::{AppointmentId, OpportunityId, SeatId};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use abolish::Abolish;
pub use add::{Add, Description, Place, SeatRole};
pub use events::Event;
pub use fill::Fill;
pub use prolong::Prolong;
pub use refusals::Refusal;
pub use release::Release;
pub use reserve_for::ReserveFor;
pub use vacate::Vacate;

const OFFER: &str = "seat.offer";

/// What an appointment holds from its offer to its end, so that no seat has two; a seat that was
/// abolished holds it itself, for ever.
pub(crate) fn offer_of(seat: SeatId) -> UniqueKey {
    UniqueKey { scope: OFFER, value: seat.to_string() }
}

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seat {
    /// There is no such seat yet.
    #[default]
    NotAdded,
    /// Nobody holds it.
    Vacant {
        /// What it is.
        place: Box<Place>,
        /// The opportunity through which it will be filled, if one is under way.
        recruiting_through: Option<OpportunityId>,
        /// The appointment that ended last, if one has.
        last_held_by: Option<AppointmentId>,
    },
    /// Someone holds it.
    Held {
        /// What it is.
        place: Box<Place>,
        /// By whom and until when.
        holding: Holding,
        /// The opportunity through which it will be filled next, if one is under way.
        recruiting_through: Option<OpportunityId>,
    },
    /// It does not exist any more.
    Abolished {
        /// Why.
        reason: String,
    },
}

/// Who holds a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Through which appointment.
    pub appointment: AppointmentId,
    /// Who.
    pub person: PersonId,
    /// The first day.
    pub from: Date,
    /// The last day of the term; someone may stay on after it.
    pub until: Date,
}

/// What can be asked of a seat.
#[derive(Clone, Debug)]
pub enum Command {
    /// Add it to its group.
    Add(Add),
    /// Say that an opportunity is to fill it.
    ReserveFor(ReserveFor),
    /// Say that the opportunity does not fill it any more.
    Release(Release),
    /// Let someone hold it.
    Fill(Fill),
    /// Let its holder hold it for longer.
    Prolong(Prolong),
    /// Let nobody hold it.
    Vacate(Vacate),
    /// Take it away.
    Abolish(Abolish),
}

impl Aggregate for Seat {
    const TYPE: &'static str = "seat";
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
            Command::Add(it) => it.decide(self, &occasion),
            Command::ReserveFor(it) => it.decide(self, &occasion),
            Command::Release(it) => it.decide(self, &occasion),
            Command::Fill(it) => it.decide(self, &occasion),
            Command::Prolong(it) => it.decide(self, &occasion),
            Command::Vacate(it) => it.decide(self, &occasion),
            Command::Abolish(it) => it.decide(self, &occasion),
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

impl Seat {
    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::Added(place), Self::NotAdded) => {
                Self::Vacant { place, recruiting_through: None, last_held_by: None }
            }
            (Event::Reserved { opportunity }, stage) => stage.recruiting(Some(opportunity)),
            (Event::Released { .. }, stage) => stage.recruiting(None),
            (
                Event::Filled { appointment, person, from, until, .. },
                Self::Vacant { place, .. },
            ) => {
                let holding = Holding { appointment, person, from, until };
                Self::Held { place, holding, recruiting_through: None }
            }
            (Event::Prolonged { until, .. }, Self::Held { place, holding, recruiting_through }) => {
                Self::Held { place, holding: Holding { until, ..holding }, recruiting_through }
            }
            (
                Event::Vacated { appointment, .. },
                Self::Held { place, holding: _, recruiting_through },
            ) => Self::Vacant { place, recruiting_through, last_held_by: Some(appointment) },
            (Event::Abolished { reason, .. }, Self::Vacant { .. }) => Self::Abolished { reason },
            // The rules produce no such history; it changes nothing.
            (
                Event::Added(_)
                | Event::Filled { .. }
                | Event::Prolonged { .. }
                | Event::Vacated { .. }
                | Event::Abolished { .. },
                stage,
            ) => stage,
        }
    }

    fn recruiting(self, recruiting_through: Option<OpportunityId>) -> Self {
        match self {
            Self::Vacant { place, recruiting_through: _, last_held_by } => {
                Self::Vacant { place, recruiting_through, last_held_by }
            }
            Self::Held { place, holding, recruiting_through: _ } => {
                Self::Held { place, holding, recruiting_through }
            }
            Self::NotAdded => Self::NotAdded,
            Self::Abolished { reason } => Self::Abolished { reason },
        }
    }
}

impl Room for Seat {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Added(_)
            | Event::Reserved { .. }
            | Event::Released { .. }
            | Event::Filled { .. }
            | Event::Prolonged { .. }
            | Event::Vacated { .. }
            | Event::Abolished { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Abolished { seat, .. } => vec![KeyChange::Claim(offer_of(*seat))],
            Event::Added(_)
            | Event::Reserved { .. }
            | Event::Released { .. }
            | Event::Filled { .. }
            | Event::Prolonged { .. }
            | Event::Vacated { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::OnOffer
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;

    #[test]
    fn a_seat_that_is_on_offer_is_not_abolished_and_an_abolished_one_is_never_offered() {
        let key = offer_of(SEAT);
        assert_eq!(Seat::unique_keys(&abolished()), [KeyChange::Claim(key.clone())]);
        assert_eq!(Seat::taken(&key), Refusal::OnOffer);
    }

    #[test]
    fn nothing_else_claims_a_key_and_no_timer_is_armed() {
        for event in [added(), reserved(NEXT), released(NEXT), filled(), prolonged(), vacated(None)]
        {
            assert_eq!(Seat::unique_keys(&event), []);
            assert_eq!(Seat::timers(&event), []);
        }
        assert!(Seat::due("vacate").is_none());
    }

    #[test]
    fn no_event_that_names_a_person_says_who_the_seat_is_for() {
        for event in [
            added(),
            reserved(NEXT),
            released(NEXT),
            filled(),
            prolonged(),
            vacated(None),
            abolished(),
        ] {
            let (_, payload) = contracts::fact::write(&event).unwrap();
            let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
            assert!(
                payload.get("person").is_none() || payload.get("constituency").is_none(),
                "{payload}"
            );
        }
    }
}
