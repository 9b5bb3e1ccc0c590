//! Commands on applications. What is known of the opportunity and of the person is filled in here;
//! whether it is in time and complete, the room decides.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{ApplicationId, OpportunityId, PersonId};
use http::StatusCode;
use web::{Accepted, Address, Ask, Problem, ReadAfter};

use super::State;
use super::bodies::WithdrawBody;
use super::form::FormBody;
use crate::application::{Applicant, Application, Command, Submit, Withdraw};
use crate::involvee::Involvee;
use crate::views::known_opportunity;

impl State {
    async fn applicant(&self, person: PersonId) -> Result<Applicant, Problem> {
        let loaded = self.edge.executor().load::<Involvee>(person.uuid()).await?;
        Ok(match loaded.room {
            Involvee::NotRegistered => Applicant::NotRegistered,
            Involvee::Registered(profile) => Applicant::Registered {
                constituencies: profile.preferences.constituencies.into_iter().collect(),
                age_band: profile.age_band,
            },
        })
    }
}

/// Apply. Give the token of the opportunity's answer along where it was opened just now: it is then
/// waited for.
#[utoipa::path(post, path = "/v1/opportunities/{opportunity}/applications", tag = "applications",
    params(("opportunity" = OpportunityId, Path, description = "For what"),
        ("Involvement-Token" = Option<String>, Header,
            description = "Such as opportunities:4711: wait until this service has heard of it")),
    request_body = FormBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn submit(
    _: ReadAfter,
    Shared(state): Shared<State>,
    Address(opportunity): Address<OpportunityId>,
    Ask { body, call }: Ask<FormBody>,
) -> Result<Response, Problem> {
    let person = call.permit.acts_for();
    let authority = state.acts_as(&call.permit, person).await?;
    let known = known_opportunity::one(&state.pool, opportunity).await?.ok_or_else(not_heard_of)?;
    let applicant = state.applicant(person).await?;
    let form = state.seal_form(person, &body).await?;
    let application: ApplicationId = call.new_id("application");
    let submit = Submit { opportunity, form, opening: known.opening(), applicant };
    let command = Command::Submit(Box::new(submit));
    Ok(call.execute_under::<Application>(authority, application.uuid(), command).await)
}

/// It may exist: what others publish comes here a moment later.
fn not_heard_of() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "opportunity.not_heard_of",
        "We have not heard of this opportunity yet",
        "If it was published just now, send the same request again in a moment, with the same key. \
         Nothing you wrote was kept.",
    )
    .retry_after(2)
}

/// Take an application back. Nobody has to say why, and care is not affected.
#[utoipa::path(post, path = "/v1/applications/{application}/withdraw", tag = "applications",
    params(("application" = ApplicationId, Path, description = "Which")),
    request_body = WithdrawBody, responses((status = 200, body = Accepted)))]
pub(super) async fn withdraw(
    Shared(state): Shared<State>,
    Address(application): Address<ApplicationId>,
    Ask { body, call }: Ask<WithdrawBody>,
) -> Result<Response, Problem> {
    let loaded = state.edge.executor().load::<Application>(application.uuid()).await?;
    let applicant = match loaded.room {
        Application::Submitted(submission) => submission.applicant,
        Application::NotSubmitted => return Err(Problem::unknown()),
    };
    let authority = state.acts_as(&call.permit, applicant).await?;
    let reason = state.seal_if_given(applicant, body.reason.as_ref()).await?;
    let command = Command::Withdraw(Withdraw { reason });
    Ok(call.execute_under::<Application>(authority, application.uuid(), command).await)
}
