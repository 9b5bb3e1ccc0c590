//! What can have happened to where someone's payments go. Stored names are permanent; each has a
//! sample in `samples/`. Whose it is, the stream tells; who typed it, the envelope.

use contracts::Sealed;
use contracts::personal::BankAccount;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Payments go to this account from now on.
    #[serde(rename = "payee.account_given.v1")]
    AccountGiven {
        /// Sealed for this person.
        account: Sealed<BankAccount>,
        /// Whether staff who typed it read it back to the person; always so where staff typed it.
        read_back: bool,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AccountGiven { .. } => "payee.account_given.v1",
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.name().rsplit_once(".v").map_or("1", |(_, version)| version).to_owned()
    }
}

#[cfg(test)]
mod stories {
    use super::super::Payee;
    use super::super::samples::*;
    use super::*;
    use crate::story::every_event_has_its_sample;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        let next = |event: &Event| match event {
            Event::AccountGiven { .. } => None,
        };
        let one_of_each: Vec<_> =
            std::iter::successors(Some(given_by_the_person()), next).collect();
        every_event_has_its_sample::<Payee>(&one_of_each);
    }
}
