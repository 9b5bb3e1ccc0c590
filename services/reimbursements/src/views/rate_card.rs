//! The rate cards: those that hold, those that held, and those that wait for a signature; and which
//! one an activity is paid by, which the day of the activity decides.

use async_trait::async_trait;
use contracts::RateCardId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::claim::RatesOfTheDay;
use crate::rate_card::{Event, InForce, RateCard, in_force};

/// The view.
#[derive(Debug)]
pub struct RateCards;

/// One card as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub id: RateCardId,
    /// Its stream's version.
    pub version: i64,
    /// Where in the log its last event stands: for a card in force, the one that put it in force.
    pub position: i64,
    /// Its state.
    pub state: RateCard,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            id: RateCardId::new(row.try_get("card")?),
            version: row.try_get("version")?,
            position: row.try_get("position")?,
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

impl Row {
    /// For which days it holds, where it was put in force.
    pub fn in_force(&self) -> Option<InForce> {
        match &self.state {
            RateCard::InForce { days, .. } => {
                Some(InForce { card: self.id, days: *days, position: self.position })
            }
            RateCard::NotDrafted | RateCard::Draft { .. } | RateCard::Approved { .. } => None,
        }
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    card: Uuid,
    version: i64,
    position: i64,
    #[serde(with = "column")]
    state: RateCard,
}

impl view::Row for Columns {
    const TABLE: &'static str = "rate_card_view";
    const KEY: &'static [&'static str] = &["card"];

    fn key(&self) -> Key {
        self.card.into()
    }
}

#[async_trait]
impl View for RateCards {
    fn name(&self) -> &'static str {
        "rate_cards"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["rate_card_view"]
    }

    fn create(&self) -> &'static str {
        "create table rate_card_view (
             card uuid primary key, version bigint not null, position bigint not null,
             state text not null)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == RateCard::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != RateCard::TYPE {
            return Ok(());
        }
        let card = event.stream.id;
        let before = rows.one::<Columns>(card).await?;
        let mut state = before.map(|row| row.state).unwrap_or_default();
        state.apply(event.decode::<Event>()?);
        rows.put(Columns { card, version: event.version, position: event.position, state })
    }
}

/// Every card, the latest first. A trust has a few.
pub async fn all(pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.rate_card_view order by position desc")
        .fetch_all(pool)
        .await
}

/// The figures an activity of this day is paid by; `None` where no card holds for it.
pub async fn of_the_day(pool: &PgPool, on: Date) -> Result<Option<RatesOfTheDay>, sqlx::Error> {
    let rows = all(pool).await?;
    let cards: Vec<InForce> = rows.iter().filter_map(Row::in_force).collect();
    let Some(holds) = in_force(&cards, on) else { return Ok(None) };
    let row = rows.iter().find(|row| row.id == holds.card);
    Ok(row.and_then(|row| match &row.state {
        RateCard::InForce { rates, .. } => {
            Some(RatesOfTheDay { card: row.id, rates: rates.clone() })
        }
        RateCard::NotDrafted | RateCard::Draft { .. } | RateCard::Approved { .. } => None,
    }))
}
