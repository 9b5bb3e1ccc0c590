//! Read models: the rows a batch of events touches are folded in memory and written once, with the
//! checkpoint, in one transaction. A view can always be thrown away and made again from the log;
//! nothing here acts on the world.

pub mod column;
pub mod progress;
pub mod rows;
mod held;
pub mod stands;
pub mod upkeep;
pub mod batch;
pub mod beside;
pub mod compare;
pub mod parked;
mod ahead;
mod follow;

use async_trait::async_trait;

use crate::envelope::StoredEvent;

pub use beside::{Care, Trouble};
pub use follow::follow;
pub use progress::{Progress, Reached};
pub use rows::{Key, Part, Row, Rows};
pub use stands::{create_checkpoints, prepare};
pub use upkeep::Keeper;

/// One screen's or question's rows, made from the service's own log.
#[async_trait]
pub trait View: Send + Sync + 'static {
    /// Permanent name, such as `open_opportunities`.
    fn name(&self) -> &'static str;

    /// Raised whenever tables or folding change; the view is then made again from the log.
    fn version(&self) -> i32;

    /// Every table it owns, without a schema.
    fn tables(&self) -> &'static [&'static str];

    /// Statements that create them, without a schema.
    fn create(&self) -> &'static str;

    /// Foresees rows that folding this event will ask for, so that those of a whole batch are read at
    /// once. Whatever is not foreseen is read when it is asked for.
    fn touches(&self, _rows: &mut Rows<'_>, _event: &StoredEvent) {}

    /// Folds one event into the rows. What it changed is undone where it fails.
    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError>;
}

/// Why an event could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The stored event is not what its name promises.
    #[error("the event cannot be read")]
    Unreadable(#[from] contracts::fact::Unreadable),
    /// What is stored around it, or a row it changes, cannot be read.
    #[error("the event's metadata, or its row, cannot be read")]
    Metadata(#[from] serde_json::Error),
    /// The rows could not be written.
    #[error("the rows cannot be written")]
    Database(#[from] sqlx::Error),
}
