//! Why a piece of work can say no: the policy. Each variant's comment is the rule; its text is what
//! the person reads.

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with someone being asked.
    #[error("Nobody was asked for this yet.")]
    NotAsked,
    /// A piece of work is asked for once.
    #[error("This has been asked for already.")]
    AskedAlready,
    /// A record tells what was done, not what is planned.
    #[error("Record this once it has been done: its day is still to come.")]
    DayToCome,
    /// Nobody is asked for something by a day that has passed when they are asked.
    #[error("The day by which it is needed has to be the day it was asked for or later.")]
    DueBeforeAsked,
    /// Nothing is done before it was asked for.
    #[error("The day it was done has to be the day it was asked for or later.")]
    DoneBeforeAsked,
    /// Only what was done is accepted.
    #[error("This has not been done yet.")]
    NotDone,
    /// What was accepted stands as it was.
    #[error("This has been accepted, and stands as it was.")]
    Accepted,
    /// Nobody accepts their own work, nor has it accepted in their name.
    #[error("Someone else must accept this.")]
    SomeoneElseMustAccept,
    /// Work is accepted by someone who has looked at it.
    #[error("A person has to accept this.")]
    HumanMustAccept,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAsked => "work.not_asked",
            Self::AskedAlready => "work.asked_already",
            Self::DayToCome => "work.day_to_come",
            Self::DueBeforeAsked => "work.due_before_asked",
            Self::DoneBeforeAsked => "work.done_before_asked",
            Self::NotDone => "work.not_done",
            Self::Accepted => "work.accepted",
            Self::SomeoneElseMustAccept => "work.someone_else_must_accept",
            Self::HumanMustAccept => "work.human_must_accept",
        }
    }
}
