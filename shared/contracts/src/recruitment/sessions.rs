//! What others may rely on of sessions, who attended them, and work done without one. An absence
//! stands in no fact before a human has spoken with the person and found that it counts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{GroupId, PersonId, SessionId, WorkId};

/// How people take part in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everyone in one place.
    InPerson,
    /// Everyone from where they are.
    Online,
    /// Each as they like.
    Hybrid,
}

/// On whose side the reason for a cancellation lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// The trust's.
    Trust,
    /// Too few of those invited could come.
    Invited,
}

/// What kind of work was done without a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Reading a paper and saying what one thinks.
    ReadDocument,
    /// Going through something thoroughly, such as a policy or applications.
    Review,
    /// Anything else.
    Other,
}

/// What is known of one person and one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    /// There from beginning to end.
    Full,
    /// There for part of it.
    Part,
    /// They sent word that they could not come.
    Apologies,
    /// They were expected and not seen; a human has spoken with them, and it counts.
    DidNotAttend,
    /// Nothing: what was recorded before does not hold any more, and what does is not known yet.
    NotKnown,
}

/// A session is meant to take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Which session.
    pub session: SessionId,
    /// The group it is for, if any.
    pub group: Option<GroupId>,
    /// What it is called, in neutral words.
    pub title: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// The zone in which people are told it, such as `Europe/London`.
    pub zone: String,
    /// How long it is meant to last, in minutes.
    pub length_minutes: u16,
    /// How people take part.
    pub mode: Mode,
    /// Where, or how to get in.
    pub venue: String,
    /// Who is invited.
    pub invited: BTreeSet<PersonId>,
    /// The day by which people have its papers, if there are any.
    pub papers_due_on: Option<Date>,
}

/// A session takes place at another time, and has to be confirmed anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescheduled {
    /// Which session.
    pub session: SessionId,
    /// When it begins.
    pub starts_at: Timestamp,
    /// The zone in which people are told it.
    pub zone: String,
    /// How long it is meant to last, in minutes.
    pub length_minutes: u16,
    /// The day by which people have its papers, if there are any.
    pub papers_due_on: Option<Date>,
    /// Why it was moved, in words for those invited.
    pub reason: String,
    /// Who is to hear of it.
    pub invited: BTreeSet<PersonId>,
}

/// A session does not take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Which session.
    pub session: SessionId,
    /// The group it was for, if any.
    pub group: Option<GroupId>,
    /// The day on which it would have been.
    pub on: Date,
    /// How long it would have lasted, in minutes.
    pub length_minutes: u16,
    /// Why, in words for those invited.
    pub reason: String,
    /// On whose side the reason lies.
    pub by: CancelledBy,
    /// Whether those invited had less notice than the trust owes them.
    pub late: bool,
    /// The version of the rule that says so.
    pub rule_version: String,
    /// Who is to hear of it.
    pub invited: BTreeSet<PersonId>,
}

/// What holds of one person and one session from now on, whatever was told before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attended {
    /// Which session.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// The group it was for, if any.
    pub group: Option<GroupId>,
    /// On which day it was.
    pub on: Date,
    /// How they took part, if they did.
    pub how: Attendance,
    /// For how long, in minutes; 0 for whoever was not there.
    pub minutes: u16,
}

/// Work that someone did without a session was accepted; it may be paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkAccepted {
    /// Which piece of work.
    pub work: WorkId,
    /// Who did it.
    pub person: PersonId,
    /// The group it was for, if any.
    pub group: Option<GroupId>,
    /// What kind of work it was.
    pub kind: TaskKind,
    /// What it was, in neutral words.
    pub what: String,
    /// On which day it was finished.
    pub on: Date,
    /// How long it took, in minutes, where that was noted.
    pub minutes: Option<u16>,
    /// Who accepted it, as they can approve nothing further of it where that asks for another.
    pub accepted_by: PersonId,
}
