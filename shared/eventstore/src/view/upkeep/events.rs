//! What people have done about a view. Kept in the service's own log, and for ever: what was skipped
//! stays skipped however often the view is made again.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What can have happened to a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// One event is left out of its rows for ever.
    #[serde(rename = "view.event_skipped.v1")]
    EventSkipped {
        /// The view.
        view: String,
        /// Where the event stands in the log.
        position: i64,
        /// Which it is.
        event_id: Uuid,
        /// Why; nothing personal.
        reason: String,
    },
    /// A stream it passed over was folded from where it was parked.
    #[serde(rename = "view.stream_resumed.v1")]
    StreamResumed {
        /// The view.
        view: String,
        /// The stream's type.
        stream_type: String,
        /// The stream.
        stream_id: Uuid,
        /// The first of its events that was passed over.
        from_version: i64,
    },
    /// Other rows are read from now on.
    #[serde(rename = "view.switched.v1")]
    Switched {
        /// The view.
        view: String,
        /// Which generation of its rows.
        generation: i32,
        /// The version of the code that made them.
        version: i32,
    },
    /// Rows that were read before are gone.
    #[serde(rename = "view.retired.v1")]
    Retired {
        /// The view.
        view: String,
        /// Which generation of its rows.
        generation: i32,
    },
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        match self {
            Self::EventSkipped { .. } => "view.event_skipped.v1",
            Self::StreamResumed { .. } => "view.stream_resumed.v1",
            Self::Switched { .. } => "view.switched.v1",
            Self::Retired { .. } => "view.retired.v1",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}
