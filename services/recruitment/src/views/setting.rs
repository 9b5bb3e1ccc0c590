//! Every version of every setting, for whoever wants to know what holds and what held.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::civil::Date;
use jiff_sqlx::Date as SqlDate;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

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

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    setting: Uuid,
    version: i64,
    name: String,
    effective_from: Date,
    #[serde(with = "column")]
    setting_values: Values,
}

impl view::Row for Columns {
    const TABLE: &'static str = "setting_view";
    const KEY: &'static [&'static str] = &["setting", "version"];

    fn key(&self) -> Key {
        [self.setting.into(), self.version.into()].into()
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
        &["setting_view"]
    }

    fn create(&self) -> &'static str {
        "create table setting_view (
             setting uuid not null, version bigint not null, name text not null,
             effective_from date not null, setting_values text not null,
             primary key (setting, version))"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Setting::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::PutInForce { version, effective_from, values } => rows.put(Columns {
                setting: event.stream.id,
                version: i64::from(version),
                name: values.name().to_string(),
                effective_from,
                setting_values: *values,
            }),
        }
    }
}

/// Every version, by setting and then the latest first.
pub async fn all(pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.setting_view order by name, version desc")
        .fetch_all(pool)
        .await
}
