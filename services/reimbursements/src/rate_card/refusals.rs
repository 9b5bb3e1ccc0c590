//! Why a rate card can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads, and never tells one person about another.

use eventstore::append::Reason;

use super::Nonsense;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with a draft.
    #[error("There is no such rate card yet.")]
    NotDrafted,
    /// A card is drafted once; other figures are another card.
    #[error("This rate card has been drafted already. For other figures, draft another one.")]
    AlreadyDrafted,
    /// Figures by which nobody could be paid are not proposed.
    #[error("Nobody could be paid by these figures: {}.", sentences(found))]
    Nonsense {
        /// Everything that does not fit, in the order of the form.
        found: Vec<Nonsense>,
    },
    /// Nobody approves figures they had a hand in, nor has them approved in their name.
    #[error("Someone else must approve this.")]
    SomeoneElseMustApprove,
    /// Figures are fixed by one approval.
    #[error("This has been approved, and its figures are fixed.")]
    AlreadyApproved,
    /// Only what was approved is put in force.
    #[error("This has not been approved yet.")]
    NotApproved,
    /// People rely on the days they were told, so a card is put in force once.
    #[error("This is in force already. To pay by other figures, put another rate card in force.")]
    AlreadyInForce,
    /// A card holds for one day at least.
    #[error("The last day cannot lie before the first.")]
    EndsBeforeItBegins,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotDrafted => "rate_card.not_drafted",
            Self::AlreadyDrafted => "rate_card.already_drafted",
            Self::Nonsense { .. } => "rate_card.nonsense",
            Self::SomeoneElseMustApprove => "rate_card.someone_else_must_approve",
            Self::AlreadyApproved => "rate_card.already_approved",
            Self::NotApproved => "rate_card.not_approved",
            Self::AlreadyInForce => "rate_card.already_in_force",
            Self::EndsBeforeItBegins => "rate_card.ends_before_it_begins",
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        let Self::Nonsense { found } = self else { return Vec::new() };
        let reason = |it: &Nonsense| Reason { code: it.code().to_owned(), text: it.to_string() };
        found.iter().map(reason).collect()
    }
}

fn sentences(found: &[Nonsense]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
