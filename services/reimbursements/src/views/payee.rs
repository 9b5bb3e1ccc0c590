//! Where each person's payments go, sealed, to be opened when a file for the bank is written and at no
//! other time; and since when, which the person may see.

use async_trait::async_trait;
use contracts::personal::BankAccount;
use contracts::{PersonId, Sealed};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::{PgConnection, PgPool};

use crate::payee::{Event, Payee};

/// The view.
#[derive(Debug)]
pub struct Payees;

#[async_trait]
impl View for Payees {
    fn name(&self) -> &'static str {
        "payees"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.payee"]
    }

    fn create(&self) -> &'static str {
        "create table views.payee (
             person uuid primary key, account text not null, given_at timestamptz not null,
             given_position bigint not null)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Payee::TYPE {
            return Ok(());
        }
        let Event::AccountGiven { account, read_back: _ } = event.decode()?;
        sqlx::query(
            "insert into views.payee (person, account, given_at, given_position)
             values ($1, $2, $3, $4)
             on conflict (person) do update set account = excluded.account,
                 given_at = excluded.given_at, given_position = excluded.given_position",
        )
        .bind(event.stream.id)
        .bind(serde_json::to_string(&account)?)
        .bind(event.metadata()?.received_at.to_sqlx())
        .bind(event.position)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// Where someone's payments go, sealed; `None` where nothing was given.
pub async fn account_of(
    pool: &PgPool,
    person: PersonId,
) -> Result<Option<Sealed<BankAccount>>, sqlx::Error> {
    let account: Option<String> =
        sqlx::query_scalar("select account from views.payee where person = $1")
            .bind(person.uuid())
            .fetch_optional(pool)
            .await?;
    account
        .map(|account| serde_json::from_str(&account))
        .transpose()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// When someone last said where their payments go; `None` where they never did.
pub async fn given_at(pool: &PgPool, person: PersonId) -> Result<Option<Timestamp>, sqlx::Error> {
    let given_at: Option<SqlTimestamp> =
        sqlx::query_scalar("select given_at from views.payee where person = $1")
            .bind(person.uuid())
            .fetch_optional(pool)
            .await?;
    Ok(given_at.map(SqlTimestamp::to_jiff))
}
