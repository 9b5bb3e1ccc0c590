//! What this service has heard of opportunities: what an application is judged by, and whose panel
//! is waited for. Another service decides all of it.

use async_trait::async_trait;
use contracts::OpportunityId;
use contracts::opportunities::{self, Advert, Closing};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx};
use messaging::{Fact, FactView, ProjectError};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};

use crate::application::Opening;
use crate::london;

/// The view.
#[derive(Debug)]
pub struct KnownOpportunities;

/// One opportunity as it was told.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub opportunity: OpportunityId,
    /// Its advert, with its closing as it now stands.
    pub advert: Advert,
    /// Since when it counts as closed, once that was told.
    pub closed_at: Option<Timestamp>,
    /// Why it will not go ahead, in words for applicants, where it will not.
    pub withdrawn_because: Option<String>,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let advert: String = row.try_get("advert")?;
        Ok(Self {
            opportunity: OpportunityId::new(row.try_get("opportunity")?),
            advert: serde_json::from_str(&advert)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            closed_at: row
                .try_get::<Option<SqlTimestamp>, _>("closed_at")?
                .map(SqlTimestamp::to_jiff),
            withdrawn_because: row.try_get("withdrawn_because")?,
        })
    }
}

impl Row {
    /// When it closes as far as that is known; for a rolling one, when it was closed by hand.
    pub fn closes_at(&self) -> Option<Timestamp> {
        match &self.advert.closing {
            Closing::At { at, .. } => Some(*at),
            Closing::Rolling => self.closed_at,
        }
    }

    /// What an application is judged by.
    pub fn opening(&self) -> Opening {
        let zone = match &self.advert.closing {
            Closing::At { zone, .. } => zone.clone(),
            Closing::Rolling => london::ZONE.to_owned(),
        };
        Opening {
            title: self.advert.title.clone(),
            opens_at: self.advert.opens_at,
            closes_at: self.closes_at(),
            zone,
            withdrawn: self.withdrawn_because.is_some(),
            open_to: self.advert.open_to.clone(),
            minimum_age_years: self.advert.minimum_age_years,
            criteria: self.advert.criteria.clone(),
        }
    }
}

#[async_trait]
impl FactView for KnownOpportunities {
    fn name(&self) -> &'static str {
        "known_opportunity"
    }

    fn version(&self) -> i32 {
        2
    }

    fn sources(&self) -> &'static [&'static str] {
        &["opportunities"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.known_opportunity_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.known_opportunity_view (
             opportunity uuid primary key, title text not null, locality text,
             closes_at timestamptz, closed_at timestamptz, withdrawn_because text,
             concluded boolean not null, advert text not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let Some(told) = fact.read::<opportunities::Fact>()? else { return Ok(()) };
        match told {
            opportunities::Fact::Approved { opportunity, advert }
            | opportunities::Fact::Opened { opportunity, advert } => {
                let (advert, closed_at, withdrawn_because) = (*advert, None, None);
                store(rows, &Row { opportunity, advert, closed_at, withdrawn_because }).await
            }
            opportunities::Fact::ClosingExtended { opportunity, closing, reason: _ } => {
                let Some(mut row) = find(rows, opportunity).await? else { return Ok(()) };
                row.advert.closing = closing;
                row.closed_at = None;
                store(rows, &row).await
            }
            opportunities::Fact::Closed { opportunity, closed_at } => {
                let Some(mut row) = find(rows, opportunity).await? else { return Ok(()) };
                row.closed_at = Some(closed_at);
                store(rows, &row).await
            }
            opportunities::Fact::Withdrawn { opportunity, reason } => {
                let Some(mut row) = find(rows, opportunity).await? else { return Ok(()) };
                row.withdrawn_because = Some(reason);
                store(rows, &row).await
            }
            opportunities::Fact::OutcomeRecorded { opportunity, .. } => {
                conclude(rows, opportunity).await
            }
        }
    }
}

async fn find(
    rows: &mut PgConnection,
    opportunity: OpportunityId,
) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.known_opportunity_view where opportunity = $1")
        .bind(opportunity.uuid())
        .fetch_optional(rows)
        .await
}

async fn store(rows: &mut PgConnection, row: &Row) -> Result<(), ProjectError> {
    sqlx::query(
        "insert into views.known_opportunity_view (opportunity, title, locality, closes_at,
             closed_at, withdrawn_because, concluded, advert)
         values ($1, $2, $3, $4, $5, $6, false, $7)
         on conflict (opportunity) do update set title = excluded.title,
             locality = excluded.locality, closes_at = excluded.closes_at,
             closed_at = excluded.closed_at,
             withdrawn_because = excluded.withdrawn_because, advert = excluded.advert",
    )
    .bind(row.opportunity.uuid())
    .bind(&row.advert.title)
    .bind(&row.advert.locality)
    .bind(row.closes_at().map(ToSqlx::to_sqlx))
    .bind(row.closed_at.map(ToSqlx::to_sqlx))
    .bind(&row.withdrawn_because)
    .bind(serde_json::to_string(&row.advert)?)
    .execute(rows)
    .await?;
    Ok(())
}

async fn conclude(rows: &mut PgConnection, opportunity: OpportunityId) -> Result<(), ProjectError> {
    sqlx::query("update views.known_opportunity_view set concluded = true where opportunity = $1")
        .bind(opportunity.uuid())
        .execute(rows)
        .await?;
    Ok(())
}

/// One opportunity, if this service has heard of it.
pub async fn one(pool: &PgPool, opportunity: OpportunityId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.known_opportunity_view where opportunity = $1")
        .bind(opportunity.uuid())
        .fetch_optional(pool)
        .await
}
