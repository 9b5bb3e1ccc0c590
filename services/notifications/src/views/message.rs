//! Every message as it stands: one person's own, the list staff read, and what waits for a human. A
//! row is the room's state with the columns the lists are made by; nothing personal is in it.

use async_trait::async_trait;
use contracts::{MessageId, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use super::locality::Within;
use crate::message::{Errand, Event, Message, Stage};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Clone, Copy, Debug)]
pub struct Messages;

/// One message as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub id: MessageId,
    /// Its stream's version.
    pub version: i64,
    /// How it stands.
    pub errand: Errand,
    /// Its place among all messages, the earliest asked for first.
    pub place: i64,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Since when it stands as it does.
    pub stage_since: Timestamp,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let errand: String = row.try_get("errand")?;
        Ok(Self {
            id: MessageId::new(row.try_get("message")?),
            version: row.try_get("version")?,
            errand: serde_json::from_str(&errand)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            place: row.try_get("place")?,
            requested_at: row.try_get::<SqlTimestamp, _>("requested_at")?.to_jiff(),
            stage_since: row.try_get::<SqlTimestamp, _>("stage_since")?.to_jiff(),
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    message: Uuid,
    version: i64,
    person: Uuid,
    kind: String,
    stage: String,
    place: i64,
    requested_at: Timestamp,
    stage_since: Timestamp,
    #[serde(with = "column")]
    errand: Errand,
}

impl view::Row for Columns {
    const TABLE: &'static str = "message_view";
    const KEY: &'static [&'static str] = &["message"];

    fn key(&self) -> Key {
        self.message.into()
    }
}

#[async_trait]
impl View for Messages {
    fn name(&self) -> &'static str {
        "messages"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["message_view"]
    }

    fn create(&self) -> &'static str {
        "create table message_view (
             message uuid primary key, version bigint not null, person uuid not null,
             kind text not null, stage text not null, place bigint not null,
             requested_at timestamptz not null, stage_since timestamptz not null,
             errand text not null);
         create index message_by_person on message_view (person, place);
         create index message_by_stage on message_view (stage, place);
         create unique index message_by_place on message_view (place)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Message::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Message::TYPE {
            return Ok(());
        }
        let occurred_at = column::instant(event.metadata()?.occurred_at);
        let before = rows.one::<Columns>(event.stream.id).await?;
        let mut state = match &before {
            None => Message::NotRequested,
            Some(row) => Message::Requested(Box::new(row.errand.clone())),
        };
        state.apply(event.decode::<Event>()?);
        let Message::Requested(errand) = state else { return Ok(()) };
        let now_at = stage(&errand.stage).to_owned();
        rows.put(match before {
            Some(row) => Columns {
                version: event.version,
                stage_since: if row.stage == now_at { row.stage_since } else { occurred_at },
                stage: now_at,
                errand: *errand,
                ..row
            },
            None => Columns {
                message: event.stream.id,
                version: event.version,
                person: errand.to.uuid(),
                kind: errand.content.kind().to_owned(),
                stage: now_at,
                place: event.position,
                requested_at: occurred_at,
                stage_since: occurred_at,
                errand: *errand,
            },
        })
    }
}

/// The stage's name on screens.
pub fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Planned => "planned",
        Stage::Attempted { .. } => "attempted",
        Stage::Sent => "sent",
        Stage::Failed { .. } => "failed",
        Stage::Unknown => "unknown",
        Stage::Held { .. } => "held",
        Stage::LetterReady => "letter_ready",
        Stage::Told => "told",
        Stage::SetAside => "set_aside",
    }
}

/// One message.
pub async fn one(pool: &PgPool, id: MessageId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.message_view where message = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// Which messages are wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// To this person alone.
    pub person: Option<PersonId>,
    /// At this stage alone.
    pub stage: Option<&'a str>,
    /// To whom at all.
    pub within: Within,
}

/// Messages before a given place, the latest first.
pub async fn latest(
    pool: &PgPool,
    wanted: &Wanted<'_>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.message_view
         where ($1::uuid is null or person = $1) and ($2::text is null or stage = $2)
           and ($3::bigint is null or place < $3)
           and ($4::text[] is null or person in (
               select person from views.locality_view
               where cardinality(localities) = 0 or localities && $4))
         order by place desc limit $5",
    )
    .bind(wanted.person.map(PersonId::uuid))
    .bind(wanted.stage)
    .bind(before)
    .bind(wanted.within.localities())
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// What waits for a human, the longest waiting first.
pub async fn waiting(pool: &PgPool, within: &Within) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.message_view
         where stage in ('held', 'failed', 'unknown', 'letter_ready')
           and ($1::text[] is null or person in (
               select person from views.locality_view
               where cardinality(localities) = 0 or localities && $1))
         order by stage_since, place",
    )
    .bind(within.localities())
    .fetch_all(pool)
    .await
}

/// The messages to a person that nobody has given them yet, and that are not leaving at this moment.
pub async fn not_given(pool: &PgPool, person: PersonId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.message_view where person = $1
           and stage in ('planned', 'held', 'failed', 'unknown', 'letter_ready')
         order by place",
    )
    .bind(person.uuid())
    .fetch_all(pool)
    .await
}

/// What is held for a person.
pub async fn held_for(pool: &PgPool, person: PersonId) -> Result<Vec<MessageId>, sqlx::Error> {
    let held: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select message from views.message_view where person = $1 and stage = 'held'
         order by place",
    )
    .bind(person.uuid())
    .fetch_all(pool)
    .await?;
    Ok(held.into_iter().map(MessageId::new).collect())
}
