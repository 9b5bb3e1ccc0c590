//! Why it can be said no: the policy. Each variant's comment is the rule; its text is what the person
//! reads.

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everyone says for themselves where their money goes.
    #[error("These bank details belong to somebody else's payments.")]
    NotTheirs,
    /// A supporter helps with much, but never with where money goes.
    #[error(
        "Bank details come from the person themselves: online, or told to the involvement team on \
         paper, by telephone or face to face."
    )]
    OnlyByThePerson,
    /// What staff typed is right once the person has heard it.
    #[error("Please read the bank details back to the person first, and confirm that you did.")]
    NotReadBack,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotTheirs => "payee.not_theirs",
            Self::OnlyByThePerson => "payee.only_by_the_person",
            Self::NotReadBack => "payee.not_read_back",
        }
    }
}
