//! Commands on the places of a group, by staff of the group's localities. The rule that a place's
//! terms follow is the one in force on the day.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::id::{GroupId, SeatId};
use eventstore::Authority;
use http::StatusCode;
use web::{Accepted, Address, Ask, Call, Permit, Problem};

use super::State;
use super::bodies::{OpportunityBody, SeatBody};
use crate::london::day_of;
use crate::seat::{Abolish, Add, Command, Release, ReserveFor, Seat};
use crate::setting::{Name, Setting, Values, in_force};
use crate::term::TermRule;
use crate::views::group::{locality, place};
use crate::views::known_opportunity;

impl State {
    /// The rule for terms that is in force when a call is taken.
    pub(super) async fn term_rule(&self, call: &Call) -> Result<TermRule, Problem> {
        let name = Name::TermPolicy;
        let setting = self.edge.executor().load::<Setting>(name.stream()).await?.room;
        let today = day_of(call.occasion().taken_at);
        let version = in_force(&setting.versions, &name, today).ok_or_else(not_in_force)?;
        match &version.values {
            Values::TermPolicy(policy) => Ok(TermRule::of(policy, version.cited())),
            Values::SelectionRules(_) | Values::WorkingCalendar(_) => Err(not_in_force()),
        }
    }

    /// The right over a seat: by the locality of its group. Which seats there are is for staff alone, so
    /// what is out of reach is not there.
    async fn over_seat(&self, permit: &Permit, id: SeatId) -> Result<Authority, Problem> {
        let loaded = self.edge.executor().load::<Seat>(id.uuid()).await?;
        match place(&loaded.room) {
            Some(place) => {
                let group = self.group(place.group).await?;
                permit.authority_for_locality(locality(&group)).ok_or_else(Problem::unknown)
            }
            None if loaded.version == 0 => Err(Problem::unknown()),
            // What was abolished tells its group no more; only who reaches all of them reaches it.
            None => permit.authority_for_locality(None).ok_or_else(Problem::unknown),
        }
    }

    async fn give_to_seat(
        &self,
        call: Call,
        id: SeatId,
        command: Command,
    ) -> Result<Response, Problem> {
        let authority = self.over_seat(&call.permit, id).await?;
        Ok(call.execute_under::<Seat>(authority, id.uuid(), command).await)
    }
}

fn not_in_force() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "setting.not_in_force",
        "The length of terms is not set yet",
        "Nobody has said how long a term lasts. Put the setting term_policy in force first.",
    )
}

/// Give a group one more place.
#[utoipa::path(post, path = "/v1/groups/{group}/seats", tag = "groups",
    params(("group" = GroupId, Path, description = "Which group")), request_body = SeatBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn add(
    Shared(state): Shared<State>,
    Address(group): Address<GroupId>,
    Ask { body, call }: Ask<SeatBody>,
) -> Result<Response, Problem> {
    let authority = call.permit.require_locality(locality(&state.group(group).await?))?;
    let rule = state.term_rule(&call).await?;
    let seat: SeatId = call.new_id("seat");
    let mut order = call.order(authority);
    order.rule_version = Some(rule.rule_version.clone());
    let command = Command::Add(Add { seat, said: body.within(group), rule });
    Ok(call.run::<Seat>(seat.uuid(), command, order).await)
}

/// Say that an opportunity is to fill a place.
#[utoipa::path(post, path = "/v1/seats/{seat}/reserve", tag = "groups",
    params(("seat" = SeatId, Path, description = "Which")),
    request_body = OpportunityBody, responses((status = 200, body = Accepted)))]
pub(super) async fn reserve(
    Shared(state): Shared<State>,
    Address(id): Address<SeatId>,
    Ask { body: OpportunityBody { opportunity }, call }: Ask<OpportunityBody>,
) -> Result<Response, Problem> {
    let known = known_opportunity::one(&state.pool, opportunity).await?;
    let withdrawn = known.is_some_and(|it| it.withdrawn_because.is_some());
    let command = Command::ReserveFor(ReserveFor { opportunity, withdrawn });
    state.give_to_seat(call, id, command).await
}

/// Say that the opportunity does not fill it any more.
#[utoipa::path(post, path = "/v1/seats/{seat}/release", tag = "groups",
    params(("seat" = SeatId, Path, description = "Which")),
    request_body = OpportunityBody, responses((status = 200, body = Accepted)))]
pub(super) async fn release(
    Shared(state): Shared<State>,
    Address(id): Address<SeatId>,
    Ask { body: OpportunityBody { opportunity }, call }: Ask<OpportunityBody>,
) -> Result<Response, Problem> {
    state.give_to_seat(call, id, Command::Release(Release { opportunity })).await
}

/// Take a place away that nobody holds.
#[utoipa::path(post, path = "/v1/seats/{seat}/abolish", tag = "groups",
    params(("seat" = SeatId, Path, description = "Which")),
    request_body = Abolish, responses((status = 200, body = Accepted)))]
pub(super) async fn abolish(
    Shared(state): Shared<State>,
    Address(id): Address<SeatId>,
    Ask { body, call }: Ask<Abolish>,
) -> Result<Response, Problem> {
    state.give_to_seat(call, id, Command::Abolish(body)).await
}
