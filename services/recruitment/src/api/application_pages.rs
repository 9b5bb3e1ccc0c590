//! Applications, read: by whoever made them, and by staff of the opportunity's locality. What people
//! wrote is opened at the last moment; that staff read it is on record before.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use contracts::{ApplicationId, OpportunityId, PersonId};
use eventstore::{Authority, Taken};
use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Address, Page, PageQuery, Permit, Problem, Query, ReadAfter, with_etag};

use super::State;
use super::readings::note_name;
use crate::application::{Form, NotTaken, Place, Stage};
use crate::opening::{Read, What};
use crate::selection::Decision;
use crate::views::application::{self, Row, VERSION, stage};
use crate::views::known_opportunity;

/// One application, whole.
#[derive(Serialize, ToSchema)]
pub(super) struct ApplicationPage {
    application: ApplicationId,
    version: i64,
    opportunity: OpportunityId,
    /// What the opportunity is called.
    title: String,
    person: PersonId,
    /// Whose it is, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    received_at: Timestamp,
    taken: Taken,
    progress: ProgressPart,
    form: OpenedForm,
}

/// How far an application has come.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgressPart {
    /// `undecided`, `offered`, `in_reserve`, `not_selected`, `declined`, `lapsed`, `offer_taken_back`,
    /// `appointed`, `place_ended`, `withdrawn` or `opportunity_withdrawn`.
    stage: &'static str,
    /// The same in words for the person.
    said: String,
    /// Why, in words for the person, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What someone wrote.
#[derive(Serialize, ToSchema)]
struct OpenedForm {
    answers: Vec<OpenedAnswer>,
    why: Option<String>,
    interests: Option<String>,
    availability: Option<String>,
    adjustments: Option<String>,
}

/// An answer to one criterion.
#[derive(Serialize, ToSchema)]
struct OpenedAnswer {
    criterion: String,
    text: Option<String>,
}

/// An application as it stands in a list of its person's own.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnApplication {
    application: ApplicationId,
    version: i64,
    opportunity: OpportunityId,
    title: String,
    received_at: Timestamp,
    progress: ProgressPart,
}

/// An application as staff see it in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ReceivedApplication {
    application: ApplicationId,
    version: i64,
    person: PersonId,
    name: Option<String>,
    received_at: Timestamp,
    taken: Taken,
    stage: &'static str,
}

impl OwnApplication {
    /// For staff: why someone took their application back is not theirs to read.
    pub(super) fn keep_what_is_theirs(&mut self) {
        if self.progress.stage == "withdrawn" {
            self.progress.reason = None;
        }
    }
}

impl State {
    /// A person's own applications, the latest first.
    pub(super) async fn own_applications(
        &self,
        person: PersonId,
    ) -> Result<Vec<OwnApplication>, Problem> {
        let mut own = Vec::new();
        for row in application::of_person(&self.pool, person).await? {
            let progress = self.progress_of(&row.submission.stage).await?;
            own.push(OwnApplication {
                application: row.application,
                version: row.version,
                opportunity: row.submission.opportunity,
                title: row.submission.title,
                received_at: row.received_at,
                progress,
            });
        }
        Ok(own)
    }

    /// The right of staff over the applications for an opportunity in their localities, or 404 where
    /// there is none such. No right where they ever applied for it themselves: nobody reads what those
    /// wrote between whom and them others decide.
    async fn staff_over_applications(
        &self,
        permit: &Permit,
        opportunity: OpportunityId,
    ) -> Result<Option<Authority>, Problem> {
        let known = known_opportunity::one(&self.pool, opportunity).await?;
        let locality = known.ok_or_else(Problem::unknown)?.advert.locality;
        let Some(authority) = permit.authority_for_locality(locality.as_deref()) else {
            return Ok(None);
        };
        let own = application::of_person(&self.pool, permit.caller.person).await?;
        let applied = own.iter().any(|row| row.submission.opportunity == opportunity);
        Ok((!applied).then_some(authority))
    }

    async fn progress_of(&self, at: &Stage) -> Result<ProgressPart, Problem> {
        let reason = match at {
            Stage::Decided(outcome) => self.open_if_given(outcome.reason.as_ref()).await?,
            Stage::Withdrawn { reason } => self.open_if_given(reason.as_ref()).await?,
            Stage::OpportunityWithdrawn { reason, .. } => Some(reason.clone()),
            Stage::LedTo(it) => self.open_if_given(it.outcome.reason.as_ref()).await?,
            Stage::Undecided => None,
        };
        Ok(ProgressPart { stage: stage(at), said: said(at), reason })
    }

    async fn opened(&self, form: &Form) -> Result<OpenedForm, Problem> {
        let mut answers = Vec::with_capacity(form.answers.len());
        for answer in &form.answers {
            let text = self.open(&answer.text).await?;
            answers.push(OpenedAnswer { criterion: answer.criterion.clone(), text });
        }
        Ok(OpenedForm {
            answers,
            why: self.open_if_given(form.why.as_ref()).await?,
            interests: self.open_if_given(form.interests.as_ref()).await?,
            availability: self.open_if_given(form.availability.as_ref()).await?,
            adjustments: self.open_if_given(form.adjustments.as_ref()).await?,
        })
    }

    async fn received(&self, row: &Row) -> Result<ReceivedApplication, Problem> {
        let person = row.submission.applicant;
        Ok(ReceivedApplication {
            application: row.application,
            version: row.version,
            person,
            name: self.name_of(person).await?,
            received_at: row.received_at,
            taken: row.taken,
            stage: stage(&row.submission.stage),
        })
    }
}

fn said(at: &Stage) -> String {
    match at {
        Stage::Undecided => "We have your application. Nothing has been decided yet.".to_owned(),
        Stage::Decided(outcome) => match outcome.decision {
            Decision::Offer => "A place is offered to you.".to_owned(),
            Decision::Reserve { until } => {
                format!("There is no place for you now, but there may be one until {}.", day(until))
            }
            Decision::NotSelected => "You were not selected this time.".to_owned(),
        },
        Stage::LedTo(it) => said_of_place(&it.place),
        Stage::Withdrawn { .. } => "You took this application back.".to_owned(),
        Stage::OpportunityWithdrawn { kept_in_reserve: false, .. } => {
            "This opportunity was withdrawn, so nothing is decided about your application."
                .to_owned()
        }
        Stage::OpportunityWithdrawn { kept_in_reserve: true, .. } => {
            "This opportunity was withdrawn, so there will be no place that we could offer you."
                .to_owned()
        }
    }
}

fn said_of_place(place: &Place) -> String {
    match place {
        Place::Offered => "A place is offered to you.".to_owned(),
        Place::NotTaken(NotTaken::Declined {}) => {
            "A place was offered to you, and you said no to it.".to_owned()
        }
        Place::NotTaken(NotTaken::Lapsed { on }) => format!(
            "A place was offered to you. We did not hear from you, and the offer lapsed on {}.",
            day(*on)
        ),
        Place::NotTaken(NotTaken::TakenBack { reason }) => {
            format!("A place was offered to you, and we took this offer back: {reason}")
        }
        Place::Held => "The place is yours.".to_owned(),
        Place::Ended { last_day } => {
            format!("A place was yours. It ended on {}.", day(*last_day))
        }
    }
}

fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// One application: one's own, or one for an opportunity in the caller's localities.
#[utoipa::path(get, path = "/v1/applications/{application}", tag = "applications",
    params(("application" = ApplicationId, Path, description = "Which")),
    responses((status = 200, body = ApplicationPage), (status = 304)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<ApplicationId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = application::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let (opportunity, person) = (row.submission.opportunity, row.submission.applicant);
    let is_own = permit.is_person(person);
    if !is_own {
        let authority = state.staff_over_applications(&permit, opportunity).await?;
        let authority = authority.ok_or_else(Problem::unknown)?;
        let what = What::Application { application: id };
        state.note_reading(&permit, authority, [Read { person, what }]).await?;
    }
    let page = ApplicationPage {
        application: row.application,
        version: row.version,
        opportunity,
        title: row.submission.title.clone(),
        person,
        name: if is_own { None } else { state.name_of(person).await? },
        received_at: row.received_at,
        taken: row.taken,
        progress: state.progress_of(&row.submission.stage).await?,
        form: state.opened(&row.submission.form).await?,
    };
    if is_own {
        Ok(with_etag(&headers, row.version, &page))
    } else {
        // A name may change without the application.
        Ok(Json(page).into_response())
    }
}

/// The applications for an opportunity in the caller's localities, in no order that tells anything.
#[utoipa::path(get, path = "/v1/opportunities/{opportunity}/applications", tag = "applications",
    params(("opportunity" = OpportunityId, Path, description = "For what"), PageQuery),
    responses((status = 200, body = Page<ReceivedApplication>)))]
pub(super) async fn for_opportunity(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(opportunity): Address<OpportunityId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ReceivedApplication>>, Problem> {
    let authority = state.staff_over_applications(&permit, opportunity).await?;
    authority.ok_or_else(Problem::forbidden)?;
    let asked = page.read::<ApplicationId>(VERSION)?;
    let limit = asked.rows_wanted();
    let rows = application::for_opportunity(&state.pool, opportunity, asked.after, limit).await?;
    let Page { items: rows, next } = asked.page(rows, |row| row.application);
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        note_name(&permit, row.submission.applicant);
        items.push(state.received(row).await?);
    }
    Ok(Json(Page { items, next }))
}
