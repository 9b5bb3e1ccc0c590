//! Every version of every setting, for whoever wants to know what holds and what held.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, ToSqlx as _};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};

use crate::setting::{Event, Setting, Values, Version};

/// The view.
#[derive(Debug)]
pub struct Settings;

/// One version as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row(pub Version);

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let stored = |text: &str| -> Result<Values, sqlx::Error> {
            serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
        };
        let version: i64 = row.try_get("version")?;
        Ok(Self(Version {
            version: u32::try_from(version).map_err(|error| sqlx::Error::Decode(error.into()))?,
            effective_from: row.try_get::<SqlDate, _>("effective_from")?.to_jiff(),
            values: stored(row.try_get("setting_values")?)?,
        }))
    }
}

#[async_trait]
impl View for Settings {
    fn name(&self) -> &'static str {
        "settings"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.setting_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.setting_view (
             setting uuid not null, version bigint not null, name text not null,
             effective_from date not null, setting_values text not null,
             primary key (setting, version))"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Setting::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::PutInForce { version, effective_from, values } => {
                store(rows, event, Version { version, effective_from, values: *values }).await
            }
        }
    }
}

async fn store(
    rows: &mut PgConnection,
    event: &StoredEvent,
    version: Version,
) -> Result<(), ProjectError> {
    let effective_from: Date = version.effective_from;
    sqlx::query(
        "insert into views.setting_view (setting, version, name, effective_from, setting_values)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(event.stream.id)
    .bind(i64::from(version.version))
    .bind(version.values.name().to_string())
    .bind(effective_from.to_sqlx())
    .bind(serde_json::to_string(&version.values)?)
    .execute(rows)
    .await?;
    Ok(())
}

/// Every version, by setting and then the latest first.
pub async fn all(pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.setting_view order by name, version desc")
        .fetch_all(pool)
        .await
}
