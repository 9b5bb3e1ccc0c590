//! ROOM: one reader's reading of what was written to a person, recorded before the first word is
//! shown. Kept for that person, who can see who looked; nothing here shows anything, and nothing is
//! ever taken back.
//!
//! ```text
//! (nothing) -- record --> Recorded
//! ```

pub mod events;
pub mod refusals;
pub mod record;
#[cfg(test)]
mod samples;

use contracts::MessageId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use events::Event;
pub use record::Record;
pub use refusals::Refusal;

/// The state: the words of which message were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    message: Option<MessageId>,
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
            Event::Recorded { message, .. } => self.message = Some(message),
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

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;

    #[test]
    fn a_reading_holds_no_key_and_waits_for_no_timer() {
        assert_eq!(Opening::unique_keys(&recorded()), []);
        assert_eq!(Opening::timers(&recorded()), []);
        assert!(Opening::due("any").is_none());
    }
}
