//! Rate cards: drafting, the other person's approval, putting in force; and what holds, which anyone
//! who is signed in may know.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::RateCardId;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Accepted, Address, Ask, Permit, Problem, ReadAfter, Role};

use super::State;
use super::bodies::Nothing;
use crate::rate_card::{Approve, Command, Draft, InForce, PutInForce, RateCard, Rates, in_force};
use crate::views::rate_card::{self, Row};

/// Those who see cards that are not in force yet.
const STAFF: [Role; 5] =
    [Role::Finance, Role::EngagementLead, Role::Approver, Role::BudgetHolder, Role::Auditor];

/// One card.
#[derive(Serialize, ToSchema)]
pub(super) struct CardPage {
    id: RateCardId,
    version: i64,
    /// `draft`, `approved` or `in_force`.
    stage: &'static str,
    /// For which days of activity it was put in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<PutInForce>,
    /// Whether activities of today are paid by it.
    holds_today: bool,
    rates: Rates,
}

/// The cards.
#[derive(Serialize, ToSchema)]
pub(super) struct CardsPage {
    items: Vec<CardPage>,
}

impl CardPage {
    fn of(row: Row, holds: Option<RateCardId>) -> Option<Self> {
        let (stage, days, rates) = match row.state {
            RateCard::NotDrafted => return None,
            RateCard::Draft { rates, .. } => ("draft", None, rates),
            RateCard::Approved { rates, .. } => ("approved", None, rates),
            RateCard::InForce { rates, days, .. } => ("in_force", Some(days), rates),
        };
        let (id, version, holds_today) = (row.id, row.version, holds == Some(row.id));
        Some(Self { id, version, stage, days, holds_today, rates: *rates })
    }
}

/// Every card, the latest first; for most people those that are or were in force.
#[utoipa::path(get, path = "/v1/rate-cards", tag = "rate card",
    responses((status = 200, body = CardsPage)))]
pub(super) async fn all(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
) -> Result<Json<CardsPage>, Problem> {
    let today: Date = state.edge.executor().clock().today();
    let rows = rate_card::all(&state.pool).await?;
    let days: Vec<InForce> = rows.iter().filter_map(Row::in_force).collect();
    let holds = in_force(&days, today).map(|it| it.card);
    let for_staff = STAFF.into_iter().any(|role| permit.authority_as(role).is_some());
    let items = rows
        .into_iter()
        .filter(|row| for_staff || row.in_force().is_some())
        .filter_map(|row| CardPage::of(row, holds))
        .collect();
    Ok(Json(CardsPage { items }))
}

/// Propose the figures of a new card, whole.
#[utoipa::path(post, path = "/v1/rate-cards", tag = "rate card", request_body = Rates,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn draft(Ask { body, call }: Ask<Draft>) -> Result<Response, Problem> {
    let id: RateCardId = call.new_id("rate_card");
    Ok(call.execute::<RateCard>(id.uuid(), Command::Draft(body)).await)
}

/// Fix the figures, as someone who had no hand in them.
#[utoipa::path(post, path = "/v1/rate-cards/{card}/approve", tag = "rate card",
    params(("card" = RateCardId, Path, description = "Which card")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn approve(
    Address(card): Address<RateCardId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    Ok(call.execute::<RateCard>(card.uuid(), Command::Approve(Approve {})).await)
}

/// Let activities be paid by it, from a day on.
#[utoipa::path(post, path = "/v1/rate-cards/{card}/put-in-force", tag = "rate card",
    params(("card" = RateCardId, Path, description = "Which card")),
    request_body = PutInForce, responses((status = 200, body = Accepted)))]
pub(super) async fn put_in_force(
    Address(card): Address<RateCardId>,
    Ask { body, call }: Ask<PutInForce>,
) -> Result<Response, Problem> {
    Ok(call.execute::<RateCard>(card.uuid(), Command::PutInForce(body)).await)
}
