//! Where each person's payments go, sealed, to be opened when a file for the bank is written and at no
//! other time; and since when, which the person may see.

use async_trait::async_trait;
use contracts::personal::BankAccount;
use contracts::{PersonId, Sealed};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

use crate::payee::{Event, Payee};

/// The view.
#[derive(Debug)]
pub struct Payees;

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    person: Uuid,
    #[serde(with = "column")]
    account: Sealed<BankAccount>,
    given_at: Timestamp,
    given_position: i64,
}

impl view::Row for Columns {
    const TABLE: &'static str = "payee";
    const KEY: &'static [&'static str] = &["person"];

    fn key(&self) -> Key {
        self.person.into()
    }
}

#[async_trait]
impl View for Payees {
    fn name(&self) -> &'static str {
        "payees"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["payee"]
    }

    fn create(&self) -> &'static str {
        "create table payee (
             person uuid primary key, account text not null, given_at timestamptz not null,
             given_position bigint not null)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Payee::TYPE {
            return Ok(());
        }
        let Event::AccountGiven { account, read_back: _ } = event.decode()?;
        rows.put(Columns {
            person: event.stream.id,
            account,
            given_at: column::instant(event.metadata()?.received_at),
            given_position: event.position,
        })
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
