//! Who read what somebody wrote or told us of themselves, for that person.

use async_trait::async_trait;
use contracts::PersonId;
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

use crate::opening::{Event, Opening, What};

/// The view.
#[derive(Debug)]
pub struct Looks;

/// The version of the rows' order, for pages.
pub const VERSION: i32 = 1;

/// One look at what is someone's.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its place in the log.
    pub position: i64,
    /// When.
    pub at: Timestamp,
    /// Who read.
    pub reader: PersonId,
    /// In which role.
    pub role: String,
    /// What was read.
    pub what: What,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let what: String = row.try_get("what")?;
        Ok(Self {
            position: row.try_get("position")?,
            at: row.try_get::<SqlTimestamp, _>("at")?.to_jiff(),
            reader: PersonId::new(row.try_get("reader")?),
            role: row.try_get("role")?,
            what: serde_json::from_str(&what)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    position: i64,
    person: Uuid,
    at: Timestamp,
    reader: Uuid,
    role: String,
    #[serde(with = "column")]
    what: What,
}

impl view::Row for Columns {
    const TABLE: &'static str = "look";
    const KEY: &'static [&'static str] = &["position"];

    fn key(&self) -> Key {
        self.position.into()
    }
}

#[async_trait]
impl View for Looks {
    fn name(&self) -> &'static str {
        "looks"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["look"]
    }

    fn create(&self) -> &'static str {
        "create table look (
             position bigint primary key, person uuid not null, at timestamptz not null,
             reader uuid not null, role text not null, what text not null);
         create index look_by_person on look (person, position)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Opening::TYPE {
            return Ok(());
        }
        let Event::Recorded { person, what } = event.decode::<Event>()?;
        let meta = event.metadata()?;
        rows.put(Columns {
            position: event.position,
            person: person.uuid(),
            at: column::instant(meta.occurred_at),
            reader: meta.actor.person.uuid(),
            role: meta.authority.role,
            what,
        })
    }
}

/// Who looked at what is this person's, the latest first, before a given place.
pub async fn of_person(
    pool: &PgPool,
    person: PersonId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.look where person = $1 and ($2::bigint is null or position < $2)
         order by position desc limit $3",
    )
    .bind(person.uuid())
    .bind(before)
    .bind(limit)
    .fetch_all(pool)
    .await
}
