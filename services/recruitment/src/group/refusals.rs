//! Why a group can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads.

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with its establishment.
    #[error("There is no such group yet.")]
    NotEstablished,
    /// A group is established once.
    #[error("This group has been established already.")]
    EstablishedAlready,
    /// A group is to be looked at anew on a day to come.
    #[error("The day on which the group is reviewed has to be today or later.")]
    ReviewPassed,
    /// What has closed stays as it was.
    #[error("This group has closed.")]
    Closed,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotEstablished => "group.not_established",
            Self::EstablishedAlready => "group.established_already",
            Self::ReviewPassed => "group.review_passed",
            Self::Closed => "group.closed",
        }
    }
}
