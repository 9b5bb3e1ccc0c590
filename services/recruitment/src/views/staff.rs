//! Who of the staff has ever done anything here: no service keeps a list of staff, and someone who is
//! named as being there for people must be someone.

use async_trait::async_trait;
use contracts::PersonId;
use eventstore::envelope::StoredEvent;
use eventstore::view;
use eventstore::{Key, ProjectError, Rows, View};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;
use web::Role;

/// The view.
#[derive(Debug)]
pub struct Staff;

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    person: Uuid,
}

impl view::Row for Columns {
    const TABLE: &'static str = "staff";
    const KEY: &'static [&'static str] = &["person"];

    fn key(&self) -> Key {
        self.person.into()
    }
}

#[async_trait]
impl View for Staff {
    fn name(&self) -> &'static str {
        "staff"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["staff"]
    }

    fn create(&self) -> &'static str {
        "create table staff (person uuid primary key)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        let meta = event.metadata()?;
        let role = Role::named(&meta.authority.role);
        if !role.is_some_and(|role| Role::STAFF.contains(&role) || role == Role::Approver) {
            return Ok(());
        }
        rows.put(Columns { person: meta.actor.person.uuid() })
    }
}

/// Whether this person has worked here as one of the staff.
pub async fn includes(pool: &PgPool, person: PersonId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists(select from views.staff where person = $1)")
        .bind(person.uuid())
        .fetch_one(pool)
        .await
}
