//! What can have happened to a payment run. Stored names are permanent; each has a sample in
//! `samples/`. No account stands in any of them.

use contracts::id::ClaimId;
use contracts::{Money, PersonId};
use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::run::Control;
use crate::payment::{Kind, PaymentFailure};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A run was planned.
    #[serde(rename = "payment_batch.opened.v1")]
    Opened {
        /// For which day.
        run_on: Date,
    },
    /// A part of a claim was taken into it.
    #[serde(rename = "payment_batch.part_added.v1")]
    PartAdded {
        /// Which claim.
        claim: ClaimId,
        /// Which part of it.
        part: u8,
        /// Who is paid.
        person: PersonId,
        /// Of which kind it is.
        kind: Kind,
        /// How much.
        amount: Money,
        /// What stands beside it on the person's bank statement; neutral.
        reference: String,
        /// Whether the person said yes to two involvement payments in one run.
        agreed_to_share: bool,
    },
    /// Nothing more is added.
    #[serde(rename = "payment_batch.locked.v1")]
    Locked {
        /// What it adds up to.
        control: Control,
    },
    /// The file was written, to go to the bank.
    #[serde(rename = "payment_batch.exported.v1")]
    Exported {
        /// Its name, which tells nothing.
        file_name: String,
        /// Its keyed hash.
        file_hash: String,
        /// What it adds up to, as counted in the file.
        control: Control,
    },
    /// One part was paid.
    #[serde(rename = "payment_batch.part_paid.v1")]
    PartPaid {
        /// Which claim.
        claim: ClaimId,
        /// Which part of it.
        part: u8,
        /// On which day.
        paid_on: Date,
    },
    /// The payment of one part did not arrive; it can go in another run.
    #[serde(rename = "payment_batch.part_failed.v1")]
    PartFailed {
        /// Which claim.
        claim: ClaimId,
        /// Which part of it.
        part: u8,
        /// Why, as far as the bank says.
        reason: PaymentFailure,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "payment_batch.opened.v1",
            Self::PartAdded { .. } => "payment_batch.part_added.v1",
            Self::Locked { .. } => "payment_batch.locked.v1",
            Self::Exported { .. } => "payment_batch.exported.v1",
            Self::PartPaid { .. } => "payment_batch.part_paid.v1",
            Self::PartFailed { .. } => "payment_batch.part_failed.v1",
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
    use super::super::PaymentBatch;
    use super::super::samples::*;
    use super::*;
    use crate::story::every_event_has_its_sample;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Opened { .. } => Some(expenses_added()),
            Event::PartAdded { .. } => Some(locked()),
            Event::Locked { .. } => Some(exported()),
            Event::Exported { .. } => Some(paid(EXPENSES)),
            Event::PartPaid { .. } => Some(failed(FEE)),
            Event::PartFailed { .. } => None,
        };
        std::iter::successors(Some(opened()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        every_event_has_its_sample::<PaymentBatch>(&one_of_each());
    }
}
