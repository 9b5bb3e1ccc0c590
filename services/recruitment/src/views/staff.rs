//! Who of the staff has ever done anything here: no service keeps a list of staff, and someone who is
//! named as being there for people must be someone.

use async_trait::async_trait;
use contracts::PersonId;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use sqlx::{PgConnection, PgPool};
use web::Role;

/// The view.
#[derive(Debug)]
pub struct Staff;

#[async_trait]
impl View for Staff {
    fn name(&self) -> &'static str {
        "staff"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.staff"]
    }

    fn create(&self) -> &'static str {
        "create table views.staff (person uuid primary key)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        let meta = event.metadata()?;
        let role = Role::named(&meta.authority.role);
        if !role.is_some_and(|role| Role::STAFF.contains(&role) || role == Role::Approver) {
            return Ok(());
        }
        sqlx::query("insert into views.staff (person) values ($1) on conflict do nothing")
            .bind(meta.actor.person.uuid())
            .execute(rows)
            .await?;
        Ok(())
    }
}

/// Whether this person has worked here as one of the staff.
pub async fn includes(pool: &PgPool, person: PersonId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists(select from views.staff where person = $1)")
        .bind(person.uuid())
        .fetch_one(pool)
        .await
}
