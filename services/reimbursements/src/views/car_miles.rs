//! How far someone went by car in a tax year, as far as it is claimed and not refused: the miles
//! after the first so many of a year are paid at another rate.

use async_trait::async_trait;
use contracts::PersonId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view;
use eventstore::{Key, ProjectError, Rows, View};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

use crate::claim::{Claim, Event, Line, Recorded, Submitted, car_tenths};
use crate::rate_card::TaxYear;

/// The view.
#[derive(Debug)]
pub struct CarMiles;

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Miles {
    claim: Uuid,
    line: i16,
    person: Uuid,
    tax_year: i16,
    tenths: i64,
}

impl view::Row for Miles {
    const TABLE: &'static str = "car_miles";
    const KEY: &'static [&'static str] = &["claim", "line"];

    fn key(&self) -> Key {
        [self.claim.into(), self.line.into()].into()
    }
}

#[async_trait]
impl View for CarMiles {
    fn name(&self) -> &'static str {
        "car_miles"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["car_miles"]
    }

    fn create(&self) -> &'static str {
        "create table car_miles (
             claim uuid not null, line smallint not null, person uuid not null,
             tax_year smallint not null, tenths bigint not null, primary key (claim, line));
         create index car_miles_by_person on car_miles (person, tax_year)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Claim::TYPE {
            return Ok(());
        }
        let claim = event.stream.id;
        match event.decode::<Event>()? {
            Event::Submitted(it) => claimed(rows, claim, &it),
            Event::QueryAnswered { answer: Recorded::Corrected { line }, .. } => {
                corrected(rows, claim, &line).await
            }
            Event::LinesDecided { refused, .. } => {
                for it in refused {
                    rows.remove::<Miles>(key(claim, it.line))?;
                }
                Ok(())
            }
            Event::Withdrawn { .. } => {
                for row in rows.matching::<Miles>(claim).await? {
                    rows.remove::<Miles>(view::Row::key(&row))?;
                }
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

fn key(claim: Uuid, line: u8) -> Key {
    [claim.into(), i16::from(line).into()].into()
}

fn claimed(rows: &mut Rows<'_>, claim: Uuid, it: &Submitted) -> Result<(), ProjectError> {
    let TaxYear(tax_year) = TaxYear::of(it.evidence.on);
    for line in &it.lines {
        let tenths = i64::from(car_tenths(&line.item));
        if tenths > 0 {
            let (line, person) = (i16::from(line.number), it.person.uuid());
            rows.put(Miles { claim, line, person, tax_year, tenths })?;
        }
    }
    Ok(())
}

/// A mileage line stays one when it is corrected, though perhaps not one by car.
async fn corrected(rows: &mut Rows<'_>, claim: Uuid, line: &Line) -> Result<(), ProjectError> {
    let before = rows.one::<Miles>(key(claim, line.number)).await?;
    before
        .map_or(Ok(()), |row| rows.put(Miles { tenths: i64::from(car_tenths(&line.item)), ..row }))
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
