//! ROOM: the life of one piece of work that someone does without a session, such as reading a paper.
//! Nothing here can read a clock, a database or a sealed value; what it is worth is others' business.
//!
//! ```text
//! (nothing) -- ask --> Asked -- record_done --> Done -- accept --> Accepted
//! (nothing) -- record --> Done, where both are put on record afterwards
//! record_done: Done, to correct it until it is accepted
//! ```

pub mod events;
pub mod refusals;
pub mod task;
pub mod ask;
pub mod record_done;
pub mod record;
pub mod accept;
#[cfg(test)]
mod samples;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use accept::Accept;
pub use ask::Ask;
pub use events::Event;
pub use record::Record;
pub use record_done::RecordDone;
pub use refusals::Refusal;
pub use task::{Task, TaskKind};

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Nobody was asked for anything.
    #[default]
    NotAsked,
    /// Someone was asked.
    Asked(Box<Task>),
    /// They have done it.
    Done(Box<Task>, RecordDone),
    /// It was accepted.
    Accepted(Box<Task>, RecordDone),
}

/// What can be asked of a piece of work.
#[derive(Clone, Debug)]
pub enum Command {
    /// Ask someone for it.
    Ask(Ask),
    /// Say that it is done.
    RecordDone(RecordDone),
    /// Say at once that it was asked for and is done.
    Record(Record),
    /// Accept it.
    Accept(Accept),
}

impl Aggregate for Work {
    const TYPE: &'static str = "work";
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
            Command::Ask(it) => it.decide(self, &occasion),
            Command::RecordDone(it) => it.decide(self, &occasion),
            Command::Record(it) => it.decide(self, &occasion),
            Command::Accept(it) => it.decide(self, &occasion),
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

impl Work {
    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::Asked(task), Self::NotAsked) => Self::Asked(task),
            (Event::Done { done_on, minutes, .. }, Self::Asked(task) | Self::Done(task, _)) => {
                Self::Done(task, RecordDone { done_on, minutes })
            }
            (Event::Accepted { .. }, Self::Done(task, done)) => Self::Accepted(task, done),
            // The rules produce no such history; it changes nothing.
            (Event::Asked(_) | Event::Done { .. } | Event::Accepted { .. }, stage) => stage,
        }
    }
}

impl Room for Work {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Asked(_) | Event::Done { .. } | Event::Accepted { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Asked(_) | Event::Done { .. } | Event::Accepted { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AskedAlready
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
    fn a_piece_of_work_holds_no_key_and_waits_for_no_timer() {
        for event in until_accepted() {
            assert_eq!(Work::unique_keys(&event), []);
            assert_eq!(Work::timers(&event), []);
        }
        assert!(Work::due("due").is_none());
    }
}
