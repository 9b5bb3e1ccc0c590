//! How each person is told: our copy of what recruitment published. The rows hold the way they chose
//! and sealed values alone.

use std::collections::BTreeSet;

use async_trait::async_trait;
use contracts::PersonId;
use contracts::notifications::Channel;
use contracts::personal::PersonName;
use contracts::recruitment::{Format, HowToReach};
use contracts::sealed::Sealed;
use messaging::{Fact, FactView, ProjectError};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};

use crate::subscribe::{Heard, RecipientNews, heard};

/// The view.
#[derive(Clone, Copy, Debug)]
pub struct Recipients;

/// Who publishes what this view holds.
pub const SOURCE: &str = "recruitment";

/// How one person is told.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// What they are called, sealed.
    pub name: Sealed<PersonName>,
    /// The way, with where to, sealed.
    pub how_to_reach: HowToReach,
    /// The formats they read or hear in.
    pub formats: BTreeSet<Format>,
}

impl Recipient {
    /// The way alone.
    pub fn channel(&self) -> Channel {
        match self.how_to_reach {
            HowToReach::Email { .. } => Channel::Email,
            HowToReach::Phone { .. } => Channel::Phone,
            HowToReach::Text { .. } => Channel::Text,
            HowToReach::Letter { .. } => Channel::Letter,
        }
    }
}

impl FromRow<'_, PgRow> for Recipient {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            name: column(row, "name")?,
            how_to_reach: column(row, "how_to_reach")?,
            formats: column(row, "formats")?,
        })
    }
}

fn column<T: serde::de::DeserializeOwned>(row: &PgRow, name: &str) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(name)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

#[async_trait]
impl FactView for Recipients {
    fn name(&self) -> &'static str {
        "recipient"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &[SOURCE]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.recipient_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.recipient_view (
             person uuid primary key, name text not null, how_to_reach text not null,
             formats text not null default '[]')"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let Heard::Recipient { person, news } = heard(fact)? else { return Ok(()) };
        let query = match news {
            RecipientNews::Registered { name, how_to_reach } => sqlx::query(
                "insert into views.recipient_view (person, name, how_to_reach)
                 values ($1, $2, $3)
                 on conflict (person) do update
                 set name = excluded.name, how_to_reach = excluded.how_to_reach",
            )
            .bind(person.uuid())
            .bind(serde_json::to_string(&name)?)
            .bind(serde_json::to_string(&how_to_reach)?),
            RecipientNews::Way(how_to_reach) => {
                sqlx::query("update views.recipient_view set how_to_reach = $2 where person = $1")
                    .bind(person.uuid())
                    .bind(serde_json::to_string(&how_to_reach)?)
            }
            RecipientNews::Name(name) => {
                sqlx::query("update views.recipient_view set name = $2 where person = $1")
                    .bind(person.uuid())
                    .bind(serde_json::to_string(&name)?)
            }
            RecipientNews::Formats(formats) => {
                sqlx::query("update views.recipient_view set formats = $2 where person = $1")
                    .bind(person.uuid())
                    .bind(serde_json::to_string(&formats)?)
            }
        };
        query.execute(rows).await?;
        Ok(())
    }
}

/// How a person is told, if anybody has said so.
pub async fn one(pool: &PgPool, person: PersonId) -> Result<Option<Recipient>, sqlx::Error> {
    sqlx::query_as("select * from views.recipient_view where person = $1")
        .bind(person.uuid())
        .fetch_optional(pool)
        .await
}
