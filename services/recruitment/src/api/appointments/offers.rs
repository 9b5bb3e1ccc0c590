//! An offer and its answer.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{ApplicationId, AppointmentId, GroupId, OpportunityId, SeatId};
use eventstore::{Refusal as _, Refused, reader};
use std::time::Duration;
use web::{Accepted, Address, Ask, Call, FieldError, Problem};

use super::State;
use super::bodies::{DeclineBody, OfferBody};
use crate::NAME;
use crate::application::{Application, RecordPlaceOffered, Stage};
use crate::appointment::{Accept, Appointment, Command, Decline, Lapse, Offer, WithdrawOffer};
use crate::london::day_of;
use crate::seat::Seat;
use crate::views::appointment::held_before;
use crate::views::group::place;
use crate::views::{application, known_opportunity};

/// How long the view of earlier terms is waited for.
const WAITS_FOR_VIEW: Duration = Duration::from_secs(2);

impl State {
    /// The group of a seat that there is, or 404.
    async fn group_of_seat(&self, seat: SeatId) -> Result<GroupId, Problem> {
        let loaded = self.edge.executor().load::<Seat>(seat.uuid()).await?;
        place(&loaded.room).map(|place| place.group).ok_or_else(Problem::unknown)
    }

    /// The application that led to an offer: the one that is named, else the person's own for the
    /// opportunity that is named, so that it says what came of it.
    async fn application_behind(&self, body: &OfferBody) -> Result<Option<ApplicationId>, Problem> {
        let (None, Some(opportunity)) = (body.application, body.opportunity) else {
            return Ok(body.application);
        };
        let own = application::of_person(&self.pool, body.person).await?;
        let lives = |row: &application::Row| {
            row.submission.opportunity == opportunity
                && !matches!(row.submission.stage, Stage::Withdrawn { .. })
        };
        Ok(own.into_iter().find(lives).map(|row| row.application))
    }

    /// The opportunity that led to an offer. Whoever applied is reached through their application,
    /// once they have been told that they are offered a place or kept in reserve; anyone else as
    /// staff reach them otherwise.
    async fn led_by(
        &self,
        call: &Call,
        body: &OfferBody,
        application: Option<ApplicationId>,
        appointment: AppointmentId,
    ) -> Result<Option<OpportunityId>, Problem> {
        let Some(application) = application else {
            self.staff_over(&call.permit, body.person).await?;
            return Ok(body.opportunity);
        };
        let loaded = self.edge.executor().load::<Application>(application.uuid()).await?;
        let Application::Submitted(submission) = &loaded.room else {
            return Err(mismatch("application"));
        };
        if submission.applicant != body.person {
            return Err(mismatch("application"));
        }
        if body.opportunity.is_some_and(|it| it != submission.opportunity) {
            return Err(mismatch("opportunity"));
        }
        let offered_on = day_of(call.occasion().received_at);
        let offered = RecordPlaceOffered { appointment, offered_on };
        offered.decide(&loaded.room, call.occasion()).map_err(|refusal| {
            Problem::refused(Refused {
                code: refusal.code().to_owned(),
                text: refusal.to_string(),
                reasons: refusal.reasons(),
            })
        })?;
        Ok(Some(submission.opportunity))
    }

    /// Whether an opportunity is known not to go ahead. One that nobody has heard of leads nowhere.
    async fn is_withdrawn(&self, opportunity: Option<OpportunityId>) -> Result<bool, Problem> {
        let Some(opportunity) = opportunity else { return Ok(false) };
        let known = known_opportunity::one(&self.pool, opportunity).await?;
        let how = "There is no such opportunity, or it was never opened.";
        let known =
            known.ok_or_else(|| Problem::malformed(vec![FieldError::new("opportunity", how)]))?;
        Ok(known.withdrawn_because.is_some())
    }

    /// Until the rows hold all that has happened: a term that has just ended counts too.
    pub(in crate::api) async fn rows_are_up_to_date(&self) -> Result<(), Problem> {
        let head = reader::head(&self.pool).await?.position;
        if self.progress.wait_for(NAME, head, WAITS_FOR_VIEW).await {
            Ok(())
        } else {
            Err(Problem::behind())
        }
    }
}

fn mismatch(field: &str) -> Problem {
    let problem = "This does not belong to the person, the application and the opportunity named.";
    Problem::malformed(vec![FieldError::new(field, problem)])
}

/// Offer a place to someone, for a term of the rule in force.
#[utoipa::path(post, path = "/v1/seats/{seat}/appointments", tag = "places",
    params(("seat" = SeatId, Path, description = "Which place")), request_body = OfferBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn offer(
    Shared(state): Shared<State>,
    Address(seat): Address<SeatId>,
    Ask { body, call }: Ask<OfferBody>,
) -> Result<Response, Problem> {
    let group = state.group_of_seat(seat).await?;
    let authority = state.staff_over_group(&call.permit, group).await?;
    let appointment: AppointmentId = call.new_id("appointment");
    let application = state.application_behind(&body).await?;
    let opportunity = state.led_by(&call, &body, application, appointment).await?;
    let opportunity_withdrawn = state.is_withdrawn(opportunity).await?;
    let rule = state.term_rule(&call).await?;
    state.rows_are_up_to_date().await?;
    let held_before = held_before(&state.pool, body.person, group).await?;
    let exception = state.exception(&call, body.person, body.exception.as_ref()).await?;
    let mut order = call.order(authority);
    order.rule_version = Some(rule.rule_version.clone());
    let command = Command::Offer(Box::new(Offer {
        seat,
        group,
        opportunity,
        opportunity_withdrawn,
        application,
        person: body.person,
        starts_on: body.starts_on,
        answer_by: body.answer_by,
        terms_version: body.terms_version,
        exception,
        rule,
        held_before,
    }));
    Ok(call.run::<Appointment>(appointment.uuid(), command, order).await)
}

/// Say yes to a place.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/accept", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Which offer")),
    request_body = Accept, responses((status = 200, body = Accepted)))]
pub(super) async fn accept(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<Accept>,
) -> Result<Response, Problem> {
    let place = state.place(id).await?;
    let authority = state.acts_as(&call.permit, place.person).await?;
    Ok(call.execute_under::<Appointment>(authority, id.uuid(), Command::Accept(body)).await)
}

/// Say no to a place. No reason is needed.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/decline", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Which offer")),
    request_body = DeclineBody, responses((status = 200, body = Accepted)))]
pub(super) async fn decline(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<DeclineBody>,
) -> Result<Response, Problem> {
    let place = state.place(id).await?;
    let authority = state.acts_as(&call.permit, place.person).await?;
    let words = state.seal_if_given(place.person, body.words.as_ref()).await?;
    let command = Command::Decline(Decline { words });
    Ok(call.execute_under::<Appointment>(authority, id.uuid(), command).await)
}

/// Take an offer back that has not been answered.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/withdraw-offer", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Which offer")),
    request_body = WithdrawOffer, responses((status = 200, body = Accepted)))]
pub(super) async fn withdraw_offer(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<WithdrawOffer>,
) -> Result<Response, Problem> {
    state.give_as_staff(call, id, Command::WithdrawOffer(body)).await
}

/// Let an offer lapse after the person was tried by their own channel.
#[utoipa::path(post, path = "/v1/appointments/{appointment}/lapse", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Which offer")),
    request_body = Lapse, responses((status = 200, body = Accepted)))]
pub(super) async fn lapse(
    Shared(state): Shared<State>,
    Address(id): Address<AppointmentId>,
    Ask { body, call }: Ask<Lapse>,
) -> Result<Response, Problem> {
    state.give_as_staff(call, id, Command::Lapse(body)).await
}
