//! A room small enough to see through: gates that are entered, and shut at their time.

use async_trait::async_trait;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use eventstore::{
    Asked, Executor, KeyChange, Policy, PolicyError, Refusal, Room, StoredEvent, TimerChange,
    UniqueKey, policy,
};
use jiff::Timestamp;
use messaging::{Fact, FactPolicy};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Default, Serialize, Deserialize)]
pub struct Gate {
    shut: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    #[serde(rename = "gate.entered.v1")]
    Entered { badge: String },
    #[serde(rename = "gate.shutting_planned.v1")]
    ShuttingPlanned { at: Timestamp },
    #[serde(rename = "gate.shut.v1")]
    Shut {},
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
    Enter { badge: String },
    PlanShutting { at: Timestamp },
    Shut,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the gate is shut")]
pub struct IsShut;

impl Refusal for IsShut {
    fn code(&self) -> &'static str {
        "gate.shut"
    }
}

impl Aggregate for Gate {
    const TYPE: &'static str = "gate";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = IsShut;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), IsShut> {
        let event = match asked.command {
            Command::Enter { .. } if self.shut => return Err(IsShut),
            Command::Enter { badge } => Event::Entered { badge },
            Command::PlanShutting { at } => Event::ShuttingPlanned { at },
            Command::Shut => Event::Shut {},
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Entered { .. } | Event::ShuttingPlanned { .. } => {}
            Event::Shut {} => self.shut = true,
        }
    }
}

impl Room for Gate {
    type Ask = Command;
    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::ShuttingPlanned { at } => {
                vec![TimerChange::Arm { name: "shut".to_owned(), due_at: *at }]
            }
            Event::Entered { .. } | Event::Shut {} => Vec::new(),
        }
    }
    fn unique_keys(_: &Event) -> Vec<KeyChange> {
        Vec::new()
    }
    fn taken(_: &UniqueKey) -> IsShut {
        IsShut
    }
    fn due(timer: &str) -> Option<Command> {
        (timer == "shut").then_some(Command::Shut)
    }
}

/// Whoever enters with this badge is followed through another gate.
pub const FOLLOWED: &str = "followed";
/// An entry that no policy can answer while it is told to fail.
pub const STUCK: &str = "stuck";

/// The gate behind this one.
pub fn behind(gate: Uuid) -> Uuid {
    Uuid::new_v5(&gate, b"behind")
}

/// Whenever somebody is to be followed, someone enters the gate behind.
pub struct Follow;

#[async_trait]
impl Policy for Follow {
    fn name(&self) -> &'static str {
        "follow_whoever_enters"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        let Event::Entered { badge } = event.decode()? else { return Ok(()) };
        if badge == STUCK {
            return Err(PolicyError::Database(sqlx::Error::RowNotFound));
        }
        if badge == FOLLOWED {
            let target = behind(event.stream.id);
            let correlation = event.metadata()?.correlation_id;
            let order = policy::order(
                self.name(),
                &target.to_string(),
                event.event_id,
                correlation,
                executor.clock(),
            );
            let enter = Command::Enter { badge: "follows".to_owned() };
            executor.execute::<Gate>(target, enter, order).await?;
        }
        Ok(())
    }
}

/// Whenever somebody enters a neighbour's gate, somebody enters the one of the same number here.
pub struct EnterToo;

#[async_trait]
impl FactPolicy for EnterToo {
    fn name(&self) -> &'static str {
        "draft_the_next_opportunity_when_a_seat_falls_vacant"
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let enter = Command::Enter { badge: "too".to_owned() };
        fact.answer_with::<Gate>(executor, self.name(), fact.stream_id, enter).await?;
        Ok(())
    }
}
