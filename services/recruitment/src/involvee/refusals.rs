//! Why a person's entry can say no: the policy. Each variant's comment is the rule; its text is what
//! the person reads, and never tells one person about another.

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with registering.
    #[error("Nobody is registered here yet.")]
    NotRegistered,
    /// A person registers once; what is different later is changed.
    #[error("This person is registered already. Change what is different instead.")]
    AlreadyRegistered,
    /// People say as whom they take part, as some places are for some.
    #[error(
        "Say whether you use services, care for someone who does, or take part as a member of the public."
    )]
    ConstituencyLacking,
    /// Nobody under 18 is registered without a parent's or guardian's consent.
    #[error("For someone of 16 or 17, a parent or guardian has to agree first.")]
    GuardianConsentLacking,
    /// A consent has been given, not planned.
    #[error(
        "Record the consent of a parent or guardian once it has been given: its day is still to come."
    )]
    GuardianConsentToCome,
    /// That someone has turned 18 is confirmed by another person.
    #[error("Someone else has to confirm that this person has turned 18.")]
    SomeoneElseMustConfirmAge,
    /// An account is linked to a person on two different pieces of evidence.
    #[error("Two different pieces of evidence are needed to link an account.")]
    EvidenceLacking,
    /// An account acts for one person; nobody links one to themselves, nor their own to another.
    #[error("This account cannot be linked to this person.")]
    AccountCannotBeLinked,
    /// The account someone registered with stays theirs.
    #[error("This person registered with this account, so it cannot be taken from them.")]
    OwnAccount,
    /// A person decides for themselves who supports them, and is not their own supporter.
    #[error("This has to be decided by the person who is supported, and name someone else.")]
    SupporterNotTheirsToName,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "involvee.not_registered",
            Self::AlreadyRegistered => "involvee.already_registered",
            Self::ConstituencyLacking => "involvee.constituency_lacking",
            Self::GuardianConsentLacking => "involvee.guardian_consent_lacking",
            Self::GuardianConsentToCome => "involvee.guardian_consent_to_come",
            Self::SomeoneElseMustConfirmAge => "involvee.someone_else_must_confirm_age",
            Self::EvidenceLacking => "involvee.evidence_lacking",
            Self::AccountCannotBeLinked => "involvee.account_cannot_be_linked",
            Self::OwnAccount => "involvee.own_account",
            Self::SupporterNotTheirsToName => "involvee.supporter_not_theirs_to_name",
        }
    }
}
