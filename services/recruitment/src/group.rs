//! ROOM: the life of one group: a board, a committee, a forum, whatever has a purpose and places for
//! people. Nothing here can read a clock, a database or a sealed value; who sits in it is the seats'
//! business, and no person is named here.
//!
//! ```text
//! (nothing) -- establish --> Standing -- close --> Closed
//!                            Standing -- rename --> Standing
//! ```

pub mod events;
pub mod refusals;
pub mod establish;
pub mod rename;
pub mod close;
#[cfg(test)]
mod samples;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use close::Close;
pub use establish::{Charter, Establish, GroupKind};
pub use events::Event;
pub use refusals::Refusal;
pub use rename::Rename;

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Group {
    /// There is no such group yet.
    #[default]
    NotEstablished,
    /// It meets.
    Standing {
        /// What it was established as.
        charter: Box<Charter>,
        /// What it is called now.
        name: String,
    },
    /// It does not meet any more.
    Closed {
        /// What it was established as.
        charter: Box<Charter>,
        /// What it was called in the end.
        name: String,
        /// Why.
        reason: String,
    },
}

/// What can be asked of a group.
#[derive(Clone, Debug)]
pub enum Command {
    /// Begin it.
    Establish(Establish),
    /// Call it something else.
    Rename(Rename),
    /// Let it end.
    Close(Close),
}

impl Aggregate for Group {
    const TYPE: &'static str = "group";
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
            Command::Establish(it) => it.decide(self, &occasion),
            Command::Rename(it) => it.decide(self, &occasion),
            Command::Close(it) => it.decide(self, &occasion),
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

impl Group {
    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::Established(charter), Self::NotEstablished) => {
                Self::Standing { name: charter.name.clone(), charter }
            }
            (Event::Renamed { name }, Self::Standing { charter, name: _ }) => {
                Self::Standing { charter, name }
            }
            (Event::Closed { reason }, Self::Standing { charter, name }) => {
                Self::Closed { charter, name, reason }
            }
            // The rules produce no such history; it changes nothing.
            (Event::Established(_) | Event::Renamed { .. } | Event::Closed { .. }, stage) => stage,
        }
    }
}

impl Room for Group {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Established(_) | Event::Renamed { .. } | Event::Closed { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Established(_) | Event::Renamed { .. } | Event::Closed { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::EstablishedAlready
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
    fn a_group_holds_no_key_and_waits_for_no_timer() {
        for event in [established(), renamed(), closed()] {
            assert_eq!(Group::unique_keys(&event), []);
            assert_eq!(Group::timers(&event), []);
        }
        assert!(Group::due("review").is_none());
    }
}
