//! Why a session can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads, and never tells one person about another.

use jiff::Timestamp;

use crate::london::told;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with a plan.
    #[error("There is no such session yet.")]
    NotPlanned,
    /// A session is planned once; another time is a move.
    #[error("This session has been planned already.")]
    PlannedAlready,
    /// People have the papers before the session.
    #[error("The papers have to be there on the day of the session or before.")]
    PapersAfterSession,
    /// A session is moved to a time to come.
    #[error("The new time has already passed.")]
    StartPassed,
    /// What did not take place stays so.
    #[error("This session was cancelled.")]
    Cancelled,
    /// What has taken place is not cancelled, moved or announced.
    #[error("This session has taken place.")]
    HeldAlready,
    /// Who was there is known once it has begun.
    #[error("This session begins at {}. Who was there can be recorded after that.", told(*starts_at, zone))]
    NotStarted {
        /// When it begins.
        starts_at: Timestamp,
        /// The zone in which people are told it.
        zone: String,
    },
    /// Each person is marked once on a sheet.
    #[error("Someone is on this list twice.")]
    NamedTwice,
    /// Only those invited are expected; whoever came besides is marked so.
    #[error("Someone on this list was not invited. If they came, mark them as having walked in.")]
    NotInvited,
    /// Nobody walks in without coming.
    #[error("Someone marked as having walked in is marked as absent as well.")]
    WalkedInButAbsent,
    /// A part is shorter than the whole.
    #[error(
        "Part of the session is more than none of its {lasted_minutes} minutes and less than all."
    )]
    PartNotPart {
        /// How long it lasted.
        lasted_minutes: u16,
    },
    /// Only someone who was expected and not seen is followed up.
    #[error("Nobody needs to follow this up.")]
    NothingToFollowUp,
    /// What came of a follow-up stands.
    #[error("This has been followed up already.")]
    FollowedUpAlready,
    /// Speaking with someone is done by a person.
    #[error("A person has to speak with them.")]
    HumanMustCall,
    /// Nobody follows themselves up.
    #[error("Someone else must do this.")]
    SomeoneElseMustCall,
    /// A record that someone was reached tells what was done after the session, not what is planned.
    #[error(
        "Record this once the person has been reached: not before the session, nor ahead of time."
    )]
    NotReachedYet,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotPlanned => "session.not_planned",
            Self::PlannedAlready => "session.planned_already",
            Self::PapersAfterSession => "session.papers_after_session",
            Self::StartPassed => "session.start_passed",
            Self::Cancelled => "session.cancelled",
            Self::HeldAlready => "session.held_already",
            Self::NotStarted { .. } => "session.not_started",
            Self::NamedTwice => "session.named_twice",
            Self::NotInvited => "session.not_invited",
            Self::WalkedInButAbsent => "session.walked_in_but_absent",
            Self::PartNotPart { .. } => "session.part_not_part",
            Self::NothingToFollowUp => "session.nothing_to_follow_up",
            Self::FollowedUpAlready => "session.followed_up_already",
            Self::HumanMustCall => "session.human_must_call",
            Self::SomeoneElseMustCall => "session.someone_else_must_call",
            Self::NotReachedYet => "session.not_reached_yet",
        }
    }
}
