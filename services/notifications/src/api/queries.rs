//! Rows out. People read what was written to them; staff read how the messages of the people they
//! reach stand, by the person's id alone: nothing personal is opened here.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::notifications::Channel;
use contracts::recruitment::Format;
use contracts::{MessageId, PersonId};
use http::HeaderMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Address, Page, PageQuery, Permit, Problem, Query, ReadAfter, with_etag};

use super::State;
use super::reach::within;
use crate::kinds::Voice;
use crate::message::{CallOutcome, HoldReason, Stage};
use crate::views::export;
use crate::views::locality::Within;
use crate::views::message::{self, Row, VERSION, stage};

/// One message as its person reads it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyMessage {
    id: MessageId,
    kind: &'static str,
    /// Whether it is `on_its_way`, `sent`, or to be given `by_a_person` of the team.
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    requested_at: Timestamp,
    subject: &'static str,
    paragraphs: Vec<String>,
    #[serde(skip)]
    place: i64,
}

impl MyMessage {
    fn of(row: &Row, voice: &Voice) -> Self {
        let writing = row.errand.content.writing(voice);
        Self {
            id: row.id,
            kind: row.errand.content.kind(),
            standing: standing(&row.errand.stage),
            channel: row.errand.channel,
            requested_at: row.requested_at,
            subject: writing.subject,
            paragraphs: writing.paragraphs,
            place: row.place,
        }
    }
}

fn standing(stage: &Stage) -> &'static str {
    match stage {
        Stage::Planned | Stage::Attempted { .. } => "on_its_way",
        Stage::Sent | Stage::Told => "sent",
        Stage::Failed { .. } | Stage::Unknown | Stage::Held { .. } | Stage::LetterReady => {
            "by_a_person"
        }
    }
}

/// One message as staff read it in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageLine {
    id: MessageId,
    person: PersonId,
    kind: &'static str,
    /// `planned`, `attempted`, `sent`, `failed`, `unknown`, `held`, `letter_ready` or `told`.
    stage: &'static str,
    stage_since: Timestamp,
    requested_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    /// Why it stands so: a permanent name.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Until when a human is to have given it.
    #[serde(skip_serializing_if = "Option::is_none")]
    act_by: Option<Timestamp>,
    #[serde(skip)]
    place: i64,
}

impl MessageLine {
    fn of(row: &Row) -> Self {
        let errand = &row.errand;
        let (reason, act_by) = match &errand.stage {
            Stage::Failed { reason, .. } => (Some(reason.code()), None),
            Stage::Held { reason, .. } => (Some(reason.code()), errand.act_by),
            Stage::Planned
            | Stage::Attempted { .. }
            | Stage::Sent
            | Stage::Unknown
            | Stage::LetterReady
            | Stage::Told => (None, None),
        };
        Self {
            id: row.id,
            person: errand.to,
            kind: errand.content.kind(),
            stage: stage(&errand.stage),
            stage_since: row.stage_since,
            requested_at: row.requested_at,
            channel: errand.channel,
            reason,
            act_by,
            place: row.place,
        }
    }
}

/// One message as staff read it whole.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessagePage {
    #[serde(flatten)]
    line: MessageLine,
    version: i64,
    attempts: u16,
    /// What to do about it, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    what_to_do: Option<String>,
    /// When it is tried again by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    try_again_at: Option<Timestamp>,
    /// The formats to make, where it waits for one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    formats: BTreeSet<Format>,
    /// What came of each call.
    calls: Vec<CallOutcome>,
    /// Its files that lie in the exports folder.
    files: Vec<String>,
    subject: &'static str,
    /// What it says, for whoever rings or makes a format.
    paragraphs: Vec<String>,
}

impl MessagePage {
    fn of(row: &Row, voice: &Voice) -> Self {
        let errand = &row.errand;
        let writing = errand.content.writing(voice);
        let (try_again_at, formats) = match &errand.stage {
            Stage::Failed { try_again_at, .. } => (*try_again_at, BTreeSet::new()),
            Stage::Held { formats, .. } => (None, formats.clone()),
            Stage::Planned
            | Stage::Attempted { .. }
            | Stage::Sent
            | Stage::Unknown
            | Stage::LetterReady
            | Stage::Told => (None, BTreeSet::new()),
        };
        Self {
            line: MessageLine::of(row),
            version: row.version,
            attempts: errand.attempts,
            what_to_do: what_to_do(&errand.stage),
            try_again_at,
            formats,
            calls: errand.calls.clone(),
            files: errand.files.values().map(|file| file.name.clone()).collect(),
            subject: writing.subject,
            paragraphs: writing.paragraphs,
        }
    }
}

fn what_to_do(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Failed { reason, .. } => Some(reason.text()),
        Stage::Held { reason, .. } => Some(reason.text().to_owned()),
        Stage::Unknown => Some(
            "Nobody knows whether this has left. Please ask the person, or send it again."
                .to_owned(),
        ),
        Stage::LetterReady => {
            Some("Please print and post this letter, and say so once it is done.".to_owned())
        }
        Stage::Planned | Stage::Attempted { .. } | Stage::Sent | Stage::Told => None,
    }
}

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

/// One message, with what it says.
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
    state.right_over(&permit, row.errand.to).await?;
    Ok(with_etag(&headers, row.version, &MessagePage::of(&row, &state.voice)))
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
    message: MessagePage,
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
            let message = MessagePage::of(&row, &state.voice);
            let overdue = message.line.act_by.is_some_and(|act_by| act_by < now);
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
        | Stage::Told => None,
    }
}
