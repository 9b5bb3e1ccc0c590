//! Where one's payments go. The account itself is shown to nobody: it leaves the seal only in a file
//! for the bank.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Accepted, Ask, Permit, Problem, ReadAfter};

use super::State;
use super::given::AccountBody;
use crate::payee::{Command, GiveAccount, Payee};
use crate::views::payee;

/// Whether there is an account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountPage {
    /// When the person last said where their payments go; missing where they never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_at: Option<Timestamp>,
}

/// Say where one's payments go from now on.
#[utoipa::path(post, path = "/v1/my/bank-account", tag = "bank account",
    request_body = AccountBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn give(
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<AccountBody>,
) -> Result<Response, Problem> {
    let person = call.permit.acts_for();
    let authority = state.acts_as(&call.permit, person).await?;
    let account = state.seal(person, body.account()?).await?;
    let command = Command::GiveAccount(GiveAccount { account, read_back: body.read_back });
    Ok(call.execute_under::<Payee>(authority, person.uuid(), command).await)
}

/// Whether and since when it is known where one's payments go.
#[utoipa::path(get, path = "/v1/my/bank-account", tag = "bank account",
    responses((status = 200, body = AccountPage)))]
pub(super) async fn mine(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
) -> Result<Json<AccountPage>, Problem> {
    let given_at = payee::given_at(&state.pool, permit.acts_for()).await?;
    Ok(Json(AccountPage { given_at }))
}
