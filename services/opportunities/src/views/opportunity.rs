//! One opportunity, the open ones, and what waits for staff: the same rows read in three ways.
//! A row is the room's state as it stands, with the columns the lists are made by.

use async_trait::async_trait;
use contracts::id::OpportunityId;
use contracts::opportunities::Closing;
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

use crate::opportunity::{Event, Opportunity};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Opportunities;

/// One opportunity as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub id: OpportunityId,
    /// Its stream's version.
    pub version: i64,
    /// Its state.
    pub state: Opportunity,
    /// When it entered its present stage.
    pub stage_since: Timestamp,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            id: OpportunityId::new(row.try_get("opportunity")?),
            version: row.try_get("version")?,
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            stage_since: row.try_get::<SqlTimestamp, _>("stage_since")?.to_jiff(),
        })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    opportunity: Uuid,
    version: i64,
    stage: String,
    stage_since: Timestamp,
    locality: Option<String>,
    opens_at: Option<Timestamp>,
    closes_at: Option<Timestamp>,
    #[serde(with = "column")]
    state: Opportunity,
}

impl view::Row for Columns {
    const TABLE: &'static str = "opportunity_view";
    const KEY: &'static [&'static str] = &["opportunity"];

    fn key(&self) -> Key {
        self.opportunity.into()
    }
}

#[async_trait]
impl View for Opportunities {
    fn name(&self) -> &'static str {
        "opportunities"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["opportunity_view"]
    }

    fn create(&self) -> &'static str {
        "create table opportunity_view (
             opportunity uuid primary key, version bigint not null, stage text not null,
             stage_since timestamptz not null, locality text, opens_at timestamptz,
             closes_at timestamptz, state text not null);
         create index opportunity_by_stage on opportunity_view (stage, opportunity)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Opportunity::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Opportunity::TYPE {
            return Ok(());
        }
        let opportunity = event.stream.id;
        let (mut state, stage_since) = match rows.one::<Columns>(opportunity).await? {
            Some(row) => (row.state, Some(row.stage_since)),
            None => (Opportunity::default(), None),
        };
        let stage_before = stage(&state);
        state.apply(event.decode::<Event>()?);
        let stage_since = match stage_since {
            Some(since) if stage_before == stage(&state) => since,
            Some(_) | None => column::instant(event.metadata()?.occurred_at),
        };
        let advert = state.advertised().map(|advertised| &advertised.advert);
        let closes_at = advert.and_then(|advert| match &advert.closing {
            Closing::At { at, .. } => Some(column::instant(*at)),
            Closing::Rolling => None,
        });
        rows.put(Columns {
            opportunity,
            version: event.version,
            stage: stage(&state).to_owned(),
            stage_since,
            locality: locality(&state).map(ToOwned::to_owned),
            opens_at: advert.map(|advert| column::instant(advert.opens_at)),
            closes_at,
            state,
        })
    }
}

/// The stage's name on screens.
pub fn stage(state: &Opportunity) -> &'static str {
    match state {
        Opportunity::NotDrafted => "not_drafted",
        Opportunity::Draft(_) => "draft",
        Opportunity::InReview(_) => "in_review",
        Opportunity::Approved(_) => "approved",
        Opportunity::Open(_) => "open",
        Opportunity::Closed(_) => "closed",
        Opportunity::Concluded(..) => "concluded",
        Opportunity::Withdrawn { .. } => "withdrawn",
    }
}

/// The area it belongs to; none means everywhere.
pub fn locality(state: &Opportunity) -> Option<&str> {
    match state {
        Opportunity::Draft(writing) | Opportunity::InReview(writing) => {
            writing.content.advert.locality.as_deref()
        }
        Opportunity::NotDrafted
        | Opportunity::Approved(_)
        | Opportunity::Open(_)
        | Opportunity::Closed(_)
        | Opportunity::Concluded(..)
        | Opportunity::Withdrawn { .. } => {
            state.advertised().and_then(|advertised| advertised.advert.locality.as_deref())
        }
    }
}

/// One opportunity.
pub async fn one(pool: &PgPool, id: OpportunityId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.opportunity_view where opportunity = $1")
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
}

/// The open ones in a locality or everywhere, after a given one, in the order of their ids.
pub async fn open(
    pool: &PgPool,
    locality: Option<&str>,
    after: Option<OpportunityId>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.opportunity_view
         where stage = 'open' and ($1::text is null or locality is null or locality = $1)
           and ($2::uuid is null or opportunity > $2)
         order by opportunity limit $3",
    )
    .bind(locality)
    .bind(after.map(OpportunityId::uuid))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Those that wait for someone on the staff, the longest waiting first.
pub async fn waiting(pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.opportunity_view
         where stage in ('draft', 'in_review', 'closed') order by stage_since, opportunity",
    )
    .fetch_all(pool)
    .await
}
