//! What someone has with us, all on one page: what they said of themselves, what they applied for,
//! their places, sessions and work, in plain words. For themselves, and for staff of their localities,
//! whose reading is on record before.

use axum::Json;
use axum::extract::State as Shared;
use contracts::PersonId;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Address, Permit, Problem, ReadAfter};

use super::State;
use super::application_pages::OwnApplication;
use super::appointments::OwnPlace;
use super::reach;
use super::records::{PersonPage, profile};
use super::sessions::SessionPart;
use super::today::Item;
use super::work::WorkPage;
use crate::involvee::AccountId;
use crate::opening::{Read, What};
use crate::views::involvee;

/// One's own involvement.
#[derive(Serialize, ToSchema)]
pub(super) struct MyInvolvement {
    /// Who one is here.
    person: PersonId,
    /// The account one has signed in with; staff ask for it where it is to be linked.
    account: AccountId,
    /// What one said of oneself; missing before one registers.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<PersonPage>,
    /// What one applied for, the latest first.
    applications: Vec<OwnApplication>,
    /// What waits for one as a member of panels, the longest waiting first.
    panels: Vec<Item>,
    /// Places one was offered, holds or held.
    places: Vec<OwnPlace>,
    /// Sessions to come to which one is invited.
    sessions: Vec<SessionPart>,
    /// Work one was asked for without a session, the latest first.
    work: Vec<WorkPage>,
}

/// The caller's own involvement.
#[utoipa::path(get, path = "/v1/my/involvement", tag = "people",
    responses((status = 200, body = MyInvolvement)))]
pub(super) async fn my_involvement(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
) -> Result<Json<MyInvolvement>, Problem> {
    let person = permit.caller.person;
    let row = involvee::one(&state.pool, person).await?;
    let record = match row.as_ref().and_then(|row| Some((row, profile(&row.state)?))) {
        Some((row, profile)) => Some(state.record(row, profile).await?),
        None => None,
    };
    Ok(Json(MyInvolvement {
        person,
        account: AccountId::new(permit.caller.account),
        record,
        applications: state.own_applications(person).await?,
        places: state.own_places(person).await?,
        sessions: state.own_sessions(person).await?,
        work: state.own_work(person).await?,
        panels: state.selection_tasks(&permit).await?.into_iter().map(Item::from).collect(),
    }))
}

/// All that someone has with us, for staff.
#[derive(Serialize, ToSchema)]
pub(super) struct Involvement {
    record: PersonPage,
    /// What they applied for, the latest first; why they took something back stays theirs.
    applications: Vec<OwnApplication>,
    /// Places they were offered, hold or held.
    places: Vec<OwnPlace>,
    /// Sessions to come to which they are invited.
    sessions: Vec<SessionPart>,
    /// Work they were asked for without a session, the latest first.
    work: Vec<WorkPage>,
}

/// The whole record of someone in the caller's localities.
#[utoipa::path(get, path = "/v1/people/{person}/involvement", tag = "people",
    params(("person" = PersonId, Path, description = "Whose")),
    responses((status = 200, body = Involvement)))]
pub(super) async fn involvement(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(person): Address<PersonId>,
) -> Result<Json<Involvement>, Problem> {
    let row = involvee::one(&state.pool, person).await?.ok_or_else(Problem::unknown)?;
    let profile = profile(&row.state).ok_or_else(Problem::unknown)?;
    let authority = reach::over(&permit, &profile.preferences.localities);
    let authority = authority.ok_or_else(Problem::unknown)?;
    state.note_reading(&permit, authority, [Read { person, what: What::Record }]).await?;
    let mut applications = state.own_applications(person).await?;
    applications.iter_mut().for_each(OwnApplication::keep_what_is_theirs);
    Ok(Json(Involvement {
        record: state.record(&row, profile).await?,
        applications,
        places: state.own_places(person).await?,
        sessions: state.own_sessions(person).await?,
        work: state.own_work(person).await?,
    }))
}
