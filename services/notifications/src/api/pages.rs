//! A message as it is shown: to its person, in a list, by what is to be done about it, and whole.

use std::collections::BTreeSet;

use contracts::notifications::Channel;
use contracts::recruitment::Format;
use contracts::{MessageId, PersonId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kinds::Voice;
use crate::message::{CallOutcome, Stage};
use crate::views::message::{Row, stage};
use crate::words::KEPT_FOR_ITS_PERSON;

/// One message as its person reads it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyMessage {
    id: MessageId,
    kind: &'static str,
    /// Whether it is `on_its_way`, `sent`, to be given `by_a_person` of the team, or `no_longer_needed`.
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    requested_at: Timestamp,
    subject: &'static str,
    paragraphs: Vec<String>,
    #[serde(skip)]
    pub(super) place: i64,
}

impl MyMessage {
    pub(super) fn of(row: &Row, voice: &Voice) -> Self {
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
        Stage::SetAside => "no_longer_needed",
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
    /// `planned`, `attempted`, `sent`, `failed`, `unknown`, `held`, `letter_ready`, `told` or
    /// `set_aside`.
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
    pub(super) place: i64,
}

impl MessageLine {
    pub(super) fn of(row: &Row) -> Self {
        let errand = &row.errand;
        let (reason, act_by) = match &errand.stage {
            Stage::Failed { reason, .. } => (Some(reason.code()), None),
            Stage::Held { reason, .. } => (Some(reason.code()), errand.act_by),
            Stage::Planned
            | Stage::Attempted { .. }
            | Stage::Sent
            | Stage::Unknown
            | Stage::LetterReady
            | Stage::Told
            | Stage::SetAside => (None, None),
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

/// One message as it stands, and what to do about it. What it says is read at its own address alone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageStanding {
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
    /// What stands above it: neutral.
    subject: &'static str,
}

impl MessageStanding {
    pub(super) fn of(row: &Row, voice: &Voice) -> Self {
        let errand = &row.errand;
        let (try_again_at, formats) = match &errand.stage {
            Stage::Failed { try_again_at, .. } => (*try_again_at, BTreeSet::new()),
            Stage::Held { formats, .. } => (None, formats.clone()),
            Stage::Planned
            | Stage::Attempted { .. }
            | Stage::Sent
            | Stage::Unknown
            | Stage::LetterReady
            | Stage::Told
            | Stage::SetAside => (None, BTreeSet::new()),
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
            subject: errand.content.writing(voice).subject,
        }
    }

    /// Whether its clock has run out.
    pub(super) fn is_overdue(&self, now: Timestamp) -> bool {
        self.line.act_by.is_some_and(|act_by| act_by < now)
    }
}

/// One message as staff read it whole.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessagePage {
    #[serde(flatten)]
    standing: MessageStanding,
    /// What it says, where that is for the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    paragraphs: Option<Vec<String>>,
    /// Why it is not shown what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_no_words: Option<&'static str>,
}

impl MessagePage {
    pub(super) fn with_words(row: &Row, voice: &Voice) -> Self {
        Self {
            standing: MessageStanding::of(row, voice),
            paragraphs: Some(row.errand.content.writing(voice).paragraphs),
            why_no_words: None,
        }
    }

    pub(super) fn without_words(row: &Row, voice: &Voice) -> Self {
        Self {
            standing: MessageStanding::of(row, voice),
            paragraphs: None,
            why_no_words: Some(KEPT_FOR_ITS_PERSON),
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
        Stage::Planned | Stage::Attempted { .. } | Stage::Sent | Stage::Told | Stage::SetAside => {
            None
        }
    }
}
