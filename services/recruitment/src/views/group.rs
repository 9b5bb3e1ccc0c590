//! Groups and the seats in them. No row names who holds a seat: who a seat is for and who sits in it
//! never stand side by side.

use async_trait::async_trait;
use contracts::id::{GroupId, OpportunityId, SeatId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, ToSqlx};
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row as _};
use uuid::Uuid;

use crate::group::Group;
use crate::seat::{self, Place, Seat};

/// Raised when the rows change.
pub const VERSION: i32 = 1;

/// The view.
#[derive(Debug)]
pub struct Groups;

/// One group as the rows hold it.
#[derive(Clone, Debug)]
pub struct GroupRow {
    /// Which.
    pub group: GroupId,
    /// Its stream's version.
    pub version: i64,
    /// Its state.
    pub state: Group,
}

/// One seat as the rows hold it: never with its holder.
#[derive(Clone, Debug)]
pub struct SeatRow {
    /// Which.
    pub seat: SeatId,
    /// Its stream's version.
    pub version: i64,
    /// What it is.
    pub place: Place,
    /// The last day of its holder's term; `None` while it is vacant.
    pub held_until: Option<Date>,
    /// The opportunity through which it will be filled, if one is under way.
    pub recruiting_through: Option<OpportunityId>,
}

impl FromRow<'_, PgRow> for GroupRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            group: GroupId::new(row.try_get("group_id")?),
            version: row.try_get("version")?,
            state: read(row.try_get("state")?)?,
        })
    }
}

impl FromRow<'_, PgRow> for SeatRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let held_until: Option<SqlDate> = row.try_get("held_until")?;
        let recruiting_through: Option<Uuid> = row.try_get("recruiting_through")?;
        Ok(Self {
            seat: SeatId::new(row.try_get("seat")?),
            version: row.try_get("version")?,
            place: read(row.try_get("place")?)?,
            held_until: held_until.map(SqlDate::to_jiff),
            recruiting_through: recruiting_through.map(OpportunityId::new),
        })
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

#[async_trait]
impl View for Groups {
    fn name(&self) -> &'static str {
        "groups"
    }

    fn version(&self) -> i32 {
        VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.group_view", "views.seat_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.group_view (
             group_id uuid primary key, version bigint not null, state text not null);
         create table views.seat_view (
             seat uuid primary key, version bigint not null, group_id uuid not null,
             place text not null, held_until date, recruiting_through uuid);
         create index seat_by_group on views.seat_view (group_id, seat)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        match event.stream.kind.as_str() {
            Group::TYPE => project_group(rows, event).await,
            Seat::TYPE => project_seat(rows, event).await,
            _ => Ok(()),
        }
    }
}

async fn project_group(rows: &mut PgConnection, event: &StoredEvent) -> Result<(), ProjectError> {
    let before: Option<GroupRow> =
        sqlx::query_as("select * from views.group_view where group_id = $1")
            .bind(event.stream.id)
            .fetch_optional(&mut *rows)
            .await?;
    let mut state = before.map(|row| row.state).unwrap_or_default();
    state.apply(event.decode()?);
    sqlx::query(
        "insert into views.group_view (group_id, version, state) values ($1, $2, $3)
         on conflict (group_id) do update set version = excluded.version, state = excluded.state",
    )
    .bind(event.stream.id)
    .bind(event.version)
    .bind(serde_json::to_string(&state)?)
    .execute(rows)
    .await?;
    Ok(())
}

async fn project_seat(rows: &mut PgConnection, event: &StoredEvent) -> Result<(), ProjectError> {
    match event.decode()? {
        seat::Event::Added(place) => add(rows, event, &place).await,
        seat::Event::Reserved { opportunity } => {
            recruit(rows, event, Some(opportunity.uuid())).await
        }
        seat::Event::Released { .. } => recruit(rows, event, None).await,
        seat::Event::Filled { until, .. } => {
            recruit(rows, event, None).await?;
            hold(rows, event, Some(until)).await
        }
        seat::Event::Prolonged { until, .. } => hold(rows, event, Some(until)).await,
        seat::Event::Vacated { .. } => hold(rows, event, None).await,
        seat::Event::Abolished { .. } => remove(rows, event).await,
    }
}

async fn add(
    rows: &mut PgConnection,
    event: &StoredEvent,
    place: &Place,
) -> Result<(), ProjectError> {
    sqlx::query(
        "insert into views.seat_view (seat, version, group_id, place) values ($1, $2, $3, $4)",
    )
    .bind(event.stream.id)
    .bind(event.version)
    .bind(place.group.uuid())
    .bind(serde_json::to_string(place)?)
    .execute(rows)
    .await?;
    Ok(())
}

async fn recruit(
    rows: &mut PgConnection,
    event: &StoredEvent,
    through: Option<Uuid>,
) -> Result<(), ProjectError> {
    sqlx::query("update views.seat_view set version = $2, recruiting_through = $3 where seat = $1")
        .bind(event.stream.id)
        .bind(event.version)
        .bind(through)
        .execute(rows)
        .await?;
    Ok(())
}

async fn hold(
    rows: &mut PgConnection,
    event: &StoredEvent,
    until: Option<Date>,
) -> Result<(), ProjectError> {
    sqlx::query("update views.seat_view set version = $2, held_until = $3 where seat = $1")
        .bind(event.stream.id)
        .bind(event.version)
        .bind(until.map(ToSqlx::to_sqlx))
        .execute(rows)
        .await?;
    Ok(())
}

async fn remove(rows: &mut PgConnection, event: &StoredEvent) -> Result<(), ProjectError> {
    sqlx::query("delete from views.seat_view where seat = $1")
        .bind(event.stream.id)
        .execute(rows)
        .await?;
    Ok(())
}

/// What a seat is, while there is one.
pub fn place(seat: &Seat) -> Option<&Place> {
    match seat {
        Seat::Vacant { place, .. } | Seat::Held { place, .. } => Some(place),
        Seat::NotAdded | Seat::Abolished { .. } => None,
    }
}

/// The area a group belongs to; none means everywhere.
pub fn locality(group: &Group) -> Option<&str> {
    match group {
        Group::Standing { charter, .. } | Group::Closed { charter, .. } => {
            charter.locality.as_deref()
        }
        Group::NotEstablished => None,
    }
}

/// One group.
pub async fn one(pool: &PgPool, group: GroupId) -> Result<Option<GroupRow>, sqlx::Error> {
    sqlx::query_as("select * from views.group_view where group_id = $1")
        .bind(group.uuid())
        .fetch_optional(pool)
        .await
}

/// Groups after a given one, in the order of their ids.
pub async fn all(
    pool: &PgPool,
    after: Option<GroupId>,
    limit: i64,
) -> Result<Vec<GroupRow>, sqlx::Error> {
    sqlx::query_as(
        "select * from views.group_view where $1::uuid is null or group_id > $1
         order by group_id limit $2",
    )
    .bind(after.map(GroupId::uuid))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// The seats of a group; an abolished one is not among them.
pub async fn seats(pool: &PgPool, group: GroupId) -> Result<Vec<SeatRow>, sqlx::Error> {
    sqlx::query_as("select * from views.seat_view where group_id = $1 order by seat")
        .bind(group.uuid())
        .fetch_all(pool)
        .await
}
