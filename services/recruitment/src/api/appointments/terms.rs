//! What happens to a place that someone holds: asked about, renewed, ended, left.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{AppointmentId, PersonId};
use web::{Accepted, Address, Ask, Problem};

use super::State;
use super::bodies::{EndBody, GroundsBody, RenewBody, ResignBody};
use crate::appointment::{
    Appointment, Command, ConfirmEnd, End, Grounds, RecordAnswer, Renew, Resign,
};

/// Note what someone said is to happen at the end of a term. It decides nothing.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/record-answer", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Whose place")),
    request_body = RecordAnswer, responses((status = 200, body = Accepted)))]
pub(super) async fn record_answer(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<RecordAnswer>,
) -> Result<Response, Problem> {
    state.give_as_staff(call, id, Command::RecordAnswer(body)).await
}

/// Give another term, with the person's yes.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/renew", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Whose place")),
    request_body = RenewBody, responses((status = 200, body = Accepted)))]
pub(super) async fn renew(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<RenewBody>,
) -> Result<Response, Problem> {
    let place = state.place(id).await?;
    let authority = state.staff_over_group(&call.permit, place.group).await?;
    let rule = state.term_rule(&call).await?;
    let exception = state.exception(&call, place.person, body.exception.as_ref()).await?;
    let mut order = call.order(authority);
    order.rule_version = Some(rule.rule_version.clone());
    let command = Command::Renew(Box::new(Renew { said: body.renewal(), exception, rule }));
    Ok(call.run::<Appointment>(id.uuid(), command, order).await)
}

/// Settle that a term ends on its day, after having spoken with the person.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/confirm-end", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Whose place")),
    request_body = ConfirmEnd, responses((status = 200, body = Accepted)))]
pub(super) async fn confirm_end(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<ConfirmEnd>,
) -> Result<Response, Problem> {
    state.give_as_staff(call, id, Command::ConfirmEnd(body)).await
}

/// Settle that a place ends on another day, or for another reason, after having spoken with the
/// person.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/end", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Whose place")),
    request_body = EndBody, responses((status = 200, body = Accepted)))]
pub(super) async fn end(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<EndBody>,
) -> Result<Response, Problem> {
    let place = state.place(id).await?;
    let authority = state.staff_over_group(&call.permit, place.group).await?;
    let grounds = state.grounds(place.person, &body.grounds).await?;
    let EndBody { grounds: _, last_day, contact } = body;
    let command = Command::End(End { grounds, last_day, contact });
    Ok(call.execute_under::<Appointment>(authority, id.uuid(), command).await)
}

impl State {
    async fn grounds(&self, person: PersonId, given: &GroundsBody) -> Result<Grounds, Problem> {
        Ok(match given {
            GroundsBody::TermComplete {} => Grounds::TermComplete,
            GroundsBody::RoleEnded {} => Grounds::RoleEnded,
            GroundsBody::SteppedDown { review_until, reason } => Grounds::SteppedDown {
                review_until: *review_until,
                reason: self.seal_if_given(person, reason.as_ref()).await?,
            },
        })
    }
}

/// Leave a place. No reason is needed.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/resign", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Which place")),
    request_body = ResignBody, responses((status = 200, body = Accepted)))]
pub(super) async fn resign(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<ResignBody>,
) -> Result<Response, Problem> {
    let place = state.place(id).await?;
    let authority = state.acts_as(&call.permit, place.person).await?;
    let words = state.seal_if_given(place.person, body.words.as_ref()).await?;
    let command = Command::Resign(Resign { last_day: body.last_day, words });
    Ok(call.execute_under::<Appointment>(authority, id.uuid(), command).await)
}
