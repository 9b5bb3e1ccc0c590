//! One application, a person's own, those for one opportunity, and which opportunities wait for a
//! panel. What people wrote stays sealed in the rows.

use async_trait::async_trait;
use contracts::{ApplicationId, OpportunityId, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::{StoredEvent, Taken};
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::application::{Application, Event, NotTaken, Place, Stage, Submission};
use crate::selection::Decision;

/// Raised when the rows change.
pub const VERSION: i32 = 3;

/// The view.
#[derive(Debug)]
pub struct Applications;

/// One application as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub application: ApplicationId,
    /// Its stream's version.
    pub version: i64,
    /// When it was received.
    pub received_at: Timestamp,
    /// How it came.
    pub taken: Taken,
    /// What it is and how far it has come.
    pub submission: Submission,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            application: ApplicationId::new(row.try_get("application")?),
            version: row.try_get("version")?,
            received_at: row.try_get::<SqlTimestamp, _>("received_at")?.to_jiff(),
            taken: read(row.try_get("taken")?)?,
            submission: read(row.try_get("submission")?)?,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// An opportunity that has closed, or soon will, with how many applications nobody has decided on.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Which.
    pub opportunity: OpportunityId,
    /// What it is called.
    pub title: String,
    /// Where it belongs; `None` means everywhere.
    pub locality: Option<String>,
    /// When it closed or closes.
    pub closes_at: Timestamp,
    /// How many applications wait.
    pub undecided: i64,
}

impl FromRow<'_, PgRow> for Waiting {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            opportunity: OpportunityId::new(row.try_get("opportunity")?),
            title: row.try_get("title")?,
            locality: row.try_get("locality")?,
            closes_at: row.try_get::<SqlTimestamp, _>("closes_at")?.to_jiff(),
            undecided: row.try_get("undecided")?,
        })
    }
}

/// An application whose person still waits for something.
#[derive(Clone, Copy, Debug)]
pub struct StillWaiting {
    /// Which.
    pub application: ApplicationId,
    /// Whether for a place that there may be later; otherwise to be told anything.
    pub in_reserve: bool,
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    application: Uuid,
    version: i64,
    opportunity: Uuid,
    applicant: Uuid,
    received_at: Timestamp,
    #[serde(with = "column")]
    taken: Taken,
    stage: String,
    #[serde(with = "column")]
    submission: Submission,
}

impl view::Row for Columns {
    const TABLE: &'static str = "application_view";
    const KEY: &'static [&'static str] = &["application"];

    fn key(&self) -> Key {
        self.application.into()
    }
}

#[async_trait]
impl View for Applications {
    fn name(&self) -> &'static str {
        "applications"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["application_view"]
    }

    fn create(&self) -> &'static str {
        "create table application_view (
             application uuid primary key, version bigint not null, opportunity uuid not null,
             applicant uuid not null, received_at timestamptz not null, taken text not null,
             stage text not null, submission text not null);
         create index application_by_opportunity
             on application_view (opportunity, application);
         create index application_by_applicant on application_view (applicant)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Application::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Application::TYPE {
            return Ok(());
        }
        let application = event.stream.id;
        let (mut state, received_at, taken) =
            if let Some(row) = rows.one::<Columns>(application).await? {
                let state = Application::Submitted(Box::new(row.submission));
                (state, row.received_at, row.taken)
            } else {
                let metadata = event.metadata()?;
                let received_at = column::instant(metadata.received_at);
                (Application::default(), received_at, metadata.taken)
            };
        state.apply(event.decode::<Event>()?);
        let Application::Submitted(submission) = state else { return Ok(()) };
        rows.put(Columns {
            application,
            version: event.version,
            opportunity: submission.opportunity.uuid(),
            applicant: submission.applicant.uuid(),
            received_at,
            taken,
            stage: stage(&submission.stage).to_owned(),
            submission: *submission,
        })
    }
}

/// The stage's name for machines.
pub fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Undecided => "undecided",
        Stage::Decided(outcome) => match outcome.decision {
            Decision::Offer => "offered",
            Decision::Reserve { .. } => "in_reserve",
            Decision::NotSelected => "not_selected",
        },
        Stage::LedTo(it) => match &it.place {
            Place::Offered => "offered",
            Place::NotTaken(NotTaken::Declined {}) => "declined",
            Place::NotTaken(NotTaken::Lapsed { .. }) => "lapsed",
            Place::NotTaken(NotTaken::TakenBack { .. }) => "offer_taken_back",
            Place::Held => "appointed",
            Place::Ended { .. } => "place_ended",
        },
        Stage::Withdrawn { .. } => "withdrawn",
        Stage::OpportunityWithdrawn { .. } => "opportunity_withdrawn",
    }
}

/// One application.
pub async fn one(pool: &PgPool, id: ApplicationId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.application_view where application = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// A person's own, the latest first.
pub async fn of_person(pool: &PgPool, person: PersonId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.application_view where applicant = $1
         order by received_at desc, application",
    )
    .bind(person.uuid())
    .fetch_all(pool)
    .await
}

/// Those for one opportunity after a given one, in the order of their ids, which tells nothing of
/// who came first.
pub async fn for_opportunity(
    pool: &PgPool,
    opportunity: OpportunityId,
    after: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.application_view
         where opportunity = $1 and ($2::uuid is null or application > $2)
         order by application limit $3",
    )
    .bind(opportunity.uuid())
    .bind(after.map(ApplicationId::uuid))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Those for one opportunity whose people have been told nothing yet, or are kept in reserve.
pub async fn still_waiting(
    pool: &PgPool,
    opportunity: OpportunityId,
) -> Result<Vec<StillWaiting>, sqlx::Error> {
    let rows: Vec<(Uuid, bool)> = sqlx::query_as(
        "select application, stage = 'in_reserve' from views.application_view
         where opportunity = $1 and stage in ('undecided', 'in_reserve') order by application",
    )
    .bind(opportunity.uuid())
    .fetch_all(pool)
    .await?;
    let still_waiting = |(application, in_reserve)| StillWaiting {
        application: ApplicationId::new(application),
        in_reserve,
    };
    Ok(rows.into_iter().map(still_waiting).collect())
}

/// Opportunities that close before `until` or have closed, are neither withdrawn nor concluded, and
/// have applications nobody has decided on and no panel's work begun; the longest closed first.
pub async fn waiting(pool: &PgPool, until: Timestamp) -> Result<Vec<Waiting>, sqlx::Error> {
    sqlx::query_as(
        "select o.opportunity, o.title, o.locality, o.closes_at, count(*) as undecided
         from views.known_opportunity_view o
         join views.application_view a on a.opportunity = o.opportunity and a.stage = 'undecided'
         where o.closes_at < $1 and o.withdrawn_because is null and not o.concluded and not exists (
             select from views.selection_view s
             where s.opportunity = o.opportunity and s.stage <> 'put_off')
         group by o.opportunity order by o.closes_at, o.opportunity",
    )
    .bind(until.to_sqlx())
    .fetch_all(pool)
    .await
}
