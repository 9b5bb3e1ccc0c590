//! Why a setting can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads.

use eventstore::append::Reason;

use super::Nonsense;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What people relied on stays as it was, so no version begins in the past.
    #[error("This can hold from today or a later day, not from one that has passed.")]
    BeginsInThePast,
    /// A stream is one setting's.
    #[error("These values belong to another setting.")]
    OtherSetting,
    /// Values that nobody could keep are not put in force.
    #[error("These values cannot hold: {}.", sentences(found))]
    Nonsense {
        /// Everything that does not fit, in the order of the form.
        found: Vec<Nonsense>,
    },
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BeginsInThePast => "setting.begins_in_the_past",
            Self::OtherSetting => "setting.other_setting",
            Self::Nonsense { .. } => "setting.nonsense",
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
