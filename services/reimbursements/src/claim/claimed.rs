//! A claim as it stands: each line and each part for itself. What the rules look up is here; no rule
//! is.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::id::PaymentBatchId;
use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::answer_query::{Answer, Recorded};
use super::approve::Verdict;
use super::events::{ApprovedLine, RefusedLine, Submitted};
use super::lines::{Line, Question};
use super::reckoning::{Reckoning, car_tenths};
use super::refusals::Refusal;
use crate::payment::Part;

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// As it was made.
    pub submitted: Submitted,
    /// Everyone who had a hand in it or in an answer.
    pub authors: BTreeSet<PersonId>,
    /// Everyone who had a hand in deciding lines.
    pub approvers: BTreeSet<PersonId>,
    /// Everyone who had a hand in authorising.
    pub authorisers: BTreeSet<PersonId>,
    /// What bears it, once that is known.
    pub cost_code: Option<String>,
    /// Its lines as they stand.
    pub lines: Vec<ClaimedLine>,
    /// What was authorised, in the order of that.
    pub parts: Vec<PayablePart>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedLine {
    /// As it was claimed or last corrected; its question is the last one asked.
    pub line: Line,
    /// How it stands.
    pub standing: Standing,
    /// What was last answered about it.
    pub answer: Option<Answer>,
    /// What was last decided about it.
    pub decision: Option<Decision>,
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// For an approver.
    Waiting,
    /// For the person's answer.
    Queried,
    /// For an authoriser.
    Approved,
    /// It will not be paid.
    Refused,
    /// It is in a part.
    Authorised,
}

/// What was decided about a line, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Everyone who had a hand in it.
    pub approvers: BTreeSet<PersonId>,
    /// What they decided.
    pub verdict: Verdict,
}

/// Lines that are paid together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayablePart {
    /// What is to be paid.
    pub part: Part,
    /// From which day it is due.
    pub payable_on: Date,
    /// How it stands.
    pub standing: PartStanding,
    /// Runs in which its payment did not arrive.
    pub failed_in: BTreeSet<PaymentBatchId>,
}

/// How a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartStanding {
    /// For a payment run.
    Ready,
    /// In a run.
    InBatch {
        /// Which.
        batch: PaymentBatchId,
    },
    /// Paid.
    Paid {
        /// In which run.
        batch: PaymentBatchId,
        /// On which day.
        on: Date,
    },
}

/// Everyone who gives a command: who acts, and in whose name.
pub(super) fn all_behind(occasion: &Occasion) -> BTreeSet<PersonId> {
    [occasion.person(), occasion.actor].into()
}

impl Claimed {
    /// One line; `None` where there is no such.
    pub fn line(&self, number: u8) -> Option<&ClaimedLine> {
        self.lines.iter().find(|it| it.line.number == number)
    }

    /// One part; `None` where there is no such.
    pub fn part(&self, number: u8) -> Option<&PayablePart> {
        self.parts.iter().find(|it| it.part.number == number)
    }

    pub(super) fn named(&self, line: u8) -> Result<&ClaimedLine, Refusal> {
        self.line(line).ok_or(Refusal::NoSuchLine { line })
    }

    pub(super) fn payable(&self, part: u8) -> Result<&PayablePart, Refusal> {
        self.part(part).ok_or(Refusal::NoSuchPart { part })
    }

    /// All lines that stand so.
    pub fn standing(&self, standing: Standing) -> impl Iterator<Item = &ClaimedLine> {
        self.lines.iter().filter(move |it| it.standing == standing)
    }

    /// What its lines are reckoned by.
    pub(super) fn reckoning(&self) -> Reckoning<'_> {
        Reckoning { evidence: &self.submitted.evidence, rates: &self.submitted.rates }
    }

    /// How far the person had gone by car in the tax year before this line.
    pub(super) fn car_tenths_before(&self, number: u8) -> u32 {
        let earlier = self.lines.iter().map(|it| &it.line).filter(|it| it.number < number);
        earlier
            .map(|it| car_tenths(&it.item))
            .fold(self.submitted.car_tenths_before, u32::saturating_add)
    }

    pub(super) fn by(submitted: Submitted) -> Self {
        let line = |line: &Line| ClaimedLine {
            line: line.clone(),
            standing: if line.question.is_some() { Standing::Queried } else { Standing::Waiting },
            answer: None,
            decision: None,
        };
        Self {
            authors: submitted.authors.clone(),
            approvers: BTreeSet::new(),
            authorisers: BTreeSet::new(),
            cost_code: None,
            lines: submitted.lines.iter().map(line).collect(),
            parts: Vec::new(),
            submitted,
        }
    }

    pub(super) fn ask(&mut self, lines: &BTreeSet<u8>, words: &str) {
        for it in self.lines.iter_mut().filter(|it| lines.contains(&it.line.number)) {
            it.line.question = Some(Question::Asked { words: words.to_owned() });
            it.standing = Standing::Queried;
            it.decision = None;
        }
    }

    pub(super) fn hear(&mut self, line: u8, answer: &Recorded, authors: BTreeSet<PersonId>) {
        self.authors.extend(authors);
        for it in self.lines.iter_mut().filter(|it| it.line.number == line) {
            it.standing = Standing::Waiting;
            it.answer = Some(match answer {
                Recorded::Explained { note } => Answer::Explained { note: note.clone() },
                Recorded::Corrected { line } => Answer::Corrected { item: line.item.clone() },
            });
            if let Recorded::Corrected { line } = answer {
                it.line.clone_from(line);
            }
        }
    }

    pub(super) fn settle(
        &mut self,
        approved: Vec<ApprovedLine>,
        refused: Vec<RefusedLine>,
        approvers: &BTreeSet<PersonId>,
    ) {
        let approved = approved
            .into_iter()
            .map(|it| (it.line, Standing::Approved, Verdict::Approved { word: it.word }));
        let refused = refused
            .into_iter()
            .map(|it| (it.line, Standing::Refused, Verdict::Refused { reason: it.reason }));
        for (number, standing, verdict) in approved.chain(refused) {
            for it in self.lines.iter_mut().filter(|it| it.line.number == number) {
                it.standing = standing;
                let approvers = approvers.clone();
                it.decision = Some(Decision { approvers, verdict: verdict.clone() });
            }
        }
        self.approvers.extend(approvers);
    }

    pub(super) fn release(
        &mut self,
        authorisers: BTreeSet<PersonId>,
        cost_code: String,
        parts: Vec<Part>,
        payable_on: Date,
    ) {
        self.authorisers.extend(authorisers);
        self.cost_code = Some(cost_code);
        for part in parts {
            for it in self.lines.iter_mut().filter(|it| part.lines.contains(&it.line.number)) {
                it.standing = Standing::Authorised;
            }
            let failed_in = BTreeSet::new();
            let standing = PartStanding::Ready;
            self.parts.push(PayablePart { part, payable_on, standing, failed_in });
        }
    }

    pub(super) fn stand(&mut self, part: u8, standing: PartStanding) {
        for it in self.parts.iter_mut().filter(|it| it.part.number == part) {
            it.standing = standing;
        }
    }

    pub(super) fn come_back(&mut self, part: u8, batch: PaymentBatchId) {
        for it in self.parts.iter_mut().filter(|it| it.part.number == part) {
            it.standing = PartStanding::Ready;
            it.failed_in.insert(batch);
        }
    }
}
