//! What is wrong with an advert as it stands in the files: every reason, and the fields of the draft
//! that stay empty because of it, so that nobody is told to fill in what was filled in wrongly.

use std::collections::BTreeSet;

/// Everything that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flaws {
    reasons: Vec<String>,
    unread: BTreeSet<String>,
}

impl Flaws {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Every reason, as sentences.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Notes a reason that concerns no one field.
    pub fn reason(&mut self, reason: impl Into<String>) {
        self.reasons.push(reason.into());
    }

    /// Notes a reason why a field of the draft stays empty.
    pub fn unread(&mut self, field: &str, reason: impl Into<String>) {
        self.unread.insert(field.to_owned());
        self.reason(reason);
    }

    /// Whether a lack, by its permanent name, only repeats that a field could not be read.
    pub fn explain(&self, lack: &str) -> bool {
        let field = if lack == "minimum_age" { "minimum_age_years" } else { lack };
        self.unread.contains(field)
    }

    /// Takes in what was found elsewhere.
    pub(super) fn join(&mut self, other: &Self) {
        self.reasons.extend(other.reasons.iter().cloned());
        self.unread.extend(other.unread.iter().cloned());
    }
}
