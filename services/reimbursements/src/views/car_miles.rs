//! How far someone went by car in a tax year, as far as it is claimed and not refused: the miles
//! after the first so many of a year are paid at another rate.

use async_trait::async_trait;
use contracts::PersonId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use jiff::civil::Date;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::claim::{Claim, Event, Line, Recorded, Submitted, car_tenths};
use crate::rate_card::TaxYear;

/// The view.
#[derive(Debug)]
pub struct CarMiles;

#[async_trait]
impl View for CarMiles {
    fn name(&self) -> &'static str {
        "car_miles"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.car_miles"]
    }

    fn create(&self) -> &'static str {
        "create table views.car_miles (
             claim uuid not null, line smallint not null, person uuid not null,
             tax_year smallint not null, tenths bigint not null, primary key (claim, line));
         create index car_miles_by_person on views.car_miles (person, tax_year)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Claim::TYPE {
            return Ok(());
        }
        let claim = event.stream.id;
        match event.decode::<Event>()? {
            Event::Submitted(it) => claimed(rows, claim, &it).await,
            Event::QueryAnswered { answer: Recorded::Corrected { line }, .. } => {
                corrected(rows, claim, &line).await
            }
            Event::LinesDecided { refused, .. } => {
                let lines: Vec<i16> = refused.iter().map(|it| i16::from(it.line)).collect();
                sqlx::query("delete from views.car_miles where claim = $1 and line = any ($2)")
                    .bind(claim)
                    .bind(lines)
                    .execute(rows)
                    .await?;
                Ok(())
            }
            Event::Withdrawn { .. } => {
                sqlx::query("delete from views.car_miles where claim = $1")
                    .bind(claim)
                    .execute(rows)
                    .await?;
                Ok(())
            }
            Event::QueryAnswered { answer: Recorded::Explained { .. }, .. }
            | Event::Queried { .. }
            | Event::Authorised { .. }
            | Event::PutInBatch { .. }
            | Event::Paid { .. }
            | Event::PaymentFailed { .. } => Ok(()),
        }
    }
}

async fn claimed(rows: &mut PgConnection, claim: Uuid, it: &Submitted) -> Result<(), ProjectError> {
    let TaxYear(tax_year) = TaxYear::of(it.evidence.on);
    for line in &it.lines {
        let tenths = car_tenths(&line.item);
        if tenths > 0 {
            sqlx::query(
                "insert into views.car_miles (claim, line, person, tax_year, tenths)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(claim)
            .bind(i16::from(line.number))
            .bind(it.person.uuid())
            .bind(tax_year)
            .bind(i64::from(tenths))
            .execute(&mut *rows)
            .await?;
        }
    }
    Ok(())
}

/// A mileage line stays one when it is corrected, though perhaps not one by car.
async fn corrected(rows: &mut PgConnection, claim: Uuid, line: &Line) -> Result<(), ProjectError> {
    sqlx::query("update views.car_miles set tenths = $3 where claim = $1 and line = $2")
        .bind(claim)
        .bind(i16::from(line.number))
        .bind(i64::from(car_tenths(&line.item)))
        .execute(rows)
        .await?;
    Ok(())
}

/// How far the person went by car in the tax year of this day, in tenths of a mile.
pub async fn in_the_year_of(pool: &PgPool, person: PersonId, on: Date) -> Result<u32, sqlx::Error> {
    let TaxYear(tax_year) = TaxYear::of(on);
    let tenths: i64 = sqlx::query_scalar(
        "select coalesce(sum(tenths), 0)::bigint from views.car_miles
         where person = $1 and tax_year = $2",
    )
    .bind(person.uuid())
    .bind(tax_year)
    .fetch_one(pool)
    .await?;
    Ok(u32::try_from(tenths).unwrap_or(u32::MAX))
}
