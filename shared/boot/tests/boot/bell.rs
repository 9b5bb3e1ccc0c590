//! A room that remembers nothing of having rung: a timer that fires twice rings twice.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use eventstore::{Asked, KeyChange, Refusal, Room, TimerChange, UniqueKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
pub struct Bell {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    #[serde(rename = "bell.set.v1")]
    Set { at: Timestamp },
    #[serde(rename = "bell.rang.v1")]
    Rang {},
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
pub enum Command {
    Set { at: Timestamp },
    Ring,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("a bell is never refused")]
pub struct Never;

impl Refusal for Never {
    fn code(&self) -> &'static str {
        "bell.never"
    }
}

impl Aggregate for Bell {
    const TYPE: &'static str = "bell";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Never;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Never> {
        let event = match asked.command {
            Command::Set { at } => Event::Set { at },
            Command::Ring => Event::Rang {},
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, _: Event) {}
}

impl Room for Bell {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Set { at } => vec![TimerChange::Arm { name: "ring".to_owned(), due_at: *at }],
            Event::Rang {} => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Set { .. } | Event::Rang {} => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Never {
        Never
    }

    fn due(timer: &str) -> Option<Command> {
        (timer == "ring").then_some(Command::Ring)
    }
}
