//! Readings of what people wrote or told us of themselves: put on record before anything is opened
//! for somebody else, and shown to the person. Names in a list are noted in the service's own log alone.

use axum::Json;
use axum::extract::State as Shared;
use contracts::{ApplicationId, AppointmentId, PersonId};
use eventstore::Authority;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Page, PageQuery, Permit, Problem, Query, ReadAfter, Role};

use super::State;
use crate::opening::{Command, Opening, Read, Record, What};
use crate::views::look::{self, Row, VERSION};

impl State {
    /// Puts on record what the caller is about to read of others. Whatever is the caller's own is
    /// theirs to read, and nothing of it is recorded.
    pub(super) async fn note_reading(
        &self,
        permit: &Permit,
        authority: Authority,
        read: impl IntoIterator<Item = Read>,
    ) -> Result<(), Problem> {
        let read = read.into_iter().filter(|it| !permit.is_person(it.person));
        let record = Record { read: read.collect() };
        if record.read.is_empty() {
            return Ok(());
        }
        let command = Command::Record(record);
        self.edge.record_reading::<Opening>(permit, authority, None, command).await
    }
}

/// Notes that someone has read what somebody else is called: ids alone.
pub(super) fn note_name(permit: &Permit, person: PersonId) {
    if !permit.is_person(person) {
        let reader = permit.caller.person;
        tracing::info!(%reader, %person, what = "name", "sealed values were opened");
    }
}

/// One reading of what is one's own by somebody else.
#[derive(Serialize, ToSchema)]
pub(super) struct Reading {
    /// When.
    at: Timestamp,
    /// In which role it was read.
    role: String,
    /// By whom; missing for a member of a panel, who reads without knowing whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    reader: Option<PersonId>,
    /// `record`, `application`, `application_on_panel`, `decision_reasons` or `appointment`.
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment: Option<AppointmentId>,
    /// The same in words.
    said: String,
}

impl Reading {
    fn of(row: Row) -> Self {
        let (what, application, appointment, thing) = match row.what {
            What::Record => ("record", None, None, "what we keep about you"),
            What::Application { application } => {
                ("application", Some(application), None, "your application")
            }
            What::ApplicationOnPanel { application } => (
                "application_on_panel",
                Some(application),
                None,
                "your application, without your name",
            ),
            What::DecisionReasons { application } => (
                "decision_reasons",
                Some(application),
                None,
                "what was written about the decision on your application",
            ),
            What::Appointment { appointment } => {
                ("appointment", None, Some(appointment), "what was written about your place")
            }
        };
        let said = format!("{} read {thing}.", reader(&row.role));
        let is_panel = row.role == Role::PanelMember.name();
        Self {
            at: row.at,
            role: row.role,
            reader: (!is_panel).then_some(row.reader),
            what,
            application,
            appointment,
            said,
        }
    }
}

/// A role as the beginning of a sentence.
fn reader(role: &str) -> String {
    if role == Role::PanelMember.name() {
        return "A member of the panel".to_owned();
    }
    let words = role.replace('_', " ");
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    format!("{article} {words}")
}

/// Who read what one wrote or told us of oneself, the latest first.
#[utoipa::path(get, path = "/v1/my/readers", tag = "people", params(PageQuery),
    responses((status = 200, body = Page<Reading>)))]
pub(super) async fn my_readers(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Reading>>, Problem> {
    let asked = page.read::<i64>(VERSION)?;
    let limit = asked.rows_wanted();
    let rows = look::of_person(&state.pool, permit.caller.person, asked.after, limit).await?;
    let Page { items, next } = asked.page(rows, |row| row.position);
    Ok(Json(Page { items: items.into_iter().map(Reading::of).collect(), next }))
}
