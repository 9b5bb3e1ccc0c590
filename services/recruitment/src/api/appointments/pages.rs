//! One place as its person and staff see it, and, for staff, who holds which place in a group until
//! when. Names are opened at the last moment; who a seat is for stands beside none of them.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use contracts::{ApplicationId, AppointmentId, GroupId, OpportunityId, PersonId, SeatId};
use http::HeaderMap;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Address, Permit, Problem, ReadAfter, with_etag};

use super::State;
use super::own::said;
use crate::api::readings::note_name;
use crate::appointment::{Answer, Appointment, Exception, Place};
use crate::opening::{Read, What};
use crate::setting::{About, Audience};
use crate::term::WhyEnded;
use crate::views::appointment::{self, Asked, Row, answer, place, stage};
use crate::views::group_label;

/// One place, as offered to one person.
#[derive(Serialize, ToSchema)]
pub(super) struct AppointmentPage {
    appointment: AppointmentId,
    version: i64,
    /// `offered`, `not_taken`, `held` or `ended`.
    stage: &'static str,
    /// The same in words for the person.
    said: String,
    seat: SeatId,
    group: GroupId,
    group_name: Option<String>,
    person: PersonId,
    opportunity: Option<OpportunityId>,
    application: Option<ApplicationId>,
    term: TermPart,
    #[schema(value_type = String, format = Date)]
    answer_by: Date,
    terms_version: String,
    /// Whether the term has ended and the person keeps the place until a human settles what follows.
    stays_on: bool,
    /// How it ends, once that is settled, or has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<EndingPart>,
    /// Why it is outside the rule for terms, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<ExceptionPart>,
    /// What the person wished to say when they said no or left.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// For whoever was asked to leave, and for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewPart>,
    /// Whose place it is, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What was asked about the end of the term and not answered, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Vec<AskedPart>>,
    /// What was last answered, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

/// A term.
#[derive(Serialize, ToSchema)]
struct TermPart {
    /// Which of the person's terms one after another.
    number: u8,
    #[schema(value_type = String, format = Date)]
    starts_on: Date,
    #[schema(value_type = String, format = Date)]
    ends_on: Date,
    /// The version of the setting it follows.
    rule_version: String,
}

/// How a place ends or has ended.
#[derive(Serialize, ToSchema)]
struct EndingPart {
    why: WhyEnded,
    #[schema(value_type = String, format = Date)]
    last_day: Date,
}

/// Why a rule does not hold.
#[derive(Serialize, ToSchema)]
struct ExceptionPart {
    reason: Option<String>,
    authorised_by: PersonId,
}

/// The right of reply of whoever was asked to leave.
#[derive(Serialize, ToSchema)]
struct ReviewPart {
    #[schema(value_type = String, format = Date)]
    until: Date,
    reason: Option<String>,
}

/// A question about the end of a term.
#[derive(Serialize, ToSchema)]
struct AskedPart {
    step: String,
    to: Audience,
    question: About,
}

/// Someone who holds a place, for staff.
#[derive(Serialize, ToSchema)]
struct Holder {
    seat: SeatId,
    appointment: AppointmentId,
    person: PersonId,
    name: Option<String>,
    #[schema(value_type = String, format = Date)]
    term_starts_on: Date,
    #[schema(value_type = String, format = Date)]
    term_ends_on: Date,
    /// Whether the term has ended and nothing is settled.
    stays_on: bool,
    /// The last day, where it is settled that they leave.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<Date>,
}

/// Whoever holds a place in a group.
#[derive(Serialize, ToSchema)]
pub(super) struct Holders {
    items: Vec<Holder>,
}

impl State {
    async fn page(
        &self,
        row: &Row,
        place: &Place,
        is_own: bool,
    ) -> Result<AppointmentPage, Problem> {
        let labels = group_label::of(&self.pool, [place.group]).await?;
        let beside = &row.beside;
        let review = match &beside.review {
            Some(it) => {
                let reason = self.open_if_given(it.reason.as_ref()).await?;
                Some(ReviewPart { until: it.until, reason })
            }
            None => None,
        };
        let name = if is_own { None } else { self.name_of(place.person).await? };
        let asked = beside.asked.iter().map(AskedPart::of).collect();
        Ok(AppointmentPage {
            appointment: row.appointment,
            version: row.version,
            stage: stage(&row.state),
            said: said(&row.state),
            seat: place.seat,
            group: place.group,
            group_name: labels.into_values().next().map(|label| label.name),
            person: place.person,
            opportunity: place.opportunity,
            application: place.application,
            term: TermPart::of(place),
            answer_by: place.answer_by,
            terms_version: place.terms_version.clone(),
            stays_on: stays_on(&row.state),
            ending: ending(&row.state),
            exception: self.exception_part(exception(&row.state)).await?,
            words: self.open_if_given(beside.words.as_ref()).await?,
            review,
            name,
            asked: (!is_own).then_some(asked),
            answer: if is_own { None } else { answered(&row.state) },
        })
    }

    async fn exception_part(
        &self,
        exception: Option<&Exception>,
    ) -> Result<Option<ExceptionPart>, Problem> {
        let Some(it) = exception else { return Ok(None) };
        let reason = self.open(&it.reason).await?;
        Ok(Some(ExceptionPart { reason, authorised_by: it.authorised_by }))
    }
}

impl TermPart {
    fn of(place: &Place) -> Self {
        Self {
            number: place.term.number,
            starts_on: place.term.from,
            ends_on: place.term.ends_on,
            rule_version: place.rule.rule_version.clone(),
        }
    }
}

impl AskedPart {
    fn of(asked: &Asked) -> Self {
        Self { step: asked.step.clone(), to: asked.to, question: asked.question }
    }
}

fn stays_on(state: &Appointment) -> bool {
    match state {
        Appointment::Held(it) => it.stays_on && it.leaving.is_none(),
        Appointment::NotOffered
        | Appointment::Offered(_)
        | Appointment::NotTaken(..)
        | Appointment::Ended(..) => false,
    }
}

fn ending(state: &Appointment) -> Option<EndingPart> {
    let ending = match state {
        Appointment::Held(it) => it.leaving?,
        Appointment::Ended(_, ending) => *ending,
        Appointment::NotOffered | Appointment::Offered(_) | Appointment::NotTaken(..) => {
            return None;
        }
    };
    Some(EndingPart { why: ending.why, last_day: ending.last_day })
}

fn exception(state: &Appointment) -> Option<&Exception> {
    match state {
        Appointment::Held(it) => match &it.renewed {
            Some((_, exception)) => exception.as_ref(),
            None => it.place.exception.as_ref(),
        },
        Appointment::NotOffered
        | Appointment::Offered(_)
        | Appointment::NotTaken(..)
        | Appointment::Ended(..) => place(state)?.exception.as_ref(),
    }
}

fn answered(state: &Appointment) -> Option<Answer> {
    match state {
        Appointment::Held(it) => answer(it),
        Appointment::NotOffered
        | Appointment::Offered(_)
        | Appointment::NotTaken(..)
        | Appointment::Ended(..) => None,
    }
}

/// One place: one's own, or one in a group of the caller's localities.
#[utoipa::path(get, path = "/v1/appointments/{appointment}", tag = "places",
    params(("appointment" = AppointmentId, Path, description = "Which")),
    responses((status = 200, body = AppointmentPage), (status = 304)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<AppointmentId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = appointment::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let place = place(&row.state).ok_or_else(Problem::unknown)?;
    let is_own = permit.is_person(place.person);
    if !is_own {
        let authority = state.staff_over_group(&permit, place.group).await?;
        let what = What::Appointment { appointment: id };
        state.note_reading(&permit, authority, [Read { person: place.person, what }]).await?;
    }
    let page = state.page(&row, place, is_own).await?;
    if is_own {
        Ok(with_etag(&headers, row.version, &page))
    } else {
        // A name may change without the appointment.
        Ok(Json(page).into_response())
    }
}

/// Who holds which place in a group until when, for staff of its localities.
#[utoipa::path(get, path = "/v1/groups/{group}/holders", tag = "places",
    params(("group" = GroupId, Path, description = "Which group")),
    responses((status = 200, body = Holders)))]
pub(super) async fn holders(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(group): Address<GroupId>,
) -> Result<Json<Holders>, Problem> {
    state.staff_over_group(&permit, group).await?;
    let mut items = Vec::new();
    for row in appointment::in_group(&state.pool, group).await? {
        let Appointment::Held(it) = &row.state else { continue };
        let person = it.place.person;
        note_name(&permit, person);
        items.push(Holder {
            seat: it.place.seat,
            appointment: row.appointment,
            person,
            name: state.name_of(person).await?,
            term_starts_on: it.place.term.from,
            term_ends_on: it.place.term.ends_on,
            stays_on: stays_on(&row.state),
            last_day: it.leaving.map(|leaving| leaving.last_day),
        });
    }
    Ok(Json(Holders { items }))
}
