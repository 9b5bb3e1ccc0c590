//! What a claim is for, and what this service knows of it by what others told: that the person took
//! part, on which day, for how long. Nobody claims on their own word alone.

use contracts::id::{OpportunityId, SessionId, WorkId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::rate_card::Measure;

/// What is claimed for. One claim is for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Activity {
    /// A session attended.
    Session {
        /// Which.
        session: SessionId,
    },
    /// A piece of work done without a session.
    Work {
        /// Which.
        work: WorkId,
    },
}

impl Activity {
    /// The session or the piece of work.
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Session { session } => session.uuid(),
            Self::Work { work } => work.uuid(),
        }
    }
}

/// Where a session took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// In a room.
    InPerson,
    /// Online or by telephone.
    Remote,
    /// As each liked.
    Mixed,
}

/// What is known: the person attended, or their work was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The day of the activity. Its rates are that day's.
    pub on: Date,
    /// How long the person attended, or how much they did.
    pub measure: Measure,
    /// Where it took place, for a session.
    pub mode: Option<Mode>,
    /// The code of the rate it is paid by; none where expenses only were offered.
    pub rate: Option<String>,
    /// The opportunity it belongs to, where it belongs to one.
    pub opportunity: Option<OpportunityId>,
}
