//! Which person is behind an account that is not the person's own, as another service decides it:
//! read by the edge at every request, so that nobody approves under one account what they wrote
//! under another. An account that is not here acts for the person of its own id.

use async_trait::async_trait;
use contracts::PersonId;
use contracts::recruitment;
use messaging::{Fact, FactView, ProjectError};
use sqlx::PgConnection;
use uuid::Uuid;

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
        // Of all that is told of people, who acts for whom is all that matters here.
        let told = fact.read::<recruitment::Fact>()?;
        if let Some(recruitment::Fact::AccountLinked { person, account }) = told {
            link(rows, account, person).await?;
        } else if let Some(recruitment::Fact::AccountUnlinked { person, account }) = told {
            unlink(rows, account, person).await?;
        }
        Ok(())
    }
}

async fn link(
    rows: &mut PgConnection,
    account: Uuid,
    person: PersonId,
) -> Result<(), ProjectError> {
    sqlx::query(
        "insert into views.account_link (account, person) values ($1, $2)
         on conflict (account) do update set person = excluded.person",
    )
    .bind(account)
    .bind(person.uuid())
    .execute(rows)
    .await?;
    Ok(())
}

async fn unlink(
    rows: &mut PgConnection,
    account: Uuid,
    person: PersonId,
) -> Result<(), ProjectError> {
    sqlx::query("delete from views.account_link where account = $1 and person = $2")
        .bind(account)
        .bind(person.uuid())
        .execute(rows)
        .await?;
    Ok(())
}
