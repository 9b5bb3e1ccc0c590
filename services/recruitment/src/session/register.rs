//! Who was there. What was recorded last counts; everything recorded before stays in the history.
//! Decides nothing.

use std::collections::BTreeMap;

use contracts::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Outcome};

/// What is recorded of a session that has taken place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// How long it lasted, in minutes.
    pub lasted_minutes: u16,
    /// Each person's mark.
    pub marks: BTreeMap<PersonId, Mark>,
}

/// What is recorded of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// How they took part.
    pub how: How,
    /// For how long, in minutes.
    pub minutes: u16,
    /// Whether they came without having been invited.
    pub walked_in: bool,
    /// Whether someone is to speak with them.
    pub follow_up: FollowUpState,
}

/// How someone took part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// From beginning to end.
    AttendedFull,
    /// For part of it.
    AttendedPart {
        /// For how long, in minutes.
        minutes: u16,
    },
    /// They sent word that they could not come.
    Apologies,
    /// They were expected and not seen.
    DidNotAttend,
}

/// How far a follow-up has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FollowUpState {
    /// Nobody needs to speak with them.
    NotNeeded,
    /// Someone is to speak with them.
    Open,
    /// Someone has.
    Done(Outcome),
}

impl How {
    /// For how long they were there, of a session that lasted so long, in minutes.
    pub fn minutes(self, lasted_minutes: u16) -> u16 {
        match self {
            Self::AttendedFull => lasted_minutes,
            Self::AttendedPart { minutes } => minutes,
            Self::Apologies | Self::DidNotAttend => 0,
        }
    }

    /// Whether they were there at all.
    pub fn was_there(self) -> bool {
        match self {
            Self::AttendedFull | Self::AttendedPart { .. } => true,
            Self::Apologies | Self::DidNotAttend => false,
        }
    }
}

impl Register {
    pub(super) fn after(mut self, event: &Event) -> Self {
        match *event {
            Event::Held { lasted_minutes, .. } => self.lasted_minutes = lasted_minutes,
            Event::AttendanceRecorded { person, how, minutes, walked_in, .. } => {
                let follow_up = FollowUpState::NotNeeded;
                self.marks.insert(person, Mark { how, minutes, walked_in, follow_up });
            }
            Event::AttendanceCorrected { person, how, minutes, .. } => {
                self.mark(person, |it| (it.how, it.minutes) = (how, minutes));
            }
            Event::FollowUpOpened { person, .. } => {
                self.mark(person, |it| it.follow_up = FollowUpState::Open);
            }
            Event::FollowUpDropped { person } => {
                self.mark(person, |it| it.follow_up = FollowUpState::NotNeeded);
            }
            Event::FollowUpDone { person, outcome, .. } => {
                self.mark(person, |it| it.follow_up = FollowUpState::Done(outcome));
            }
            Event::Planned(_)
            | Event::Confirmed {}
            | Event::Rescheduled { .. }
            | Event::Cancelled { .. } => {}
        }
        self
    }

    fn mark(&mut self, person: PersonId, change: impl FnOnce(&mut Mark)) {
        if let Some(mark) = self.marks.get_mut(&person) {
            change(mark);
        }
    }
}
