//! Rows out. People read what was written to them; staff read how the messages of the people they
//! reach stand, by the person's id alone: nothing personal is opened here.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::{MessageId, PersonId};
use http::HeaderMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Address, Page, PageQuery, Permit, Problem, Query, ReadAfter, with_etag};

use super::State;
use super::pages::{MessageLine, MessagePage, MessageStanding, MyMessage};
use super::reach::within;
use crate::message::{HoldReason, Stage};
use crate::views::export;
use crate::views::locality::Within;
use crate::views::message::{self, VERSION};

/// What was written to the caller, the latest first.
#[utoipa::path(get, path = "/v1/my/messages", tag = "message", params(PageQuery),
    responses((status = 200, body = Page<MyMessage>)))]
pub(super) async fn mine(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MyMessage>>, Problem> {
    let asked = page.read::<i64>(VERSION)?;
    let person = Some(permit.caller.person);
    let to_me = message::Wanted { person, stage: None, within: Within::Everywhere };
    let rows = message::latest(&state.pool, &to_me, asked.after, asked.rows_wanted()).await?;
    let mine = rows.iter().map(|row| MyMessage::of(row, &state.voice)).collect();
    Ok(Json(asked.page(mine, |one: &MyMessage| one.place)))
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only those at this stage.
    stage: Option<String>,
    /// Only those to this person.
    person: Option<PersonId>,
}

/// Every message to people the caller reaches, as it stands, the latest first.
#[utoipa::path(get, path = "/v1/messages", tag = "message", params(Wanted, PageQuery),
    responses((status = 200, body = Page<MessageLine>)))]
pub(super) async fn all(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(wanted): Query<Wanted>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MessageLine>>, Problem> {
    let asked = page.read::<i64>(VERSION)?;
    let wanted = message::Wanted {
        person: wanted.person,
        stage: wanted.stage.as_deref(),
        within: within(&permit),
    };
    let rows = message::latest(&state.pool, &wanted, asked.after, asked.rows_wanted()).await?;
    let lines = rows.iter().map(MessageLine::of).collect();
    Ok(Json(asked.page(lines, |line: &MessageLine| line.place)))
}

/// One message, with what it says where that is for the caller. That somebody else than its person
/// reads its words is on record before they are shown.
#[utoipa::path(get, path = "/v1/messages/{message}", tag = "message",
    params(("message" = MessageId, Path, description = "Which message")),
    responses((status = 200, body = MessagePage), (status = 304)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<MessageId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = message::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let rights = state.rights_over(&permit, row.errand.to).await?;
    let page = if state.opens_words(&permit, &rights, &row).await? {
        MessagePage::with_words(&row, &state.voice)
    } else {
        MessagePage::without_words(&row, &state.voice)
    };
    Ok(with_etag(&headers, row.version, &page))
}

/// One file that left through the exports folder.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExportLine {
    file: String,
    message: MessageId,
    person: PersonId,
    made_at: Timestamp,
    keep_until: Timestamp,
    /// Whether its time is over, and it was removed.
    expired: bool,
    #[serde(skip)]
    place: i64,
}

/// Every file for people the caller reaches that left through the exports folder, the latest first.
#[utoipa::path(get, path = "/v1/exports", tag = "export", params(PageQuery),
    responses((status = 200, body = Page<ExportLine>)))]
pub(super) async fn exports(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ExportLine>>, Problem> {
    let asked = page.read::<i64>(export::VERSION)?;
    let within = within(&permit);
    let rows = export::latest(&state.pool, &within, asked.after, asked.rows_wanted()).await?;
    let lines = rows
        .into_iter()
        .map(|row| ExportLine {
            file: row.file,
            message: row.message,
            person: row.person,
            made_at: row.made_at,
            keep_until: row.keep_until,
            expired: row.expired,
            place: row.place,
        })
        .collect();
    Ok(Json(asked.page(lines, |line: &ExportLine| line.place)))
}

/// What waits for someone on the staff.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Today {
    items: Vec<Waiting>,
}

/// One thing that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Waiting {
    /// `ring`, `send_a_text`, `make_the_format`, `find_out_how_to_reach`, `post_the_letter`,
    /// `see_why_it_failed` or `find_out_whether_it_left`.
    what: &'static str,
    /// Since when.
    since: Timestamp,
    /// Whether its clock has run out.
    overdue: bool,
    message: MessageStanding,
}

/// What waits for staff, the longest waiting first: calls to make, formats to make, letters to post,
/// failures to see to. What is tried again by itself is not among it.
#[utoipa::path(get, path = "/v1/today", tag = "today", responses((status = 200, body = Today)))]
pub(super) async fn today(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
) -> Result<Json<Today>, Problem> {
    let now = state.edge.executor().clock().now();
    let items = message::waiting(&state.pool, &within(&permit))
        .await?
        .into_iter()
        .filter_map(|row| {
            let what = what_waits(&row.errand.stage)?;
            let message = MessageStanding::of(&row, &state.voice);
            let overdue = message.is_overdue(now);
            Some(Waiting { what, since: row.stage_since, overdue, message })
        })
        .collect();
    Ok(Json(Today { items }))
}

fn what_waits(stage: &Stage) -> Option<&'static str> {
    match stage {
        Stage::Held { reason, .. } => Some(match reason {
            HoldReason::ToBeRung => "ring",
            HoldReason::ToBeTexted => "send_a_text",
            HoldReason::FormatToBeMade => "make_the_format",
            HoldReason::RecipientUnknown => "find_out_how_to_reach",
        }),
        Stage::LetterReady => Some("post_the_letter"),
        Stage::Failed { try_again_at: None, .. } => Some("see_why_it_failed"),
        Stage::Unknown => Some("find_out_whether_it_left"),
        Stage::Failed { try_again_at: Some(_), .. }
        | Stage::Planned
        | Stage::Attempted { .. }
        | Stage::Sent
        | Stage::Told
        | Stage::SetAside => None,
    }
}
