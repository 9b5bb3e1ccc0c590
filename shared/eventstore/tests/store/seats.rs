//! A room of people and the seats they hold: one stream for each person, and each seat a key that no
//! two of them may hold. What they may ask for is as unruly as the store has to bear.

use std::collections::BTreeSet;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use eventstore::{Asked, KeyChange, Refusal, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
pub struct Sitter {
    pub seats: BTreeSet<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    #[serde(rename = "sitter.took.v1")]
    Took { seat: u32 },
    #[serde(rename = "sitter.gave_back.v1")]
    GaveBack { seat: u32 },
    /// Gives back what the sitter does not hold.
    #[serde(rename = "sitter.waved_at.v1")]
    WavedAt { seat: u32 },
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
    /// All of them, or none.
    Take(Vec<u32>),
    /// One of its own, if it has any.
    GiveBack {
        nth: usize,
    },
    /// Takes the other one before it gives back its own.
    MoveOver {
        nth: usize,
        to: u32,
    },
    /// Gives one back and takes it again, and then takes another.
    StandUpAndSitDown {
        nth: usize,
        another: u32,
    },
    WaveAt(u32),
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum No {
    #[error("somebody sits there")]
    Taken,
    #[error("they do not sit there")]
    NotTheirs,
}

impl Refusal for No {
    fn code(&self) -> &'static str {
        match self {
            Self::Taken => "sitter.taken",
            Self::NotTheirs => "sitter.not_theirs",
        }
    }
}

impl Sitter {
    fn own(&self, nth: usize) -> Result<u32, No> {
        self.seats.iter().cycle().nth(nth % self.seats.len().max(1)).copied().ok_or(No::NotTheirs)
    }

    fn decide(&self, command: Command) -> Result<Vec<Event>, No> {
        let holds = |seat: &u32| self.seats.contains(seat);
        match command {
            Command::Take(seats) => {
                let wanted: BTreeSet<u32> = seats.into_iter().filter(|it| !holds(it)).collect();
                Ok(wanted.into_iter().map(|seat| Event::Took { seat }).collect())
            }
            Command::GiveBack { nth } => Ok(vec![Event::GaveBack { seat: self.own(nth)? }]),
            Command::MoveOver { nth, to } if !holds(&to) => {
                Ok(vec![Event::Took { seat: to }, Event::GaveBack { seat: self.own(nth)? }])
            }
            Command::StandUpAndSitDown { nth, another } if !holds(&another) => {
                let seat = self.own(nth)?;
                let again = [Event::GaveBack { seat }, Event::Took { seat }];
                Ok(again.into_iter().chain([Event::Took { seat: another }]).collect())
            }
            Command::WaveAt(seat) if !holds(&seat) => Ok(vec![Event::WavedAt { seat }]),
            Command::MoveOver { .. } | Command::StandUpAndSitDown { .. } | Command::WaveAt(_) => {
                Err(No::NotTheirs)
            }
        }
    }
}

impl Aggregate for Sitter {
    const TYPE: &'static str = "sitter";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = No;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), No> {
        for event in self.decide(asked.command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Took { seat } => {
                self.seats.insert(seat);
            }
            Event::GaveBack { seat } => {
                self.seats.remove(&seat);
            }
            Event::WavedAt { .. } => {}
        }
    }
}

fn key(seat: u32) -> UniqueKey {
    UniqueKey { scope: "seat", value: seat.to_string() }
}

impl Room for Sitter {
    type Ask = Command;
    fn timers(_: &Event) -> Vec<TimerChange> {
        Vec::new()
    }
    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Took { seat } => vec![KeyChange::Claim(key(*seat))],
            Event::GaveBack { seat } | Event::WavedAt { seat } => {
                vec![KeyChange::Release(key(*seat))]
            }
        }
    }
    fn taken(_: &UniqueKey) -> No {
        No::Taken
    }
    fn due(_: &str) -> Option<Command> {
        None
    }
}
