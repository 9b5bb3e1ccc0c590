//! Which person is behind an account that is not the person's own, as another service decides it:
//! read by the edge at every request, so that nobody approves under one account what they claimed
//! under another. An account that is not here acts for the person of its own id.

use async_trait::async_trait;
use messaging::{Fact, FactView, ProjectError};
use sqlx::PgConnection;

use crate::subscribe::{Heard, heard};

/// The view.
#[derive(Debug)]
pub struct AccountLinks;

#[async_trait]
impl FactView for AccountLinks {
    fn name(&self) -> &'static str {
        "account_link"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.account_link"]
    }

    fn create(&self) -> &'static str {
        "create table views.account_link (account uuid primary key, person uuid not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let statement = match heard(fact)? {
            Heard::Linked { account, person } => sqlx::query(
                "insert into views.account_link (account, person) values ($1, $2)
                 on conflict (account) do update set person = excluded.person",
            )
            .bind(account)
            .bind(person.uuid()),
            Heard::Unlinked { account } => {
                sqlx::query("delete from views.account_link where account = $1").bind(account)
            }
            Heard::Named { .. }
            | Heard::Localities { .. }
            | Heard::Planned(_)
            | Heard::Attended(_)
            | Heard::WorkAccepted(_)
            | Heard::Nothing => return Ok(()),
        };
        statement.execute(rows).await?;
        Ok(())
    }
}
