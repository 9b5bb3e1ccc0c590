//! ROOM: the life of one session: a meeting or other occasion people attend, and who was there.
//! Nothing here can read a clock, a database or a sealed value. A correction never deletes what was
//! recorded; and nobody is counted as absent before a human has spoken with them.
//!
//! ```text
//! (nothing) -- plan --> Planned -- confirm --> Confirmed
//!                       Planned <-- reschedule -- Planned, Confirmed
//!                       Planned, Confirmed -- record_attendance --> Held
//!                       Planned, Confirmed -- cancel --> Cancelled
//! record_attendance: Held, to correct or complete it
//! follow_up: Held, for each person who was expected and not seen
//! ```

pub mod events;
pub mod refusals;
pub mod meeting;
pub mod register;
pub mod plan;
pub mod confirm;
pub mod reschedule;
pub mod cancel;
pub mod record_attendance;
pub mod follow_up;
#[cfg(test)]
mod samples;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use cancel::{Cancel, Cancellation, CancelledBy, LateRule};
pub use confirm::Confirm;
pub use events::Event;
pub use follow_up::{FollowUp, Outcome};
pub use meeting::{Meeting, Mode};
pub use plan::Plan;
pub use record_attendance::{Entry, RecordAttendance};
pub use refusals::Refusal;
pub use register::{FollowUpState, How, Mark, Register};
pub use reschedule::Reschedule;

/// The state: which stage it is at, and what the rules need to know there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Session {
    /// Nothing is planned.
    #[default]
    NotPlanned,
    /// It is meant to take place.
    Planned(Box<Meeting>),
    /// It will take place.
    Confirmed(Box<Meeting>),
    /// It has taken place.
    Held(Box<Meeting>, Register),
    /// It did not take place.
    Cancelled(Box<Meeting>, Cancellation),
}

/// What can be asked of a session.
#[derive(Clone, Debug)]
pub enum Command {
    /// Plan it.
    Plan(Plan),
    /// Say that it will take place.
    Confirm(Confirm),
    /// Move it.
    Reschedule(Reschedule),
    /// Say that it will not take place.
    Cancel(Cancel),
    /// Say who was there, for all at once.
    RecordAttendance(RecordAttendance),
    /// Say what came of speaking with someone who was not seen.
    FollowUp(FollowUp),
}

impl Aggregate for Session {
    const TYPE: &'static str = "session";
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
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::Plan(it) => it.decide(self, &occasion),
            Command::Confirm(it) => it.decide(self, &occasion),
            Command::Reschedule(it) => it.decide(self, &occasion),
            Command::Cancel(it) => it.decide(self, &occasion),
            Command::RecordAttendance(it) => it.decide(self, &occasion),
            Command::FollowUp(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        *self = std::mem::take(self).after(event);
    }
}

impl Session {
    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::Planned(meeting), Self::NotPlanned) => Self::Planned(meeting),
            (Event::Confirmed {}, Self::Planned(meeting)) => Self::Confirmed(meeting),
            (
                Event::Rescheduled { starts_at, zone, length_minutes, papers_due_on, .. },
                Self::Planned(meeting) | Self::Confirmed(meeting),
            ) => Self::Planned(Box::new(Meeting {
                starts_at,
                zone,
                length_minutes,
                papers_due_on,
                ..*meeting
            })),
            (
                Event::Cancelled { reason, by, .. },
                Self::Planned(meeting) | Self::Confirmed(meeting),
            ) => Self::Cancelled(meeting, Cancellation { reason, by }),
            (
                Event::Held { lasted_minutes, .. },
                Self::Planned(meeting) | Self::Confirmed(meeting),
            ) => Self::Held(meeting, Register { lasted_minutes, ..Register::default() }),
            (
                event @ (Event::Held { .. }
                | Event::AttendanceRecorded { .. }
                | Event::AttendanceCorrected { .. }
                | Event::FollowUpOpened { .. }
                | Event::FollowUpDropped { .. }
                | Event::FollowUpDone { .. }),
                Self::Held(meeting, register),
            ) => Self::Held(meeting, register.after(&event)),
            // The rules produce no such history; it changes nothing.
            (
                Event::Planned(_)
                | Event::Confirmed {}
                | Event::Rescheduled { .. }
                | Event::Cancelled { .. }
                | Event::Held { .. }
                | Event::AttendanceRecorded { .. }
                | Event::AttendanceCorrected { .. }
                | Event::FollowUpOpened { .. }
                | Event::FollowUpDropped { .. }
                | Event::FollowUpDone { .. },
                stage,
            ) => stage,
        }
    }
}

impl Room for Session {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Planned(_)
            | Event::Confirmed {}
            | Event::Rescheduled { .. }
            | Event::Cancelled { .. }
            | Event::Held { .. }
            | Event::AttendanceRecorded { .. }
            | Event::AttendanceCorrected { .. }
            | Event::FollowUpOpened { .. }
            | Event::FollowUpDropped { .. }
            | Event::FollowUpDone { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Planned(_)
            | Event::Confirmed {}
            | Event::Rescheduled { .. }
            | Event::Cancelled { .. }
            | Event::Held { .. }
            | Event::AttendanceRecorded { .. }
            | Event::AttendanceCorrected { .. }
            | Event::FollowUpOpened { .. }
            | Event::FollowUpDropped { .. }
            | Event::FollowUpDone { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::PlannedAlready
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;

    #[test]
    fn a_session_holds_no_key_and_waits_for_no_timer() {
        for event in until_recorded() {
            assert_eq!(Session::unique_keys(&event), []);
            assert_eq!(Session::timers(&event), []);
        }
        assert!(Session::due("start").is_none());
    }
}
