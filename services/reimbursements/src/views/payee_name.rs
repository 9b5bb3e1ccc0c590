//! What a payment is addressed to: the name someone goes by, sealed, to be opened when a file for the
//! bank is written and at no other time.

use async_trait::async_trait;
use contracts::personal::PersonName;
use contracts::{PersonId, Sealed};
use messaging::{Fact, FactView, ProjectError};
use sqlx::{PgConnection, PgPool};

use crate::subscribe::{Heard, heard};

/// The view.
#[derive(Debug)]
pub struct PayeeNames;

#[async_trait]
impl FactView for PayeeNames {
    fn name(&self) -> &'static str {
        "payee_name"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.payee_name"]
    }

    fn create(&self) -> &'static str {
        "create table views.payee_name (person uuid primary key, name text not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let (person, name) = match heard(fact)? {
            Heard::Named { person, name } => (person, name),
            Heard::Linked { .. }
            | Heard::Localities { .. }
            | Heard::Unlinked { .. }
            | Heard::Planned(_)
            | Heard::Attended(_)
            | Heard::WorkAccepted(_)
            | Heard::Nothing => return Ok(()),
        };
        sqlx::query(
            "insert into views.payee_name (person, name) values ($1, $2)
             on conflict (person) do update set name = excluded.name",
        )
        .bind(person.uuid())
        .bind(serde_json::to_string(&name)?)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// What someone is called, sealed; `None` where nobody has said.
pub async fn of(
    pool: &PgPool,
    person: PersonId,
) -> Result<Option<Sealed<PersonName>>, sqlx::Error> {
    let name: Option<String> =
        sqlx::query_scalar("select name from views.payee_name where person = $1")
            .bind(person.uuid())
            .fetch_optional(pool)
            .await?;
    name.map(|name| serde_json::from_str(&name))
        .transpose()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
