//! A room small enough to see through. Opening gives one fact, rewording gives none, and telling
//! people gives one fact for each of them.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use eventstore::{Asked, KeyChange, Refusal, Room, StoredEvent, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
pub struct Opportunity {
    places: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    #[serde(rename = "opportunity.opened.v1")]
    Opened { places: u16 },
    #[serde(rename = "opportunity.reworded.v1")]
    Reworded {},
    #[serde(rename = "opportunity.announced.v1")]
    Announced { people: u16 },
}

/// What others hear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    #[serde(rename = "opportunity.opened.v1")]
    Opened { places: u16 },
    #[serde(rename = "opportunity.announced_to_one.v1")]
    AnnouncedToOne { number: u16 },
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        contracts::fact::write(self).unwrap().0
    }
    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

#[derive(Clone, Debug)]
pub enum Ask {
    Open { places: u16 },
    Reword,
    Announce { people: u16 },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("it is open already")]
pub struct OpenAlready;

impl Refusal for OpenAlready {
    fn code(&self) -> &'static str {
        "opportunity.open_already"
    }
}

impl Aggregate for Opportunity {
    const TYPE: &'static str = "opportunity";
    type Command = Asked<Ask>;
    type Event = Event;
    type Error = OpenAlready;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Ask>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), OpenAlready> {
        let event = match asked.command {
            Ask::Open { .. } if self.places.is_some() => return Err(OpenAlready),
            Ask::Open { places } => Event::Opened { places },
            Ask::Reword => Event::Reworded {},
            Ask::Announce { people } => Event::Announced { people },
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Opened { places } => self.places = Some(places),
            Event::Reworded {} | Event::Announced { .. } => {}
        }
    }
}

impl Room for Opportunity {
    type Ask = Ask;
    fn timers(_: &Event) -> Vec<TimerChange> {
        Vec::new()
    }
    fn unique_keys(_: &Event) -> Vec<KeyChange> {
        Vec::new()
    }
    fn taken(_: &UniqueKey) -> OpenAlready {
        OpenAlready
    }
    fn due(_: &str) -> Option<Ask> {
        None
    }
}

/// The door out.
pub fn publish(event: &StoredEvent) -> Result<Vec<(String, String)>, contracts::fact::Unreadable> {
    let facts = match event.decode::<Event>()? {
        Event::Opened { places } => vec![Fact::Opened { places }],
        Event::Reworded {} => Vec::new(),
        Event::Announced { people } => {
            (1..=people).map(|number| Fact::AnnouncedToOne { number }).collect()
        }
    };
    facts.iter().map(contracts::fact::write).collect()
}
