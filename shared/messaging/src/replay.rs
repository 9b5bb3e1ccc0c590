//! What a reader asks a publisher for when its stream lost messages, and how the answer is told. Core
//! NATS: whatever goes astray is asked for again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::fact::Mark;

/// The header by which an answer names what it answers.
pub(crate) const REQUEST: &str = "replay-request";
/// The header of what closes an answer: how many messages were told.
pub(crate) const END: &str = "replay-end";

/// What is asked for: all messages behind `after`, up to `up_to`, as many as one answer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Named in the answer.
    pub(crate) request: Uuid,
    /// The log that was heard, and the chain hash at `after`: another history is not told as if it
    /// were this one.
    pub(crate) log_id: Option<Uuid>,
    pub(crate) chain_hash: Option<String>,
    pub(crate) after: Mark,
    pub(crate) up_to: Mark,
}
