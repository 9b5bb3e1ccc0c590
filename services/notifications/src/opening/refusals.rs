//! Why an opening can say no: the policy. Each variant's comment is the rule; its text is what the
//! reader sees.

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is recorded once stays as it is; reading again is another opening.
    #[error("This reading is on record already. Ask again to read again.")]
    RecordedAlready,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::RecordedAlready => "opening.recorded_already",
        }
    }
}
