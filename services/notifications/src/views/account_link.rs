//! Which person is behind an account, as recruitment published it: so that people find what was
//! written to them, whichever of their accounts they sign in with.

use async_trait::async_trait;
use messaging::{Fact, FactView, ProjectError};
use sqlx::PgConnection;

use crate::subscribe::{Heard, heard};

/// The view.
#[derive(Clone, Copy, Debug)]
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
        let heard = heard(fact)?;
        if let Heard::Linked { account, person } = heard {
            sqlx::query(
                "insert into views.account_link (account, person) values ($1, $2)
                 on conflict (account) do update set person = excluded.person",
            )
            .bind(account)
            .bind(person.uuid())
            .execute(rows)
            .await?;
        } else if let Heard::Unlinked { account, person } = heard {
            sqlx::query("delete from views.account_link where account = $1 and person = $2")
                .bind(account)
                .bind(person.uuid())
                .execute(rows)
                .await?;
        }
        Ok(())
    }
}
