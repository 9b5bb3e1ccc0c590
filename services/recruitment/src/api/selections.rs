//! A panel's work: who decides, what each member scores, what is decided, who approves it. Whose turn
//! it is and what holds, the room says; whoever has no part in a round is not told that there is one.

mod bodies;
mod reach;
mod in_force;
mod board;
mod for_members;
mod for_staff;
mod waiting;

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{ApplicationId, OpportunityId, PersonId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Accepted, Address, Ask, Call, FieldError, Problem};

use super::State;
use super::bodies::Nothing;
use crate::application::Application;
use crate::selection::{
    ApproveOutcome, Command, Decide, Decided, DeclareConflict, FormPanel, GiveScore, LockScores,
    Selection,
};
use crate::views::staff;
use bodies::{ApprovalBody, DecisionBody, PanelBody, ScoreBody};
use reach::Standing;

pub(super) use reach::by_role;

/// Every route of a panel's work.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(board::board))
        .routes(routes!(form_panel))
        .routes(routes!(declare_conflict))
        .routes(routes!(give_score))
        .routes(routes!(lock_scores))
        .routes(routes!(decide))
        .routes(routes!(approve))
}

impl State {
    /// Whose key seals what is written on an application. One for something else is not there.
    async fn applicant_of(
        &self,
        application: ApplicationId,
        opportunity: OpportunityId,
    ) -> Result<PersonId, Problem> {
        let loaded = self.edge.executor().load::<Application>(application.uuid()).await?;
        match loaded.room {
            Application::Submitted(it) if it.opportunity == opportunity => Ok(it.applicant),
            Application::Submitted(_) | Application::NotSubmitted => Err(Problem::unknown()),
        }
    }
}

/// Gives a command under the standing found, citing the rules it is judged by.
async fn give(
    call: Call,
    opportunity: OpportunityId,
    standing: Standing,
    command: Command,
) -> Response {
    let mut order = call.order(standing.authority);
    order.rule_version = standing.rule_version;
    call.run::<Selection>(Selection::of(opportunity).uuid(), command, order).await
}

/// Say who decides. More members may be named later; the rules stay those it was first formed under.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/selection/panel", tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    request_body = PanelBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
async fn form_panel(
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body, call }: Ask<PanelBody>,
) -> Result<Response, Problem> {
    let mut standing = state.as_staff(&call.permit, opportunity).await?;
    let today = crate::london::day_of(call.occasion().taken_at);
    let rules = state.selection_rules(today).await?;
    let command = Command::FormPanel(FormPanel {
        members: body.members,
        rules: rules.values,
        rules_version: rules.version,
    });
    standing.rule_version = standing.rule_version.or(Some(in_force::cited(rules.version)));
    Ok(give(call, opportunity, standing, command).await)
}

/// Keep out of the decision on one application. "I know this person" needs no reason.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/selection/conflicts",
    tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    request_body = DeclareConflict, responses((status = 200, body = Accepted)))]
async fn declare_conflict(
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body, call }: Ask<DeclareConflict>,
) -> Result<Response, Problem> {
    let standing = state.as_member(&call.permit, opportunity).await?;
    Ok(give(call, opportunity, standing, Command::DeclareConflict(body)).await)
}

/// Score one application on one published criterion, with the evidence; anew until it is locked.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/selection/scores",
    tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    request_body = ScoreBody, responses((status = 200, body = Accepted)))]
async fn give_score(
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body, call }: Ask<ScoreBody>,
) -> Result<Response, Problem> {
    let standing = state.as_member(&call.permit, opportunity).await?;
    let applicant = state.applicant_of(body.application, opportunity).await?;
    let evidence = state.seal(applicant, &body.evidence).await?;
    let ScoreBody { application, criterion, points, evidence: _ } = body;
    let command = Command::GiveScore(GiveScore { application, criterion, points, evidence });
    Ok(give(call, opportunity, standing, command).await)
}

/// Change one's scores no more. Once every member has, all may see them.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/selection/lock",
    tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
async fn lock_scores(
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let standing = state.as_member(&call.permit, opportunity).await?;
    Ok(give(call, opportunity, standing, Command::LockScores(LockScores {})).await)
}

/// Record what the panel decided on one application, with the reason in words for the person.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/selection/decide",
    tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    request_body = DecisionBody, responses((status = 200, body = Accepted)))]
async fn decide(
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body, call }: Ask<DecisionBody>,
) -> Result<Response, Problem> {
    let standing = state.as_member(&call.permit, opportunity).await?;
    let applicant = state.applicant_of(body.application, opportunity).await?;
    let decided = Decided {
        decision: body.decision,
        reason: state.seal_if_given(applicant, body.reason.as_ref()).await?,
        internal_reason: state.seal_if_given(applicant, body.internal_reason.as_ref()).await?,
        outside_panel_advice: body.outside_panel_advice,
    };
    let command = Command::Decide(Decide { application: body.application, decided });
    Ok(give(call, opportunity, standing, command).await)
}

/// Let the outcome be told, to everyone on one working morning. Someone else than the panel must.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/selection/approve",
    tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    request_body = ApprovalBody, responses((status = 200, body = Accepted)))]
async fn approve(
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body, call }: Ask<ApprovalBody>,
) -> Result<Response, Problem> {
    let mut standing = state.as_approver(&call.permit, opportunity).await?;
    let reachable = body.reachable;
    if !call.permit.is_person(reachable) && !staff::includes(&state.pool, reachable).await? {
        let how = "Name yourself, or someone of the staff who works with this system, so that \
                   people reach someone on the day.";
        return Err(Problem::malformed(vec![FieldError::new("reachable", how)]));
    }
    let today = crate::london::day_of(call.occasion().taken_at);
    let calendars = state.working_calendars(today).await?;
    let cited = standing.rule_version.into_iter().chain(calendars.cited);
    standing.rule_version = Some(cited.collect::<Vec<_>>().join(" "));
    let command =
        Command::ApproveOutcome(ApproveOutcome { reachable, calendars: calendars.values });
    Ok(give(call, opportunity, standing, command).await)
}
