//! What people are called now, sealed. A new name takes the old one's place for every view of the
//! past; nothing here opens one.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use contracts::personal::PersonName;
use contracts::{PersonId, Sealed};
use messaging::{Channel, Fact, FactView, ProjectError};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::record::event_name;

/// The view.
#[derive(Debug)]
pub struct Names;

#[async_trait]
impl FactView for Names {
    fn name(&self) -> &'static str {
        "names"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn channel(&self) -> Channel {
        Channel::Log
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.name"]
    }

    fn create(&self) -> &'static str {
        "create table views.name (person uuid primary key, sealed text not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let place = match event_name(&fact.name) {
            "involvee.registered" => "/registration/name",
            "involvee.renamed" => "/name",
            _ => return Ok(()),
        };
        let Some(sealed) = sealed_name(fact, place) else {
            tracing::warn!(at = %fact.mark, "a name cannot be found where it was expected");
            return Ok(());
        };
        sqlx::query(
            "insert into views.name (person, sealed) values ($1, $2)
             on conflict (person) do update set sealed = excluded.sealed",
        )
        .bind(sealed.person.uuid())
        .bind(serde_json::to_string(&sealed)?)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// The name a record gives its own person; nobody is named in another's entry.
fn sealed_name(fact: &Fact, place: &str) -> Option<Sealed<PersonName>> {
    let event = fact.stored_event().ok()?;
    let payload: Value = serde_json::from_str(&event.payload).ok()?;
    let sealed: Sealed<PersonName> =
        serde_json::from_value(payload.pointer(place)?.clone()).ok()?;
    (sealed.person.uuid() == event.stream.id).then_some(sealed)
}

/// The sealed names of those of these people who have one.
pub async fn of(
    pool: &PgPool,
    people: &BTreeSet<PersonId>,
) -> Result<BTreeMap<PersonId, Sealed<PersonName>>, sqlx::Error> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.uuid()).collect();
    let rows: Vec<(Uuid, String)> =
        sqlx::query_as("select person, sealed from views.name where person = any($1)")
            .bind(ids)
            .fetch_all(pool)
            .await?;
    rows.into_iter()
        .map(|(person, sealed)| {
            let sealed = serde_json::from_str(&sealed)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok((PersonId::new(person), sealed))
        })
        .collect()
}
