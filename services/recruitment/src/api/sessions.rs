//! Sessions: planned, moved, cancelled and recorded by staff of the group's localities. Whoever is
//! invited reads when and where it is; who else is, and who was there, is read by staff alone.

mod bodies;
mod pages;
mod waiting;

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{GroupId, SessionId};
use eventstore::Authority;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Accepted, Address, Ask, Call, FieldError, Permit, Problem};

use super::State;
use crate::appointment::Appointment;
use crate::session::{
    Cancel, Cancellation, Command, Confirm, FollowUp, LateRule, Plan, RecordAttendance, Reschedule,
    Session,
};
use crate::views::appointment;
use crate::views::involvee;
use crate::views::session::meeting;
use bodies::PlanBody;

pub(super) use pages::SessionPart;
pub(super) use waiting::FollowUpTask;

/// How much notice of a cancellation the trust owes those invited, in hours, until a trust sets its
/// own: the two days that networks ask of the people they invite.
const NOTICE_HOURS: u16 = 48;
/// How a decision cites that.
const NOTICE_CITED: &str = "session_rules.suggested";

/// Every route of sessions.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(pages::list, plan))
        .routes(routes!(pages::one))
        .routes(routes!(confirm))
        .routes(routes!(reschedule))
        .routes(routes!(cancel))
        .routes(routes!(record_attendance))
        .routes(routes!(follow_up))
}

impl State {
    /// The right of staff over what belongs to a group, or to none.
    pub(super) async fn staff_over_any(
        &self,
        permit: &Permit,
        group: Option<GroupId>,
    ) -> Result<Authority, Problem> {
        match group {
            Some(group) => self.staff_over_group(permit, group).await,
            None => permit.authority_for_locality(None).ok_or_else(Problem::unknown),
        }
    }

    async fn give_to_session(
        &self,
        call: Call,
        id: SessionId,
        command: Command,
    ) -> Result<Response, Problem> {
        let loaded = self.edge.executor().load::<Session>(id.uuid()).await?;
        let group = meeting(&loaded.room).ok_or_else(Problem::unknown)?.group;
        let authority = self.staff_over_any(&call.permit, group).await?;
        let mut order = call.order(authority);
        if let Command::Cancel(it) = &command {
            order.rule_version = Some(it.rule.rule_version.clone());
        }
        Ok(call.run::<Session>(id.uuid(), command, order).await)
    }
}

/// Plan a session, and name whoever is invited; a whole group at once, if it is for one.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", request_body = PlanBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
async fn plan(
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<PlanBody>,
) -> Result<Response, Problem> {
    let authority = state.staff_over_any(&call.permit, body.group).await?;
    let (mut said, whole_group) = body.meeting();
    for person in &said.invited {
        if involvee::one(&state.pool, *person).await?.is_none() {
            let how = "Someone in this list is not registered. Register them first.";
            return Err(Problem::malformed(vec![FieldError::new("invited", how)]));
        }
    }
    if let Some(group) = said.group.filter(|_| whole_group) {
        state.rows_are_up_to_date().await?;
        let on = said.on();
        for row in appointment::in_group(&state.pool, group).await? {
            if let Appointment::Held(it) = row.state
                && it.place.term.from <= on
            {
                said.invited.insert(it.place.person);
            }
        }
    }
    let id: SessionId = call.new_id("session");
    let command = Command::Plan(Plan { said });
    Ok(call.execute_under::<Session>(authority, id.uuid(), command).await)
}

/// Say that a planned session will take place.
#[utoipa::path(post, path = "/v1/sessions/{session}/confirm", tag = "sessions",
    params(("session" = SessionId, Path, description = "Which")),
    request_body = Confirm, responses((status = 200, body = Accepted)))]
async fn confirm(
    Shared(state): Shared<State>,
    Address(id): Address<SessionId>,
    Ask { body, call }: Ask<Confirm>,
) -> Result<Response, Problem> {
    state.give_to_session(call, id, Command::Confirm(body)).await
}

/// Move a session. It has to be confirmed anew.
#[utoipa::path(post, path = "/v1/sessions/{session}/reschedule", tag = "sessions",
    params(("session" = SessionId, Path, description = "Which")),
    request_body = Reschedule, responses((status = 200, body = Accepted)))]
async fn reschedule(
    Shared(state): Shared<State>,
    Address(id): Address<SessionId>,
    Ask { body, call }: Ask<Reschedule>,
) -> Result<Response, Problem> {
    state.give_to_session(call, id, Command::Reschedule(body)).await
}

/// Say that a session does not take place.
#[utoipa::path(post, path = "/v1/sessions/{session}/cancel", tag = "sessions",
    params(("session" = SessionId, Path, description = "Which")),
    request_body = Cancellation, responses((status = 200, body = Accepted)))]
async fn cancel(
    Shared(state): Shared<State>,
    Address(id): Address<SessionId>,
    Ask { body, call }: Ask<Cancellation>,
) -> Result<Response, Problem> {
    let rule = LateRule { notice_hours: NOTICE_HOURS, rule_version: NOTICE_CITED.to_owned() };
    state.give_to_session(call, id, Command::Cancel(Cancel { said: body, rule })).await
}

/// Say who was there, for everyone on one sheet. A later sheet corrects an earlier one.
#[utoipa::path(post, path = "/v1/sessions/{session}/attendance", tag = "sessions",
    params(("session" = SessionId, Path, description = "Which")),
    request_body = RecordAttendance, responses((status = 200, body = Accepted)))]
async fn record_attendance(
    Shared(state): Shared<State>,
    Address(id): Address<SessionId>,
    Ask { body, call }: Ask<RecordAttendance>,
) -> Result<Response, Problem> {
    state.give_to_session(call, id, Command::RecordAttendance(body)).await
}

/// Say what came of speaking with someone who was expected and not seen.
#[utoipa::path(post, path = "/v1/sessions/{session}/follow-up", tag = "sessions",
    params(("session" = SessionId, Path, description = "After which")),
    request_body = FollowUp, responses((status = 200, body = Accepted)))]
async fn follow_up(
    Shared(state): Shared<State>,
    Address(id): Address<SessionId>,
    Ask { body, call }: Ask<FollowUp>,
) -> Result<Response, Problem> {
    state.give_to_session(call, id, Command::FollowUp(body)).await
}
