//! Every file that left through the exports folder: whose it is, and until when it lies there. What
//! leaves as a file is listed, so that nothing in clear is forgotten.

use async_trait::async_trait;
use contracts::{MessageId, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};

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

#[async_trait]
impl View for ExportedFiles {
    fn name(&self) -> &'static str {
        "exported_files"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.exported_file_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.exported_file_view (
             file text primary key, message uuid not null, person uuid not null,
             place bigint not null, made_at timestamptz not null, keep_until timestamptz not null,
             expired boolean not null default false)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Message::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::Sent {
                to, left: Left::MailFile { file } | Left::LetterFile { file }, ..
            }
            | Event::LetterPrepared { to, file, .. } => add(rows, event, to, &file).await?,
            Event::FileExpired { file, .. } => {
                sqlx::query("update views.exported_file_view set expired = true where file = $1")
                    .bind(file)
                    .execute(rows)
                    .await?;
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
            | Event::SetAside { .. } => {}
        }
        Ok(())
    }
}

async fn add(
    rows: &mut PgConnection,
    event: &StoredEvent,
    person: PersonId,
    file: &KeptFile,
) -> Result<(), ProjectError> {
    sqlx::query(
        "insert into views.exported_file_view (file, message, person, place, made_at, keep_until)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (file) do update set keep_until = excluded.keep_until, expired = false",
    )
    .bind(&file.name)
    .bind(event.stream.id)
    .bind(person.uuid())
    .bind(event.position)
    .bind(event.metadata()?.occurred_at.to_sqlx())
    .bind(file.keep_until.to_sqlx())
    .execute(rows)
    .await?;
    Ok(())
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
