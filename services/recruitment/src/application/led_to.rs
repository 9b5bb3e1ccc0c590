//! The place that was offered on an application, and what has come of it so far. What the person was
//! told of the panel's decision stays beside it, so that the reason is never lost. Decides nothing.

use contracts::AppointmentId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Application, Outcome, Stage};

/// A place an application led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedTo {
    /// What the person was told before, and why.
    pub outcome: Outcome,
    /// By which appointment.
    pub appointment: AppointmentId,
    /// What has come of it.
    pub place: Place,
}

/// What has come of the place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// It waits for the person's answer.
    Offered,
    /// The offer came to nothing.
    NotTaken(NotTaken),
    /// The person holds it.
    Held,
    /// It is over.
    Ended {
        /// The last day.
        last_day: Date,
    },
}

/// How an offer came to nothing. Names are permanent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotTaken {
    /// The person said no.
    Declined {},
    /// Nobody heard from the person, and a human let it lapse.
    Lapsed {
        /// On which day.
        on: Date,
    },
    /// The trust took it back.
    TakenBack {
        /// Why, in words for the person and about the place.
        reason: String,
    },
}

impl Stage {
    /// What the person was told of the panel's decision.
    pub(super) fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Decided(outcome) => Some(outcome),
            Self::LedTo(it) => Some(&it.outcome),
            Self::Undecided | Self::Withdrawn { .. } | Self::OpportunityWithdrawn { .. } => None,
        }
    }
}

impl Application {
    /// Where nobody was told anything, no place follows; the rules produce no such history.
    pub(super) fn led_to(&mut self, appointment: AppointmentId, place: Place) {
        match self {
            Self::NotSubmitted => {}
            Self::Submitted(submission) => {
                if let Some(outcome) = submission.stage.outcome().cloned() {
                    submission.stage = Stage::LedTo(LedTo { outcome, appointment, place });
                }
            }
        }
    }
}
