//! What is to be paid: every part that was authorised and has not been paid, and what it waits for.
//! From a payment run's own words it is known which parts are in one.

use async_trait::async_trait;
use contracts::id::PaymentBatchId;
use contracts::money::Currency;
use contracts::{ClaimId, Money, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::payment::Kind;
use crate::payment_batch::{PartOf, PaymentBatch};
use crate::{claim, payment_batch};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Payable;

/// A part to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Which.
    pub of: PartOf,
    /// To whom.
    pub person: PersonId,
    /// Of which kind it is.
    pub kind: Kind,
    /// How much.
    pub amount: Money,
    /// The day of what was claimed for.
    pub activity_on: Date,
    /// From which day it is due.
    pub payable_on: Date,
}

/// Why a part cannot be taken into a run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The person has not said where their payments go.
    NoAccountGiven,
    /// Nobody has said what the person is called.
    NoNameKnown,
    /// It is not in pounds, and the bank's file is.
    NotInPounds,
    /// It did not arrive last time, and no other account was given since. Finance sees to it.
    DidNotArrive,
}

/// A part that is in no run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What is due.
    pub due: Due,
    /// Where in the log it was authorised; what the list is ordered by.
    pub position: i64,
    /// What stands in the way, if something does.
    pub obstacle: Option<Obstacle>,
}

impl FromRow<'_, PgRow> for Waiting {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let due: String = row.try_get("due")?;
        let due: Due =
            serde_json::from_str(&due).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let failed: Option<i64> = row.try_get("failed_position")?;
        let given: Option<i64> = row.try_get("given_position")?;
        let named: bool = row.try_get("named")?;
        let obstacle = if due.amount.currency != Currency::Gbp {
            Some(Obstacle::NotInPounds)
        } else if given.is_none() {
            Some(Obstacle::NoAccountGiven)
        } else if !named {
            Some(Obstacle::NoNameKnown)
        } else if failed > given {
            Some(Obstacle::DidNotArrive)
        } else {
            None
        };
        Ok(Self { due, position: row.try_get("position")?, obstacle })
    }
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    claim: Uuid,
    part: i16,
    person: Uuid,
    position: i64,
    #[serde(with = "column")]
    due: Due,
    batch: Option<Uuid>,
    failed_position: Option<i64>,
}

impl view::Row for Columns {
    const TABLE: &'static str = "payable";
    const KEY: &'static [&'static str] = &["claim", "part"];

    fn key(&self) -> Key {
        [self.claim.into(), self.part.into()].into()
    }
}

#[async_trait]
impl View for Payable {
    fn name(&self) -> &'static str {
        "payable"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["payable"]
    }

    fn create(&self) -> &'static str {
        "create table payable (
             claim uuid not null, part smallint not null, person uuid not null,
             position bigint not null, due text not null, batch uuid, failed_position bigint,
             primary key (claim, part));
         create index payable_waiting on payable (position, part) where batch is null"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        match event.stream.kind.as_str() {
            claim::Claim::TYPE => authorised(rows, event),
            PaymentBatch::TYPE => in_a_run(rows, event).await,
            _ => Ok(()),
        }
    }
}

fn authorised(rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
    let claim: ClaimId = event.id();
    let (person, activity_on, parts, payable_on) = match event.decode()? {
        claim::Event::Authorised { person, activity_on, parts, payable_on, .. } => {
            (person, activity_on, parts, payable_on)
        }
        claim::Event::Submitted(_)
        | claim::Event::Queried { .. }
        | claim::Event::QueryAnswered { .. }
        | claim::Event::LinesDecided { .. }
        | claim::Event::Withdrawn { .. }
        | claim::Event::PutInBatch { .. }
        | claim::Event::Paid { .. }
        | claim::Event::PaymentFailed { .. } => return Ok(()),
    };
    for part in parts {
        let of = PartOf { claim, part: part.number };
        let (kind, amount) = (part.kind, part.amount);
        let due = Due { of, person, kind, amount, activity_on, payable_on };
        rows.put(Columns {
            claim: claim.uuid(),
            part: i16::from(part.number),
            person: person.uuid(),
            position: event.position,
            due,
            batch: None,
            failed_position: None,
        })?;
    }
    Ok(())
}

async fn in_a_run(rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
    let batch: PaymentBatchId = event.id();
    match event.decode()? {
        payment_batch::Event::PartAdded { claim, part, .. } => {
            stands(rows, PartOf { claim, part }, Some(batch.uuid()), None).await
        }
        payment_batch::Event::PartFailed { claim, part, .. } => {
            stands(rows, PartOf { claim, part }, None, Some(event.position)).await
        }
        payment_batch::Event::Opened { .. }
        | payment_batch::Event::Locked { .. }
        | payment_batch::Event::Exported { .. }
        | payment_batch::Event::PartPaid { .. } => Ok(()),
    }
}

async fn stands(
    rows: &mut Rows<'_>,
    of: PartOf,
    batch: Option<Uuid>,
    failed_position: Option<i64>,
) -> Result<(), ProjectError> {
    let before = rows.one::<Columns>([of.claim.uuid().into(), i16::from(of.part).into()]).await?;
    before.map_or(Ok(()), |row| rows.put(Columns { batch, failed_position, ..row }))
}

/// What is in no run, the longest waiting first, after one of them.
pub async fn waiting(
    pool: &PgPool,
    after: Option<(i64, i16)>,
    limit: i64,
) -> Result<Vec<Waiting>, sqlx::Error> {
    let (position, part) = after.unwrap_or((0, 0));
    sqlx::query_as(
        "select p.due, p.position, p.failed_position, y.given_position,
                n.person is not null as named
         from views.payable p
         left join views.payee y on y.person = p.person
         left join views.payee_name n on n.person = p.person
         where p.batch is null and (p.position, p.part) > ($1, $2)
         order by p.position, p.part limit $3",
    )
    .bind(position)
    .bind(part)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// One part that is in no run.
pub async fn one_waiting(pool: &PgPool, of: PartOf) -> Result<Option<Waiting>, sqlx::Error> {
    sqlx::query_as(
        "select p.due, p.position, p.failed_position, y.given_position,
                n.person is not null as named
         from views.payable p
         left join views.payee y on y.person = p.person
         left join views.payee_name n on n.person = p.person
         where p.batch is null and p.claim = $1 and p.part = $2",
    )
    .bind(of.claim.uuid())
    .bind(i16::from(of.part))
    .fetch_optional(pool)
    .await
}
