//! Where each person belongs: our copy of the localities they chose, as recruitment published them. By
//! these, staff act for their own people and for nobody else's.

use async_trait::async_trait;
use contracts::PersonId;
use messaging::{Fact, FactView, ProjectError};
use sqlx::{PgConnection, PgPool};

use crate::subscribe::{Heard, heard};

/// The view.
#[derive(Clone, Copy, Debug)]
pub struct Localities;

#[async_trait]
impl FactView for Localities {
    fn name(&self) -> &'static str {
        "locality"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.locality_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.locality_view (person uuid primary key, localities text[] not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let (person, localities) = match heard(fact)? {
            Heard::Localities { person, localities } => (person, localities),
            Heard::Named { .. }
            | Heard::Linked { .. }
            | Heard::Unlinked { .. }
            | Heard::Planned(_)
            | Heard::Attended(_)
            | Heard::WorkAccepted(_)
            | Heard::Nothing => return Ok(()),
        };
        let localities: Vec<String> = localities.into_iter().collect();
        sqlx::query(
            "insert into views.locality_view (person, localities) values ($1, $2)
             on conflict (person) do update set localities = excluded.localities",
        )
        .bind(person.uuid())
        .bind(localities)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// The localities a person chose; nothing for somebody recruitment has not told of.
pub async fn of(pool: &PgPool, person: PersonId) -> Result<Option<Vec<String>>, sqlx::Error> {
    sqlx::query_scalar("select localities from views.locality_view where person = $1")
        .bind(person.uuid())
        .fetch_optional(pool)
        .await
}
