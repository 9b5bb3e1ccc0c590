//! ROOM: one reader's looking at people's names, recorded before the first of them is opened. Kept
//! for the people whose names they are; nothing here opens one, and nothing is ever taken back.
//!
//! ```text
//! (nothing) -- record --> Recorded
//! ```

pub mod events;
pub mod refusals;
pub mod record;
#[cfg(test)]
mod samples;

use std::collections::BTreeSet;

use contracts::PersonId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use events::Event;
pub use record::{Because, Record};
pub use refusals::Refusal;

/// The state: whose names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    people: BTreeSet<PersonId>,
}

/// What can be asked of it.
#[derive(Clone, Debug)]
pub enum Command {
    /// Put it on record.
    Record(Record),
}

impl Aggregate for Opening {
    const TYPE: &'static str = "opening";
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
        let events = match asked.command {
            Command::Record(it) => it.decide(self),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Recorded { person, .. } => {
                self.people.insert(person);
            }
        }
    }
}

impl Room for Opening {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Recorded { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Recorded { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::RecordedAlready
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}
