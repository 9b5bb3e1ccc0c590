//! The whole history of one thing, told in sentences, as it was known at any date.

use std::collections::BTreeSet;

use axum::extract::State as Shared;
use axum::{Extension, Json};
use contracts::PersonId;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use uuid::Uuid;
use web::trace::Trace;
use web::{Page, PageQuery, Permit, Problem, Query, ReadAfter, Role};

use super::State;
use super::moment;
use super::names::Wish;
use crate::opening::Because;
use crate::reading::Reading;
use crate::subject::{Kind, Subject};
use crate::tell::{self, Entry, Names};
use crate::views::about;
use crate::views::record::{self, Place, Record, VERSION};

const ROUTE: &str = "/v1/timeline";

/// Whose history, exactly one, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TimelineQuery {
    person: Option<Uuid>,
    opportunity: Option<Uuid>,
    application: Option<Uuid>,
    selection: Option<Uuid>,
    seat: Option<Uuid>,
    appointment: Option<Uuid>,
    group: Option<Uuid>,
    session: Option<Uuid>,
    work: Option<Uuid>,
    claim: Option<Uuid>,
    batch: Option<Uuid>,
    message: Option<Uuid>,
    rate_card: Option<Uuid>,
    /// As it was known then: an instant, or the end of a day.
    as_at: Option<String>,
    /// Whether to leave out what does not belong into an explanation: recusals, and what a single
    /// assessor thought.
    pack: Option<bool>,
    /// Whether to open names. That they were opened, by whom and why, is put on record first.
    names: Option<bool>,
    /// Why names are opened; needed with `names=true`.
    #[param(inline)]
    because: Option<Because>,
}

impl TimelineQuery {
    fn subject(&self) -> Result<Subject, Problem> {
        let mut given = [
            (Kind::Person, self.person),
            (Kind::Opportunity, self.opportunity),
            (Kind::Application, self.application),
            (Kind::Selection, self.selection),
            (Kind::Seat, self.seat),
            (Kind::Appointment, self.appointment),
            (Kind::Group, self.group),
            (Kind::Session, self.session),
            (Kind::Work, self.work),
            (Kind::Claim, self.claim),
            (Kind::Batch, self.batch),
            (Kind::Message, self.message),
            (Kind::RateCard, self.rate_card),
        ]
        .into_iter()
        .filter_map(|(kind, id)| Some(Subject { kind, id: id? }));
        match (given.next(), given.next()) {
            (Some(subject), None) => Ok(subject),
            _ => Err(Problem::parameter(
                "Say whose history: exactly one of person, opportunity, application, selection, \
                 seat, appointment, group, session, work, claim, batch, message and rate_card, \
                 with its id.",
            )),
        }
    }

    /// Why names are to be opened; `None` where they are not.
    fn wanted_names(&self) -> Result<Option<Because>, Problem> {
        match (self.names.unwrap_or(false), self.because) {
            (false, _) => Ok(None),
            (true, Some(because)) => Ok(Some(because)),
            (true, None) => Err(Problem::parameter(
                "Say with because why names are opened: routine_audit, complaint, subject_access, \
                 incident or review.",
            )),
        }
    }
}

/// The history of one thing, from its beginning. Whose names were opened here, by whom and why, is in
/// it; who elsewhere opened what someone wrote about themselves is not, as that is not recorded yet.
#[utoipa::path(get, path = "/v1/timeline", tag = "history", params(TimelineQuery, PageQuery),
    responses((status = 200, body = Page<Entry>)))]
pub(super) async fn timeline(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    trace: Option<Extension<Trace>>,
    Query(wanted): Query<TimelineQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Entry>>, Problem> {
    let subject = wanted.subject()?;
    let locality = state.locality(subject).await?;
    let as_pack = wanted.pack.unwrap_or(false);
    let (reading, authority) = Reading::of(&permit, subject, locality.as_deref(), as_pack)?;
    let because = wanted.wanted_names()?;
    let sees_names =
        !matches!(reading, Reading::Own(_)) && authority.role != Role::Coordinator.name();
    if because.is_some() && !sees_names {
        return Err(Problem::forbidden());
    }
    let asked = page.read::<Place>(VERSION)?;
    let known_at = moment::last(wanted.as_at.as_ref())?;
    let shown = reading.shown(state.edge.executor().clock().now());
    let (after, limit) = (asked.after.as_ref(), asked.rows_wanted());
    let rows = about::timeline(&state.pool, subject, known_at, &shown, after, limit).await?;
    let rows = asked.page(rows, record::place);
    let names = match because {
        None => Names::new(),
        Some(because) => {
            let traceparent = trace.map(|Extension(trace)| trace.traceparent().to_owned());
            let wish = Wish { permit: &permit, authority, route: ROUTE, because, traceparent };
            state.open_names(&named(&rows.items, reading), wish).await?
        }
    };
    let items = rows.items.iter().map(|row| tell::entry(row, reading, &names)).collect();
    Ok(Json(Page { items, next: rows.next }))
}

/// Whose names the page would show.
fn named(rows: &[Record], reading: Reading) -> BTreeSet<PersonId> {
    rows.iter().flat_map(|row| tell::people(row, reading)).collect()
}

impl State {
    /// The area an opportunity belongs to; `None` for everywhere, and for anything else.
    async fn locality(&self, subject: Subject) -> Result<Option<String>, Problem> {
        if subject.kind != Kind::Opportunity {
            return Ok(None);
        }
        let payload = record::latest_advert(&self.pool, subject.id).await?;
        let payload: Value =
            payload.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(["/advert/locality", "/content/advert/locality"]
            .into_iter()
            .find_map(|place| payload.pointer(place)?.as_str().map(str::to_owned)))
    }
}
