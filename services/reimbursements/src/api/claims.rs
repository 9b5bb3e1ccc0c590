//! Commands on claims: whose claim, and by which right; then the room decides. Whoever has no right to
//! a claim is not told that it exists.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{ClaimId, PersonId};
use eventstore::Authority;
use web::{Accepted, Address, Ask, Call, Permit, Problem, ReadAfter, Role};

use super::State;
use super::bodies::Nothing;
use super::given::GivenNote;
use crate::claim::{
    AnswerQuery, Approve, Authorise, Claim, Command, Query, Submission, Submit, Withdraw,
};
use crate::views::claim::person;

impl State {
    /// Whose a claim is or was, or 404.
    async fn person_of(&self, claim: ClaimId) -> Result<PersonId, Problem> {
        let loaded = self.edge.executor().load::<Claim>(claim.uuid()).await?;
        person(&loaded.room).ok_or_else(Problem::unknown)
    }

    /// Gives a command by which someone decides on another's claim.
    async fn give_as(
        &self,
        call: Call,
        roles: &[Role],
        claim: ClaimId,
        command: Command,
    ) -> Result<Response, Problem> {
        self.person_of(claim).await?;
        let authority = authority_as(&call.permit, roles)?;
        Ok(call.execute_under::<Claim>(authority, claim.uuid(), command).await)
    }
}

fn authority_as(permit: &Permit, roles: &[Role]) -> Result<Authority, Problem> {
    roles.iter().find_map(|role| permit.authority_as(*role)).ok_or_else(Problem::forbidden)
}

/// Claim for an activity. Send the token of whoever wrote the activity up as `Involvement-Token`, and
/// the claim waits for it.
#[utoipa::path(post, path = "/v1/claims", tag = "claim",
    request_body = Submission<GivenNote>,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn submit(
    _: ReadAfter,
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<Submission<GivenNote>>,
) -> Result<Response, Problem> {
    let person = call.permit.acts_for();
    let authority = state.acts_as(&call.permit, person).await?;
    state.rows_are_current().await?;
    let (known, rule_version) = state.known(person, body.activity).await?;
    let said = state.sealed_submission(person, body).await?;
    let id: ClaimId = call.new_id("claim");
    let mut order = call.order(authority);
    order.rule_version = rule_version;
    let command = Command::Submit(Box::new(Submit { said, known }));
    Ok(call.run::<Claim>(id.uuid(), command, order).await)
}

/// Ask the person about some lines. All others go on.
#[utoipa::path(post, path = "/v1/claims/{claim}/query", tag = "claim",
    params(("claim" = ClaimId, Path, description = "Which claim")),
    request_body = Query, responses((status = 200, body = Accepted)))]
pub(super) async fn query(
    Shared(state): Shared<State>,
    Address(claim): Address<ClaimId>,
    Ask { body, call }: Ask<Query>,
) -> Result<Response, Problem> {
    let roles = [Role::Approver, Role::BudgetHolder];
    state.give_as(call, &roles, claim, Command::Query(body)).await
}

/// Answer what was asked about a line, or correct it.
#[utoipa::path(post, path = "/v1/claims/{claim}/answer-query", tag = "claim",
    params(("claim" = ClaimId, Path, description = "Which claim")),
    request_body = AnswerQuery<GivenNote>, responses((status = 200, body = Accepted)))]
pub(super) async fn answer_query(
    Shared(state): Shared<State>,
    Address(claim): Address<ClaimId>,
    Ask { body, call }: Ask<AnswerQuery<GivenNote>>,
) -> Result<Response, Problem> {
    let person = state.person_of(claim).await?;
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::AnswerQuery(state.sealed_answer(person, body).await?);
    Ok(call.execute_under::<Claim>(authority, claim.uuid(), command).await)
}

/// Decide lines, as the first of two signatures.
#[utoipa::path(post, path = "/v1/claims/{claim}/approve", tag = "claim",
    params(("claim" = ClaimId, Path, description = "Which claim")),
    request_body = Approve, responses((status = 200, body = Accepted)))]
pub(super) async fn approve(
    Shared(state): Shared<State>,
    Address(claim): Address<ClaimId>,
    Ask { body, call }: Ask<Approve>,
) -> Result<Response, Problem> {
    state.give_as(call, &[Role::Approver], claim, Command::Approve(body)).await
}

/// Let what was approved be paid, as the second of two signatures.
#[utoipa::path(post, path = "/v1/claims/{claim}/authorise", tag = "claim",
    params(("claim" = ClaimId, Path, description = "Which claim")),
    request_body = Authorise, responses((status = 200, body = Accepted)))]
pub(super) async fn authorise(
    Shared(state): Shared<State>,
    Address(claim): Address<ClaimId>,
    Ask { body, call }: Ask<Authorise>,
) -> Result<Response, Problem> {
    let roles = [Role::BudgetHolder, Role::Approver];
    state.give_as(call, &roles, claim, Command::Authorise(body)).await
}

/// Take a claim back. Nobody has to say why.
#[utoipa::path(post, path = "/v1/claims/{claim}/withdraw", tag = "claim",
    params(("claim" = ClaimId, Path, description = "Which claim")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn withdraw(
    Shared(state): Shared<State>,
    Address(claim): Address<ClaimId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let person = state.person_of(claim).await?;
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::Withdraw(Withdraw {});
    Ok(call.execute_under::<Claim>(authority, claim.uuid(), command).await)
}
