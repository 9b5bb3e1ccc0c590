//! Every file that left through the exports folder: whose it is, and until when it lies there. What
//! leaves as a file is listed, so that nothing in clear is forgotten.

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
use crate::message::{Event, KeptFile, Left, Message};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Clone, Copy, Debug)]
pub struct ExportedFiles;

/// One file.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub file: String,
    /// The message in it.
    pub message: MessageId,
    /// Whose values it holds.
    pub person: PersonId,
    /// Its place among all files, the earliest first.
    pub place: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it is removed.
    pub keep_until: Timestamp,
    /// Whether its time is over.
    pub expired: bool,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            file: row.try_get("file")?,
            message: MessageId::new(row.try_get("message")?),
            person: PersonId::new(row.try_get("person")?),
            place: row.try_get("place")?,
            made_at: row.try_get::<SqlTimestamp, _>("made_at")?.to_jiff(),
            keep_until: row.try_get::<SqlTimestamp, _>("keep_until")?.to_jiff(),
            expired: row.try_get("expired")?,
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    file: String,
    message: Uuid,
    person: Uuid,
    place: i64,
    made_at: Timestamp,
    keep_until: Timestamp,
    expired: bool,
}

impl view::Row for Columns {
    const TABLE: &'static str = "exported_file_view";
    const KEY: &'static [&'static str] = &["file"];

    fn key(&self) -> Key {
        self.file.as_str().into()
    }
}

#[async_trait]
impl View for ExportedFiles {
    fn name(&self) -> &'static str {
        "exported_files"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["exported_file_view"]
    }

    fn create(&self) -> &'static str {
        "create table exported_file_view (
             file text primary key, message uuid not null, person uuid not null,
             place bigint not null, made_at timestamptz not null, keep_until timestamptz not null,
             expired boolean not null default false)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Message::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::Sent {
                to, left: Left::MailFile { file } | Left::LetterFile { file }, ..
            }
            | Event::LetterPrepared { to, file, .. } => add(rows, event, to, &file).await,
            Event::FileExpired { file, .. } => {
                let before = rows.one::<Columns>(file.as_str()).await?;
                before.map_or(Ok(()), |row| rows.put(Columns { expired: true, ..row }))
            }
            Event::Sent { left: Left::Smtp { .. }, .. }
            | Event::Requested { .. }
            | Event::Attempted { .. }
            | Event::Failed { .. }
            | Event::BecameUnknown { .. }
            | Event::Held { .. }
            | Event::Released {}
            | Event::ToBeSentAgain {}
            | Event::CallRecorded { .. }
            | Event::GivenByHand { .. }
            | Event::SetAside { .. } => Ok(()),
        }
    }
}

async fn add(
    rows: &mut Rows<'_>,
    event: &StoredEvent,
    person: PersonId,
    file: &KeptFile,
) -> Result<(), ProjectError> {
    let keep_until = column::instant(file.keep_until);
    let row = match rows.one::<Columns>(file.name.as_str()).await? {
        Some(row) => Columns { keep_until, expired: false, ..row },
        None => Columns {
            file: file.name.clone(),
            message: event.stream.id,
            person: person.uuid(),
            place: event.position,
            made_at: column::instant(event.metadata()?.occurred_at),
            keep_until,
            expired: false,
        },
    };
    rows.put(row)
}

/// Files before a given place, the latest first.
pub async fn latest(
    pool: &PgPool,
    within: &Within,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.exported_file_view
         where ($1::bigint is null or place < $1)
           and ($2::text[] is null or person in (
               select person from views.locality_view
               where cardinality(localities) = 0 or localities && $2))
         order by place desc limit $3",
    )
    .bind(before)
    .bind(within.localities())
    .bind(limit)
    .fetch_all(pool)
    .await
}
