//! Places: offered, answered, held, renewed, ended. A person says yes, no or goodbye; staff of the
//! group's locality do the rest, and nobody else is told that there is a place.

mod bodies;
mod offers;
mod terms;
mod pages;
mod own;
mod waiting;

use axum::response::Response;
use contracts::{AppointmentId, GroupId, PersonId};
use eventstore::Authority;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Call, Permit, Problem, Role};

use super::State;
use crate::appointment::{Appointment, Command, Exception, Place};
use crate::views::appointment::place;
use crate::views::group::locality;
use bodies::ExceptionBody;

pub(super) use own::OwnPlace;
pub(super) use waiting::PlaceTask;

/// Every route of places that people hold.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(offers::offer))
        .routes(routes!(offers::accept))
        .routes(routes!(offers::decline))
        .routes(routes!(offers::withdraw_offer))
        .routes(routes!(offers::lapse))
        .routes(routes!(terms::record_answer))
        .routes(routes!(terms::renew))
        .routes(routes!(terms::confirm_end))
        .routes(routes!(terms::end))
        .routes(routes!(terms::resign))
        .routes(routes!(pages::one))
        .routes(routes!(pages::holders))
}

impl State {
    /// What was offered by an appointment, or 404.
    async fn place(&self, id: AppointmentId) -> Result<Place, Problem> {
        let loaded = self.edge.executor().load::<Appointment>(id.uuid()).await?;
        place(&loaded.room).cloned().ok_or_else(Problem::unknown)
    }

    /// The right of staff over what happens in a group.
    pub(super) async fn staff_over_group(
        &self,
        permit: &Permit,
        group: GroupId,
    ) -> Result<Authority, Problem> {
        let group = self.group(group).await?;
        permit.authority_for_locality(locality(&group)).ok_or_else(Problem::unknown)
    }

    /// Gives a command that is for staff to give.
    async fn give_as_staff(
        &self,
        call: Call,
        id: AppointmentId,
        command: Command,
    ) -> Result<Response, Problem> {
        let place = self.place(id).await?;
        let authority = self.staff_over_group(&call.permit, place.group).await?;
        Ok(call.execute_under::<Appointment>(authority, id.uuid(), command).await)
    }

    /// Why a rule does not hold this once, by authority of whoever leads the team.
    async fn exception(
        &self,
        call: &Call,
        person: PersonId,
        given: Option<&ExceptionBody>,
    ) -> Result<Option<Exception>, Problem> {
        let Some(given) = given else { return Ok(None) };
        call.permit.require_role(Role::EngagementLead)?;
        let reason = self.seal(person, &given.reason).await?;
        Ok(Some(Exception { reason, authorised_by: call.permit.caller.person }))
    }
}
