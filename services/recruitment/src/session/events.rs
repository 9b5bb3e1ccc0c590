//! What can have happened to a session. Stored names are permanent; each has a sample in `samples/`.
//! Who acted, when and under which authority stands in the envelope: so a correction tells who made
//! it, when, and what stood there before.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::id::GroupId;
use cqrs_es::DomainEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CancelledBy, How, Meeting, Outcome};
use crate::contacted::Contacted;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It is meant to take place.
    #[serde(rename = "session.planned.v1")]
    Planned(Box<Meeting>),
    /// It will take place.
    #[serde(rename = "session.confirmed.v1")]
    Confirmed {},
    /// It takes place at another time.
    #[serde(rename = "session.rescheduled.v1")]
    Rescheduled {
        /// When it begins.
        starts_at: Timestamp,
        /// The zone in which people are told it.
        zone: String,
        /// How long it is meant to last, in minutes.
        length_minutes: u16,
        /// The day by which people have its papers, if there are any.
        papers_due_on: Option<Date>,
        /// Why it was moved, in words for those invited.
        reason: String,
        /// Who is to hear of it.
        invited: BTreeSet<PersonId>,
    },
    /// It does not take place.
    #[serde(rename = "session.cancelled.v1")]
    Cancelled {
        /// Why, in words for those invited.
        reason: String,
        /// On whose side the reason lies.
        by: CancelledBy,
        /// Whether those invited had less notice than the trust owes them.
        late: bool,
        /// The version of the rule that says so.
        rule_version: String,
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// The day on which it would have been.
        on: Date,
        /// How long it would have lasted, in minutes.
        length_minutes: u16,
        /// Who is to hear of it.
        invited: BTreeSet<PersonId>,
    },
    /// It has taken place. Recorded again where how long it lasted was corrected.
    #[serde(rename = "session.held.v1")]
    Held {
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// On which day.
        on: Date,
        /// How long it lasted, in minutes.
        lasted_minutes: u16,
    },
    /// One person was there, or was not.
    #[serde(rename = "session.attendance_recorded.v1")]
    AttendanceRecorded {
        /// Who.
        person: PersonId,
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// On which day.
        on: Date,
        /// How.
        how: How,
        /// For how long they were there, in minutes.
        minutes: u16,
        /// Whether they came without having been invited.
        walked_in: bool,
    },
    /// What was recorded of one person was wrong.
    #[serde(rename = "session.attendance_corrected.v1")]
    AttendanceCorrected {
        /// Who.
        person: PersonId,
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// On which day.
        on: Date,
        /// What had been recorded.
        was: How,
        /// The minutes that had been recorded.
        was_minutes: u16,
        /// What is right.
        how: How,
        /// For how long they were there, in minutes.
        minutes: u16,
    },
    /// Someone was expected and not seen: a human is to speak with them. Nothing is sent to them, and
    /// it does not count, until that is done.
    #[serde(rename = "session.follow_up_opened.v1")]
    FollowUpOpened {
        /// Who.
        person: PersonId,
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// On which day it was.
        on: Date,
    },
    /// They had been there after all, or had sent word: nobody needs to speak with them.
    #[serde(rename = "session.follow_up_dropped.v1")]
    FollowUpDropped {
        /// Who.
        person: PersonId,
    },
    /// A human has spoken with them.
    #[serde(rename = "session.follow_up_done.v1")]
    FollowUpDone {
        /// Who.
        person: PersonId,
        /// The group it was for, if any.
        group: Option<GroupId>,
        /// On which day it was.
        on: Date,
        /// How and when they were reached.
        contact: Contacted,
        /// Whether it counts.
        outcome: Outcome,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned(_) => "session.planned.v1",
            Self::Confirmed {} => "session.confirmed.v1",
            Self::Rescheduled { .. } => "session.rescheduled.v1",
            Self::Cancelled { .. } => "session.cancelled.v1",
            Self::Held { .. } => "session.held.v1",
            Self::AttendanceRecorded { .. } => "session.attendance_recorded.v1",
            Self::AttendanceCorrected { .. } => "session.attendance_corrected.v1",
            Self::FollowUpOpened { .. } => "session.follow_up_opened.v1",
            Self::FollowUpDropped { .. } => "session.follow_up_dropped.v1",
            Self::FollowUpDone { .. } => "session.follow_up_done.v1",
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.name().rsplit_once(".v").map_or("1", |(_, version)| version).to_owned()
    }
}

#[cfg(test)]
mod stories {
    use super::super::Session;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Planned(_) => Some(Event::Confirmed {}),
            Event::Confirmed {} => Some(rescheduled()),
            Event::Rescheduled { .. } => Some(cancelled(true)),
            Event::Cancelled { .. } => Some(held(120)),
            Event::Held { .. } => Some(recorded(ANA, How::AttendedPart { minutes: 45 }, 45)),
            Event::AttendanceRecorded { .. } => Some(corrected(
                ANA,
                (How::AttendedPart { minutes: 45 }, 45),
                (How::AttendedFull, 120),
            )),
            Event::AttendanceCorrected { .. } => Some(follow_up_opened(BEN)),
            Event::FollowUpOpened { .. } => Some(Event::FollowUpDropped { person: BEN }),
            Event::FollowUpDropped { .. } => Some(followed_up(BEN, Outcome::Excused)),
            Event::FollowUpDone { .. } => None,
        };
        std::iter::successors(Some(planned()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Session>(one_of_each());
    }
}
