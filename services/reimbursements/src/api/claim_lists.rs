//! Lists of claims: a person's own, and what waits for a signature or for a payment run. What someone
//! had a hand in never waits for their signature, so it is in none of their lists.

use axum::Json;
use axum::extract::State as Shared;
use contracts::{ClaimId, Money, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Page, PageQuery, Permit, Problem, Query, ReadAfter, Role};

use super::State;
use crate::claim::{Activity, Claimed, Standing};
use crate::payment::{Kind, Totals};
use crate::payment_batch::{PartOf, Run};
use crate::views::claim::{self, Row};
use crate::views::payable::{self, Obstacle, Waiting};
use crate::views::payment_batch;

/// One claim in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedClaim {
    claim: ClaimId,
    person: PersonId,
    received_at: Timestamp,
    /// Whether the person took it back; nothing more is shown then.
    withdrawn: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Activity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    activity_on: Option<Date>,
    /// What its expense lines come to, refused ones apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    expenses: Option<Money>,
    /// What its involvement payment comes to, unless it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    payments: Option<Money>,
    /// Lines that wait for an answer of the person.
    queried: Vec<u8>,
    #[serde(skip)]
    begun: i64,
}

impl ListedClaim {
    fn of(row: &Row) -> Option<Self> {
        let claimed = row.state.claimed().ok();
        let sums = claimed.and_then(sums);
        let queried = claimed.map(|it| it.standing(Standing::Queried).map(|it| it.line.number));
        Some(Self {
            claim: row.id,
            person: claim::person(&row.state)?,
            received_at: row.received_at,
            withdrawn: claimed.is_none(),
            activity: claimed.map(|it| it.submitted.activity),
            activity_on: claimed.map(|it| it.submitted.evidence.on),
            expenses: sums.map(|it| it.expenses),
            payments: sums.map(|it| it.payments),
            queried: queried.map(Iterator::collect).unwrap_or_default(),
            begun: row.begun,
        })
    }
}

fn sums(it: &Claimed) -> Option<Totals> {
    let nothing = Totals::nothing(it.submitted.rates.currency());
    let standing = it.lines.iter().filter(|line| line.standing != Standing::Refused);
    standing
        .map(|it| &it.line)
        .try_fold(nothing, |sums, line| sums.with(line.item.kind(), line.amount))
}

/// One's own claims, the latest first.
#[utoipa::path(get, path = "/v1/my/claims", tag = "claim", params(PageQuery),
    responses((status = 200, body = Page<ListedClaim>)))]
pub(super) async fn mine(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ListedClaim>>, Problem> {
    let asked = page.read::<i64>(claim::VERSION)?;
    let person = permit.acts_for();
    let rows = claim::of_person(&state.pool, person, asked.after, asked.rows_wanted()).await?;
    let listed = rows.iter().filter_map(ListedClaim::of).collect();
    Ok(Json(asked.page(listed, |it| it.begun)))
}

/// For what claims wait.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WaitsFor {
    /// The first signature.
    Approval,
    /// The second.
    Authorisation,
    /// A payment run.
    Payment,
}

/// Which claims.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WaitingQuery {
    /// For what they wait.
    #[param(inline)]
    waiting: WaitsFor,
}

/// A part of a claim that is to be paid, and what it waits for.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedPart {
    of: PartOf,
    person: PersonId,
    kind: Kind,
    amount: Money,
    #[schema(value_type = String, format = Date)]
    activity_on: Date,
    #[schema(value_type = String, format = Date)]
    payable_on: Date,
    waits_for: PartWaitsFor,
    #[serde(skip)]
    position: i64,
}

/// What a part waits for.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PartWaitsFor {
    /// The person, to say where their payments go.
    AnAccount,
    /// The recruitment service, to say what the person is called.
    AName,
    /// Someone to pay it otherwise: it is not in pounds.
    AnotherWay,
    /// Finance, or another account: it did not arrive.
    ASecondTry,
    /// A payment run to be opened.
    ARun,
    /// The next run, or the person's yes to two involvement payments in the one that is open.
    TheNextRun,
    /// Nothing: it is being taken into the open run.
    Nothing,
}

impl ListedPart {
    fn of(it: &Waiting, open: Option<&Run>) -> Self {
        let due = it.due;
        let shares = |run: &Run| {
            due.kind == Kind::InvolvementPayment
                && run.entries.iter().any(|it| it.kind == due.kind && it.person == due.person)
        };
        let waits_for = match (it.obstacle, open) {
            (Some(Obstacle::NoAccountGiven), _) => PartWaitsFor::AnAccount,
            (Some(Obstacle::NoNameKnown), _) => PartWaitsFor::AName,
            (Some(Obstacle::NotInPounds), _) => PartWaitsFor::AnotherWay,
            (Some(Obstacle::DidNotArrive), _) => PartWaitsFor::ASecondTry,
            (None, None) => PartWaitsFor::ARun,
            (None, Some(run)) if shares(run) => PartWaitsFor::TheNextRun,
            (None, Some(_)) => PartWaitsFor::Nothing,
        };
        Self {
            of: due.of,
            person: due.person,
            kind: due.kind,
            amount: due.amount,
            activity_on: due.activity_on,
            payable_on: due.payable_on,
            waits_for,
            position: it.position,
        }
    }
}

/// What waits.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum WaitingEntry {
    /// A claim for a signature.
    Claim(ListedClaim),
    /// A part of a claim for a payment run.
    Part(ListedPart),
}

/// What waits for a signature of the caller's, or for a payment run, the longest waiting first.
#[utoipa::path(get, path = "/v1/claims", tag = "claim", params(WaitingQuery, PageQuery),
    responses((status = 200, body = Page<WaitingEntry>)))]
pub(super) async fn waiting(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(wanted): Query<WaitingQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<WaitingEntry>>, Problem> {
    let reader = permit.caller.person;
    let is_one_of = |roles: &[Role]| roles.iter().any(|it| permit.authority_as(*it).is_some());
    let allowed = match wanted.waiting {
        WaitsFor::Approval => is_one_of(&[Role::Approver]),
        WaitsFor::Authorisation => is_one_of(&[Role::BudgetHolder, Role::Approver]),
        WaitsFor::Payment => is_one_of(&[Role::Finance]),
    };
    if !allowed {
        return Err(Problem::forbidden());
    }
    let pool = &state.pool;
    if let WaitsFor::Payment = wanted.waiting {
        let Page { items, next } = state.parts_waiting(&page).await?;
        return Ok(Json(Page { items: items.into_iter().map(WaitingEntry::Part).collect(), next }));
    }
    let asked = page.read::<i64>(claim::VERSION)?;
    let limit = asked.rows_wanted();
    let rows = match wanted.waiting {
        WaitsFor::Approval => claim::to_approve(pool, reader, asked.after, limit).await?,
        WaitsFor::Authorisation | WaitsFor::Payment => {
            claim::to_authorise(pool, reader, asked.after, limit).await?
        }
    };
    let listed = rows.iter().filter_map(ListedClaim::of).collect();
    let Page { items, next } = asked.page(listed, |it| it.begun);
    Ok(Json(Page { items: items.into_iter().map(WaitingEntry::Claim).collect(), next }))
}

impl State {
    async fn parts_waiting(&self, page: &PageQuery) -> Result<Page<ListedPart>, Problem> {
        let asked = page.read::<(i64, i16)>(payable::VERSION)?;
        let rows = payable::waiting(&self.pool, asked.after, asked.rows_wanted()).await?;
        let open = payment_batch::newest_open(&self.pool).await?;
        let run = open.as_ref().and_then(|row| row.state.run());
        let listed = rows.iter().map(|it| ListedPart::of(it, run)).collect();
        Ok(asked.page(listed, |it| (it.position, i16::from(it.of.part))))
    }
}
