//! What can have happened to a claim. Stored names are permanent; each has a sample in `samples/`.
//! Who acted and when stands in the envelope; people are named here where a later rule, or whoever
//! tells the person of it, asks for them.

use std::collections::BTreeSet;

use contracts::id::PaymentBatchId;
use contracts::{Money, PersonId, RateCardId};
use cqrs_es::DomainEvent;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::answer_query::Recorded;
use super::evidence::{Activity, Evidence};
use super::lines::Line;
use crate::payment::{Part, PaymentFailure};
use crate::rate_card::Rates;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Someone claimed.
    #[serde(rename = "claim.submitted.v1")]
    Submitted(Box<Submitted>),
    /// An approver asked about some lines. All others go on.
    #[serde(rename = "claim.queried.v1")]
    Queried {
        /// Whose claim it is.
        person: PersonId,
        /// What it is for.
        activity: Activity,
        /// On which day that was.
        activity_on: Date,
        /// Which lines.
        lines: BTreeSet<u8>,
        /// A neutral question, in words for the person; names and describes nobody.
        question: String,
    },
    /// A question was answered, and its line waits to be decided again.
    #[serde(rename = "claim.query_answered.v1")]
    QueryAnswered {
        /// Whose claim it is.
        person: PersonId,
        /// Which line.
        line: u8,
        /// What was said.
        answer: Recorded,
        /// Everyone who had a hand in the answer. None may approve.
        authors: BTreeSet<PersonId>,
        /// What all expense lines come to now.
        expenses: Money,
        /// What all involvement payment lines come to now.
        payments: Money,
    },
    /// An approver decided lines.
    #[serde(rename = "claim.lines_decided.v1")]
    LinesDecided {
        /// Whose claim it is.
        person: PersonId,
        /// What it is for.
        activity: Activity,
        /// On which day that was.
        activity_on: Date,
        /// Lines that will be paid once they are authorised.
        approved: Vec<ApprovedLine>,
        /// Lines that will not.
        refused: Vec<RefusedLine>,
        /// Lines that are not decided yet.
        undecided: Vec<u8>,
        /// Everyone who had a hand in the decision. None may authorise.
        approvers: BTreeSet<PersonId>,
        /// What the expense lines approved now come to.
        expenses: Money,
        /// What the involvement payment lines approved now come to.
        payments: Money,
        /// Whether no line is left that could be paid, so that the activity may be claimed for anew.
        frees_activity: bool,
    },
    /// A third person let what was approved be paid.
    #[serde(rename = "claim.authorised.v1")]
    Authorised {
        /// Whose claim it is.
        person: PersonId,
        /// What it is for.
        activity: Activity,
        /// On which day that was.
        activity_on: Date,
        /// The one cost code that bears the claim.
        cost_code: String,
        /// What is to be paid, each part of one kind.
        parts: Vec<Part>,
        /// From which day it is due.
        payable_on: Date,
        /// Everyone who had a hand in it. None may approve.
        authorisers: BTreeSet<PersonId>,
    },
    /// The person took it back.
    #[serde(rename = "claim.withdrawn.v1")]
    Withdrawn {
        /// Whose claim it was.
        person: PersonId,
        /// What may be claimed for anew.
        activity: Activity,
    },
    /// A part was taken into a payment run.
    #[serde(rename = "claim.put_in_batch.v1")]
    PutInBatch {
        /// Which part.
        part: u8,
        /// Which run.
        batch: PaymentBatchId,
    },
    /// A part was paid.
    #[serde(rename = "claim.paid.v1")]
    Paid {
        /// Whose claim it is.
        person: PersonId,
        /// What it is for.
        activity: Activity,
        /// On which day that was.
        activity_on: Date,
        /// What was paid.
        part: Part,
        /// From which day it was due.
        payable_on: Date,
        /// On which day it was paid.
        paid_on: Date,
        /// In which run.
        batch: PaymentBatchId,
    },
    /// A part's payment did not arrive; it can be put in another run.
    #[serde(rename = "claim.payment_failed.v1")]
    PaymentFailed {
        /// Whose claim it is.
        person: PersonId,
        /// What it is for.
        activity: Activity,
        /// On which day that was.
        activity_on: Date,
        /// What did not arrive.
        part: Part,
        /// In which run.
        batch: PaymentBatchId,
        /// Why, as far as the bank says.
        reason: PaymentFailure,
    },
}

/// All that was claimed, and all that it was judged and reckoned by, so that it can be explained for
/// ever after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Who is to be paid.
    pub person: PersonId,
    /// Everyone who had a hand in it: the person, and who typed for them. None may approve it.
    pub authors: BTreeSet<PersonId>,
    /// What it is for.
    pub activity: Activity,
    /// What was known of that.
    pub evidence: Evidence,
    /// The card in force on the day of the activity.
    pub card: RateCardId,
    /// Its figures.
    pub rates: Box<Rates>,
    /// How far the person went by car in that tax year before, in tenths of a mile.
    pub car_tenths_before: u32,
    /// What is asked for, line by line.
    pub lines: Vec<Line>,
    /// Whether the person said no to an involvement payment. No amount stands beside it.
    pub payment_declined: bool,
    /// Why staff took it although the time to claim had passed, where it had.
    pub late_because: Option<String>,
    /// What the expense lines come to.
    pub expenses: Money,
    /// What the involvement payment lines come to.
    pub payments: Money,
}

/// A line that will be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedLine {
    /// Which.
    pub line: u8,
    /// Why it is paid although a question about it is open, where one is.
    pub word: Option<String>,
}

/// A line that will not be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedLine {
    /// Which.
    pub line: u8,
    /// Completes "We cannot pay this line because"; names and describes nobody.
    pub reason: String,
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted(_) => "claim.submitted.v1",
            Self::Queried { .. } => "claim.queried.v1",
            Self::QueryAnswered { .. } => "claim.query_answered.v1",
            Self::LinesDecided { .. } => "claim.lines_decided.v1",
            Self::Authorised { .. } => "claim.authorised.v1",
            Self::Withdrawn { .. } => "claim.withdrawn.v1",
            Self::PutInBatch { .. } => "claim.put_in_batch.v1",
            Self::Paid { .. } => "claim.paid.v1",
            Self::PaymentFailed { .. } => "claim.payment_failed.v1",
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
    use super::super::Claim;
    use super::super::samples::*;
    use super::*;
    use crate::story::every_event_has_its_sample;

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Submitted(_) => Some(queried(&[3])),
            Event::Queried { .. } => Some(explained(2)),
            Event::QueryAnswered { .. } => Some(part_refused()),
            Event::LinesDecided { .. } => Some(authorised()),
            Event::Authorised { .. } => Some(put_in_batch(1, BATCH)),
            Event::PutInBatch { .. } => Some(paid(1, BATCH)),
            Event::Paid { .. } => Some(payment_failed(1, BATCH)),
            Event::PaymentFailed { .. } => Some(withdrawn()),
            Event::Withdrawn { .. } => None,
        };
        std::iter::successors(Some(submitted()), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        every_event_has_its_sample::<Claim>(&one_of_each());
    }
}
