//! One claim, for the person, for whoever typed it for them, and for those who decide on claims. What
//! the person wrote about a cost is opened for those who have to read it, and that is on record before.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::id::PaymentBatchId;
use contracts::{ClaimId, Money, PersonId};
use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Address, Permit, Problem, ReadAfter, Role, with_etag};

use super::State;
use crate::claim::{
    Activity, Answer, Claim, Claimed, ClaimedLine, Item, PartStanding, PayablePart, Standing,
    Verdict,
};
use crate::payment::Kind;
use crate::payment_batch::{PartOf, reference};
use crate::views::claim::{self, Row};

/// Those who read notes, because they decide by them.
const DECIDE: [Role; 2] = [Role::Approver, Role::BudgetHolder];
/// Those who see claims without the notes.
const SEE: [Role; 2] = [Role::Finance, Role::Auditor];

/// One claim.
#[derive(Serialize, ToSchema)]
pub(super) struct ClaimPage {
    id: ClaimId,
    version: i64,
    person: PersonId,
    received_at: Timestamp,
    /// Whether the person took it back; nothing more is shown then.
    withdrawn: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<ClaimedPart>,
}

/// What is claimed, and how it stands.
#[derive(Serialize, ToSchema)]
struct ClaimedPart {
    activity: Activity,
    /// The day of what is claimed for.
    #[schema(value_type = String, format = Date)]
    activity_on: Date,
    /// Whether the person said no to an involvement payment.
    payment_declined: bool,
    /// Why it was taken although the time to claim had passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    late_because: Option<String>,
    lines: Vec<LinePart>,
    /// What was let be paid, each part of one kind.
    parts: Vec<PaymentPart>,
    /// What bears it, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_code: Option<String>,
}

/// One line.
#[derive(Serialize, ToSchema)]
struct LinePart {
    number: u8,
    /// What it is for. Its note is there for those who read notes.
    item: Item<String>,
    amount: Money,
    /// How the amount was reckoned.
    working: String,
    /// `waiting`, `queried`, `approved`, `refused` or `authorised`.
    standing: &'static str,
    /// What was last asked about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    /// What was last explained about it, for those who read notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    /// Completes "We cannot pay this line because".
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_because: Option<String>,
    /// Why it is paid although a question about it was open, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}

/// What is paid at once.
#[derive(Serialize, ToSchema)]
struct PaymentPart {
    number: u8,
    kind: Kind,
    amount: Money,
    lines: Vec<u8>,
    #[schema(value_type = String, format = Date)]
    payable_on: Date,
    /// `ready`, `in_batch` or `paid`.
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<PaymentBatchId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    paid_on: Option<Date>,
    /// What stands beside it on the bank statement.
    reference: String,
}

/// How much of a claim a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sight {
    notes: bool,
    staff: bool,
}

impl Sight {
    /// `None` for whoever may not know that there is such a claim.
    fn of(permit: &Permit, state: &Claim) -> Option<Self> {
        let person = claim::person(state)?;
        let reader = permit.caller.person;
        let typed_it = state.claimed().is_ok_and(|it| it.authors.contains(&reader));
        if permit.authority_for_person(person).is_some() || typed_it {
            return Some(Self { notes: true, staff: false });
        }
        let has = |roles: [Role; 2]| roles.into_iter().any(|it| permit.authority_as(it).is_some());
        (has(DECIDE) || has(SEE)).then(|| Self { notes: has(DECIDE), staff: true })
    }
}

/// One claim.
#[utoipa::path(get, path = "/v1/claims/{claim}", tag = "claim",
    params(("claim" = ClaimId, Path, description = "Which claim")),
    responses((status = 200, body = ClaimPage), (status = 304)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<ClaimId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = claim::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let sight = Sight::of(&permit, &row.state).ok_or_else(Problem::unknown)?;
    if sight.notes && has_notes(&row.state) {
        let person = claim::person(&row.state).ok_or_else(Problem::unknown)?;
        state.note_reading(&permit, person, id).await?;
    }
    let page = state.claim_page(&row, sight).await?;
    Ok(with_etag(&headers, row.version, &page))
}

impl State {
    async fn claim_page(&self, row: &Row, sight: Sight) -> Result<ClaimPage, Problem> {
        let claimed = match &row.state {
            Claim::NotSubmitted | Claim::Withdrawn { .. } => None,
            Claim::Claimed(it) => Some(self.claimed_part(row.id, it, sight).await?),
        };
        Ok(ClaimPage {
            id: row.id,
            version: row.version,
            person: claim::person(&row.state).ok_or_else(Problem::unknown)?,
            received_at: row.received_at,
            withdrawn: claimed.is_none(),
            claimed,
        })
    }

    async fn claimed_part(
        &self,
        id: ClaimId,
        it: &Claimed,
        sight: Sight,
    ) -> Result<ClaimedPart, Problem> {
        let mut lines = Vec::with_capacity(it.lines.len());
        for line in &it.lines {
            lines.push(self.line_part(line, sight).await?);
        }
        Ok(ClaimedPart {
            activity: it.submitted.activity,
            activity_on: it.submitted.evidence.on,
            payment_declined: it.submitted.payment_declined,
            late_because: it.submitted.late_because.clone(),
            lines,
            parts: it.parts.iter().map(|part| PaymentPart::of(id, part)).collect(),
            cost_code: it.cost_code.clone().filter(|_| sight.staff),
        })
    }

    async fn line_part(&self, it: &ClaimedLine, sight: Sight) -> Result<LinePart, Problem> {
        let explanation = match &it.answer {
            Some(Answer::Explained { note }) if sight.notes => Some(note),
            Some(Answer::Explained { .. } | Answer::Corrected { .. }) | None => None,
        };
        let (refused_because, word) = match it.decision.as_ref().map(|it| &it.verdict) {
            Some(Verdict::Refused { reason }) => (Some(reason.clone()), None),
            Some(Verdict::Approved { word }) => (None, word.clone().filter(|_| sight.staff)),
            None => (None, None),
        };
        Ok(LinePart {
            number: it.line.number,
            item: self.opened_item(&it.line.item, sight.notes).await?,
            amount: it.line.amount,
            working: it.line.working.clone(),
            standing: standing(it.standing),
            question: it.line.question.as_ref().map(ToString::to_string),
            explanation: self.opened_note(explanation).await?,
            refused_because,
            word,
        })
    }
}

/// Whether the person wrote anything about it.
fn has_notes(state: &Claim) -> bool {
    let Ok(claimed) = state.claimed() else { return false };
    claimed.lines.iter().any(|line| {
        let explained = matches!(line.answer, Some(Answer::Explained { .. }));
        explained
            || match &line.line.item {
                Item::InvolvementPayment { .. } => false,
                Item::Mileage { note, .. } | Item::Fare { note, .. } => note.is_some(),
            }
    })
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        Standing::Queried => "queried",
        Standing::Approved => "approved",
        Standing::Refused => "refused",
        Standing::Authorised => "authorised",
    }
}

impl PaymentPart {
    fn of(claim: ClaimId, it: &PayablePart) -> Self {
        let (standing, batch, paid_on) = match it.standing {
            PartStanding::Ready => ("ready", None, None),
            PartStanding::InBatch { batch } => ("in_batch", Some(batch), None),
            PartStanding::Paid { batch, on } => ("paid", Some(batch), Some(on)),
        };
        Self {
            number: it.part.number,
            kind: it.part.kind,
            amount: it.part.amount,
            lines: it.part.lines.clone(),
            payable_on: it.payable_on,
            standing,
            batch,
            paid_on,
            reference: reference::of(PartOf { claim, part: it.part.number }),
        }
    }
}
