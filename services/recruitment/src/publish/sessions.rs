//! What others hear of sessions and work. That someone was expected and not seen is told only once a
//! human has spoken with them and it counts; until then others know nothing of them and that session.

use contracts::recruitment::{
    Attendance, Attended, Cancelled, Fact, Planned, Rescheduled, WorkAccepted,
};
use contracts::{SessionId, WorkId};

use crate::session::{How, Meeting, Outcome};
use crate::{session, work};

pub(super) fn of_session(session: SessionId, event: session::Event) -> Option<Fact> {
    use session::Event;

    match event {
        Event::Planned(meeting) => Some(planned(session, *meeting)),
        Event::Confirmed {} => Some(Fact::SessionConfirmed { session }),
        Event::Rescheduled { starts_at, zone, length_minutes, papers_due_on, reason, invited } => {
            Some(Fact::SessionRescheduled(Box::new(Rescheduled {
                session,
                starts_at,
                zone,
                length_minutes,
                papers_due_on,
                reason,
                invited,
            })))
        }
        Event::Cancelled { reason, by, late, rule_version, group, on, length_minutes, invited } => {
            Some(Fact::SessionCancelled(Box::new(Cancelled {
                session,
                group,
                on,
                length_minutes,
                reason,
                by,
                late,
                rule_version,
                invited,
            })))
        }
        Event::AttendanceRecorded { person, group, on, how, minutes, walked_in: _ } => {
            let how = known(how)?;
            let attended = Attended { session, person, group, on, how, minutes };
            Some(Fact::AttendanceRecorded(attended))
        }
        Event::AttendanceCorrected { person, group, on, how, minutes, .. } => {
            // Others may have heard that they were there: that at least does not hold any more.
            let how = known(how).unwrap_or(Attendance::NotKnown);
            let attended = Attended { session, person, group, on, how, minutes };
            Some(Fact::AttendanceCorrected(attended))
        }
        Event::FollowUpDone { person, group, on, outcome: Outcome::Counts, contact: _ } => {
            let how = Attendance::DidNotAttend;
            let attended = Attended { session, person, group, on, how, minutes: 0 };
            Some(Fact::AttendanceRecorded(attended))
        }
        Event::FollowUpDone { outcome: Outcome::Excused, .. }
        | Event::FollowUpOpened { .. }
        | Event::FollowUpDropped { .. }
        | Event::Held { .. } => None,
    }
}

fn planned(session: SessionId, meeting: Meeting) -> Fact {
    let Meeting {
        group,
        title,
        starts_at,
        zone,
        length_minutes,
        mode,
        venue,
        invited,
        papers_due_on,
    } = meeting;
    Fact::SessionPlanned(Box::new(Planned {
        session,
        group,
        title,
        starts_at,
        zone,
        length_minutes,
        mode,
        venue,
        invited,
        papers_due_on,
    }))
}

/// What may be told at once; `None` of an absence, which is not.
fn known(how: How) -> Option<Attendance> {
    match how {
        How::AttendedFull => Some(Attendance::Full),
        How::AttendedPart { .. } => Some(Attendance::Part),
        How::Apologies => Some(Attendance::Apologies),
        How::DidNotAttend => None,
    }
}

pub(super) fn of_work(work: WorkId, event: work::Event) -> Option<Fact> {
    match event {
        work::Event::Accepted { person, group, kind, what, done_on, minutes, accepted_by } => {
            Some(Fact::WorkAccepted(Box::new(WorkAccepted {
                work,
                person,
                group,
                kind,
                what,
                on: done_on,
                minutes,
                accepted_by,
            })))
        }
        work::Event::Asked(_) | work::Event::Done { .. } => None,
    }
}
