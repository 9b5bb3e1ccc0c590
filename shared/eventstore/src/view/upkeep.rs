//! ROOM: what people have done about one view: which events are left out of its rows, which streams
//! were taken up again, which rows are read. Decides nothing about the rows themselves.
//!
//! ```text
//! (nothing) -- skip | note resumed, switched, retired --> Kept (for ever)
//! ```

pub mod events;

use std::collections::BTreeSet;

use contracts::PersonId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use sqlx::PgExecutor;
use uuid::Uuid;

pub use events::Event;

use super::ProjectError;
use crate::append::{KeyChange, TimerChange};
use crate::envelope::{Authority, StreamId, Taken};
use crate::executor::{Executor, Failure, Order};
use crate::reader;
use crate::room::{self, Asked, Room, UniqueKey};

/// The type of the streams in which it is kept what people did about views.
pub const STREAM_TYPE: &str = "view";

/// Under which every view's stream is named.
const VIEWS: Uuid = Uuid::from_u128(0x7669_6577_735f_6f66_5f61_5f73_6572_7669);

/// The state: what is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upkeep {
    skipped: BTreeSet<i64>,
}

/// What can be asked of it: what is to be remembered.
#[derive(Clone, Debug)]
pub struct Command(pub Event);

/// Why it says no.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is left out is left out for a reason that others can read.
    #[error("say why the event is left out")]
    NoReason,
}

impl room::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoReason => "view.no_reason",
        }
    }
}

impl Upkeep {
    /// Whether it is so already; what else was done can be done again.
    fn knows(&self, event: &Event) -> bool {
        match event {
            Event::EventSkipped { position, .. } => self.skipped.contains(position),
            Event::StreamResumed { .. } | Event::Switched { .. } | Event::Retired { .. } => false,
        }
    }
}

impl Aggregate for Upkeep {
    const TYPE: &'static str = STREAM_TYPE;
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
        let Command(event) = asked.command;
        if matches!(&event, Event::EventSkipped { reason, .. } if reason.trim().is_empty()) {
            return Err(Refusal::NoReason);
        }
        if !self.knows(&event) {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::EventSkipped { position, .. } => {
                self.skipped.insert(position);
            }
            Event::StreamResumed { .. } | Event::Switched { .. } | Event::Retired { .. } => {}
        }
    }
}

impl Room for Upkeep {
    type Ask = Command;

    fn timers(_: &Event) -> Vec<TimerChange> {
        Vec::new()
    }

    fn unique_keys(_: &Event) -> Vec<KeyChange> {
        Vec::new()
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::NoReason
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

/// The stream of one view of one service.
pub fn stream(service: &str, view: &str) -> StreamId {
    StreamId::new(STREAM_TYPE, Uuid::new_v5(&VIEWS, format!("{service}/{view}").as_bytes()))
}

/// The events that a view leaves out.
pub(super) async fn skipped(
    database: impl PgExecutor<'_>,
    service: &str,
    view: &str,
) -> Result<BTreeSet<i64>, ProjectError> {
    let mut skipped = BTreeSet::new();
    for stored in reader::stream(database, &stream(service, view)).await? {
        if let Event::EventSkipped { position, .. } = stored.decode()? {
            skipped.insert(position);
        }
    }
    Ok(skipped)
}

/// Whoever looks after a service's views, and remembers what they did.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// Carries out what is to be remembered.
    pub executor: Executor,
    /// Whose views they are.
    pub service: String,
    /// Who it is; nobody where the service does it by itself.
    pub by: Option<PersonId>,
}

impl Keeper {
    /// Puts on record what is done about a view.
    pub(super) async fn record(&self, view: &str, event: Event) -> Result<(), NotRecorded> {
        let command_id = Uuid::now_v7();
        let now = self.executor.clock().now();
        let mut order = Order::by_system(command_id, command_id, command_id, Taken::Online, now);
        order.causation_id = None;
        if let Some(person) = self.by {
            order.occasion.actor = person;
            order.account = person.uuid();
            order.authority = Authority { role: "operator".to_owned(), ..Authority::default() };
        }
        let id = stream(&self.service, view).id;
        let receipt = self.executor.execute::<Upkeep>(id, Command(event), order).await?;
        match receipt.refusal {
            None => Ok(()),
            Some(refused) => Err(NotRecorded::Refused(refused.text)),
        }
    }
}

/// Why something is not on record, and therefore not done.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// The room said no.
    #[error("{0}")]
    Refused(String),
    /// It could not be stored.
    #[error("it cannot be put on record")]
    Failed(#[from] Failure),
}
