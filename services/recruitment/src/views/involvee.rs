//! One person's record, the lists staff look through, and who may want to hear of an opportunity.
//! A row is the room's state as it stands, personal values sealed, with the columns that the lists
//! and the matching are made by.

use async_trait::async_trait;
use contracts::PersonId;
use contracts::opportunities::{Advert, Constituency};
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

use crate::involvee::{Consent, Event, Involvee, Profile};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Involvees;

/// One person as the rows hold them.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub person: PersonId,
    /// Their stream's version.
    pub version: i64,
    /// When they registered: when what they gave us was received.
    pub registered_at: Timestamp,
    /// Their state.
    pub state: Involvee,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            person: PersonId::new(row.try_get("person")?),
            version: row.try_get("version")?,
            registered_at: row.try_get::<SqlTimestamp, _>("registered_at")?.to_jiff(),
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    person: Uuid,
    version: i64,
    registered_at: Timestamp,
    interests: Vec<String>,
    localities: Vec<String>,
    constituencies: Vec<String>,
    wants_news: bool,
    #[serde(with = "column")]
    state: Involvee,
}

impl view::Row for Columns {
    const TABLE: &'static str = "involvee_view";
    const KEY: &'static [&'static str] = &["person"];

    fn key(&self) -> Key {
        self.person.into()
    }
}

#[async_trait]
impl View for Involvees {
    fn name(&self) -> &'static str {
        "involvees"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["involvee_view"]
    }

    fn create(&self) -> &'static str {
        "create table involvee_view (
             person uuid primary key, version bigint not null, registered_at timestamptz not null,
             interests text[] not null, localities text[] not null,
             constituencies text[] not null, wants_news boolean not null, state text not null);
         create index involvee_by_constituency on involvee_view
             using gin (constituencies) where wants_news"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Involvee::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Involvee::TYPE {
            return Ok(());
        }
        let person = event.stream.id;
        let (mut state, registered_at) = match rows.one::<Columns>(person).await? {
            Some(row) => (row.state, row.registered_at),
            None => (Involvee::default(), column::instant(event.metadata()?.received_at)),
        };
        state.apply(event.decode::<Event>()?);
        let Involvee::Registered(profile) = &state else { return Ok(()) };
        let chosen = &profile.preferences;
        rows.put(Columns {
            person,
            version: event.version,
            registered_at,
            interests: chosen.interests.iter().cloned().collect(),
            localities: chosen.localities.iter().cloned().collect(),
            constituencies: names(&chosen.constituencies).into_iter().map(Into::into).collect(),
            wants_news: wants_news(profile),
            state,
        })
    }
}

fn wants_news(profile: &Profile) -> bool {
    profile.consents.contains_key(&Consent::OpportunityNews) && profile.away.is_none()
}

fn names<'a>(constituencies: impl IntoIterator<Item = &'a Constituency>) -> Vec<&'static str> {
    constituencies
        .into_iter()
        .map(|it| match it {
            Constituency::ServiceUser => "service_user",
            Constituency::Carer => "carer",
            Constituency::Public => "public",
        })
        .collect()
}

/// One person.
pub async fn one(pool: &PgPool, person: PersonId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.involvee_view where person = $1")
        .bind(person.uuid())
        .fetch_optional(pool)
        .await
}

/// People whom a role reaches by these localities, or everyone where there are none, after a given
/// one, in the order of their ids. Whoever chose no locality belongs to all of them.
pub async fn within(
    pool: &PgPool,
    localities: &[String],
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.involvee_view
         where ($1::text[] = '{}' or localities = '{}' or localities && $1)
           and ($2::uuid is null or person > $2)
         order by person limit $3",
    )
    .bind(localities)
    .bind(after.map(PersonId::uuid))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// People who may want to hear of an opportunity. A sieve never finer than the room's own rule,
/// which decides for each of them.
pub async fn may_want(pool: &PgPool, advert: &Advert) -> Result<Vec<PersonId>, sqlx::Error> {
    let people: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select person from views.involvee_view
         where wants_news and constituencies && $1
           and ($2::text is null or localities = '{}' or $2 = any(localities))
           and ($3::text[] = '{}' or interests = '{}' or interests && $3)
         order by person",
    )
    .bind(names(&advert.open_to))
    .bind(&advert.locality)
    .bind(&advert.interests)
    .fetch_all(pool)
    .await?;
    Ok(people.into_iter().map(PersonId::new).collect())
}
