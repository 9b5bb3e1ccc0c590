//! Commands in: whose locality, which opportunity, then the room decides.

use std::collections::BTreeSet;

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::PersonId;
use contracts::id::OpportunityId;
use eventstore::Authority;
use eventstore::load::Loaded;
use web::{Accepted, Address, Ask, Call, Permit, Problem, Role};

use super::queries::is_public;
use super::{Begin, Nothing, State};
use crate::opportunity::approve::Approval;
use crate::opportunity::{
    Approve, Close, Command, Content, Draft, ExtendClosing, Open, Opportunity, Origin, Readvertise,
    RecordOutcome, RecordPublicity, ReturnForRevision, Revise, SubmitForReview, Withdraw,
};
use crate::views::opportunity::locality;

impl State {
    async fn load(&self, id: OpportunityId) -> Result<Loaded<Opportunity>, Problem> {
        let loaded = self.edge.executor().load::<Opportunity>(id.uuid()).await?;
        if loaded.version == 0 { Err(Problem::unknown()) } else { Ok(loaded) }
    }

    /// Gives a command on an opportunity that the caller's role reaches.
    async fn give(
        &self,
        call: Call,
        id: OpportunityId,
        command: Command,
    ) -> Result<Response, Problem> {
        self.give_under(call, id, command, None).await
    }

    /// The same, decided under a version of a setting.
    async fn give_under(
        &self,
        call: Call,
        id: OpportunityId,
        command: Command,
        rule_version: Option<String>,
    ) -> Result<Response, Problem> {
        let loaded = self.load(id).await?;
        let mut order = call.order(reach(&call.permit, &loaded.room)?);
        order.rule_version = rule_version;
        Ok(call.run::<Opportunity>(id.uuid(), command, order).await)
    }
}

/// The right over an opportunity: by its locality, or by having written it. Where it is for staff alone
/// it is not there for anybody else, as when it is read.
fn reach(permit: &Permit, opportunity: &Opportunity) -> Result<Authority, Problem> {
    permit
        .authority_for_locality(locality(opportunity))
        .or_else(|| {
            permit.authority_as(Role::OpportunityOwner).filter(|_| is_author(permit, opportunity))
        })
        .ok_or_else(if is_public(opportunity) { Problem::forbidden } else { Problem::unknown })
}

/// Whether the caller has had a hand in the draft.
pub(super) fn is_author(permit: &Permit, opportunity: &Opportunity) -> bool {
    authors(opportunity).is_some_and(|all| all.contains(&permit.caller.person))
}

fn authors(opportunity: &Opportunity) -> Option<&BTreeSet<PersonId>> {
    match opportunity {
        Opportunity::Draft(writing) | Opportunity::InReview(writing) => Some(&writing.authors),
        Opportunity::NotDrafted
        | Opportunity::Approved(_)
        | Opportunity::Open(_)
        | Opportunity::Closed(_)
        | Opportunity::Concluded(..)
        | Opportunity::Withdrawn { .. } => None,
    }
}

/// Begin an advert with whatever is known of it.
#[utoipa::path(post, path = "/v1/opportunities", tag = "opportunity", request_body = Begin,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn draft(Ask { body, call }: Ask<Begin>) -> Result<Response, Problem> {
    let permit = &call.permit;
    let authority = permit
        .authority_for_locality(body.advert.locality.as_deref())
        .or_else(|| permit.authority_as(Role::OpportunityOwner))
        .ok_or_else(Problem::forbidden)?;
    let id: OpportunityId = call.new_id("opportunity");
    let Begin { advert, internal, source } = body;
    let origin = source.map_or(Origin::ByHand, |source| Origin::Imported { source });
    let command = Command::Draft(Draft { said: Content { advert, internal }, origin });
    Ok(call.execute_under::<Opportunity>(authority, id.uuid(), command).await)
}

/// Put other words in place of the draft's.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/revise", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = Content, responses((status = 200, body = Accepted)))]
pub(super) async fn revise(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<Content>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Revise(Revise { said: body })).await
}

/// Say that the draft is ready to be reviewed; everything it lacks is named at once.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/submit-for-review",
    tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn submit_for_review(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let (rules, version) = state.rules().await?;
    let command = Command::SubmitForReview(SubmitForReview { rules });
    state.give_under(call, id, command, version).await
}

/// Send the draft back to its writers, with the reason.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/return", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = ReturnForRevision, responses((status = 200, body = Accepted)))]
pub(super) async fn return_for_revision(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<ReturnForRevision>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::ReturnForRevision(body)).await
}

/// Fix the advert's words and let it open at its time. Someone else than its writers must do it.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/approve", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = Approval, responses((status = 200, body = Accepted)))]
pub(super) async fn approve(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<Approval>,
) -> Result<Response, Problem> {
    let (rules, version) = state.rules().await?;
    let command = Command::Approve(Approve { said: body, rules });
    state.give_under(call, id, command, version).await
}

/// Take applications from now on, at or after the opening time.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/open", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn open(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Open(Open {})).await
}

/// Take no more applications: at or after the closing time, or at any time where it is rolling.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/close", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn close(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Close(Close {})).await
}

/// Take applications for longer, or again. The closing only ever moves later.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/extend-closing",
    tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = ExtendClosing, responses((status = 200, body = Accepted)))]
pub(super) async fn extend_closing(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<ExtendClosing>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::ExtendClosing(body)).await
}

/// Say that it will not go ahead, and why.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/withdraw", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = Withdraw, responses((status = 200, body = Accepted)))]
pub(super) async fn withdraw(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<Withdraw>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Withdraw(body)).await
}

/// Say how it ended; what changed because of it may be told then or later.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/record-outcome",
    tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = RecordOutcome, responses((status = 200, body = Accepted)))]
pub(super) async fn record_outcome(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<RecordOutcome>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::RecordOutcome(body)).await
}

/// Note where and to whom it was made known.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/record-publicity",
    tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    request_body = RecordPublicity, responses((status = 200, body = Accepted)))]
pub(super) async fn record_publicity(
    Shared(state): Shared<State>,
    Address(id): Address<OpportunityId>,
    Ask { body, call }: Ask<RecordPublicity>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::RecordPublicity(body)).await
}

/// Begin a new advert for the places this one left empty.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/readvertise", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "The earlier opportunity")),
    request_body = Nothing,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn readvertise(
    Shared(state): Shared<State>,
    Address(from): Address<OpportunityId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let earlier = state.load(from).await?;
    let authority = reach(&call.permit, &earlier.room)?;
    let id: OpportunityId = call.new_id("opportunity");
    let command = Command::Readvertise(Readvertise { from, earlier: Box::new(earlier.room) });
    Ok(call.execute_under::<Opportunity>(authority, id.uuid(), command).await)
}
