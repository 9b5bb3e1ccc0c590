//! Why a message can say no: the policy. Each variant's comment is the rule; its text is what the
//! member of staff reads.

use jiff::Timestamp;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with a fact that somebody is to be told of.
    #[error("There is no such message.")]
    NotRequested,
    /// One fact asks for one message of a kind to a person, and its content stands.
    #[error("This message has been asked for already, about something else.")]
    AlreadyRequested,
    /// While a message is being sent, nothing else is done with it.
    #[error("This message is on its way. Please look again in a few minutes.")]
    OnItsWay,
    /// What came of an attempt is recorded after it was begun.
    #[error("Nobody has begun to send this message.")]
    NotAttempted,
    /// What is told of an earlier attempt changes nothing about a later one.
    #[error("This message has been sent again since.")]
    LaterAttempt,
    /// What may have reached someone is sent again by a human alone.
    #[error("Someone has to decide whether this message is sent again.")]
    OnlyAHumanDecides,
    /// What is tried again by itself, or removed, has its time.
    #[error("It is not time for this yet: it can be done from {due_at}.")]
    NotYetTime {
        /// From when.
        due_at: Timestamp,
    },
    /// What is held is released, not sent again: what holds it back may still be there.
    #[error("This message is held. Tell the person, or release it.")]
    Held,
    /// Only what is held is released.
    #[error("This message is not held.")]
    NotHeld,
    /// What the person was told needs nobody to tell them.
    #[error("The person has been told already.")]
    NothingToSettle,
    /// What is over is told to nobody as if it were not.
    #[error("What this message would tell is over, so it is given to nobody any more.")]
    SetAside,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRequested => "message.not_requested",
            Self::AlreadyRequested => "message.already_requested",
            Self::OnItsWay => "message.on_its_way",
            Self::NotAttempted => "message.not_attempted",
            Self::LaterAttempt => "message.later_attempt",
            Self::OnlyAHumanDecides => "message.only_a_human_decides",
            Self::NotYetTime { .. } => "message.not_yet_time",
            Self::Held => "message.held",
            Self::NotHeld => "message.not_held",
            Self::NothingToSettle => "message.nothing_to_settle",
            Self::SetAside => "message.set_aside",
        }
    }
}
