//! Groups and the seats in them. No row names who holds a seat: who a seat is for and who sits in it
//! never stand side by side.

use async_trait::async_trait;
use contracts::id::{GroupId, OpportunityId, SeatId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::civil::Date;
use jiff_sqlx::Date as SqlDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
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

/// One group, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct GroupColumns {
    group_id: Uuid,
    version: i64,
    #[serde(with = "column")]
    state: Group,
}

impl view::Row for GroupColumns {
    const TABLE: &'static str = "group_view";
    const KEY: &'static [&'static str] = &["group_id"];

    fn key(&self) -> Key {
        self.group_id.into()
    }
}

/// One seat, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct SeatColumns {
    seat: Uuid,
    version: i64,
    group_id: Uuid,
    #[serde(with = "column")]
    place: Place,
    held_until: Option<Date>,
    recruiting_through: Option<Uuid>,
}

impl view::Row for SeatColumns {
    const TABLE: &'static str = "seat_view";
    const KEY: &'static [&'static str] = &["seat"];

    fn key(&self) -> Key {
        self.seat.into()
    }
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
        &["group_view", "seat_view"]
    }

    fn create(&self) -> &'static str {
        "create table group_view (
             group_id uuid primary key, version bigint not null, state text not null);
         create table seat_view (
             seat uuid primary key, version bigint not null, group_id uuid not null,
             place text not null, held_until date, recruiting_through uuid);
         create index seat_by_group on seat_view (group_id, seat)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        match event.stream.kind.as_str() {
            Group::TYPE => rows.foresee::<GroupColumns>(event.stream.id),
            Seat::TYPE => rows.foresee::<SeatColumns>(event.stream.id),
            _ => {}
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        match event.stream.kind.as_str() {
            Group::TYPE => fold_group(rows, event).await,
            Seat::TYPE => fold_seat(rows, event).await,
            _ => Ok(()),
        }
    }
}

async fn fold_group(rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
    let group_id = event.stream.id;
    let before = rows.one::<GroupColumns>(group_id).await?;
    let mut state = before.map(|row| row.state).unwrap_or_default();
    state.apply(event.decode()?);
    rows.put(GroupColumns { group_id, version: event.version, state })
}

async fn fold_seat(rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
    let (seat, version) = (event.stream.id, event.version);
    let before = rows.one::<SeatColumns>(seat).await?.map(|row| SeatColumns { version, ..row });
    let now = match event.decode()? {
        seat::Event::Added(place) => {
            let (group_id, held_until, recruiting_through) = (place.group.uuid(), None, None);
            Some(SeatColumns {
                seat,
                version,
                group_id,
                place: *place,
                held_until,
                recruiting_through,
            })
        }
        seat::Event::Reserved { opportunity } => {
            let recruiting_through = Some(opportunity.uuid());
            before.map(|row| SeatColumns { recruiting_through, ..row })
        }
        seat::Event::Released { .. } => {
            before.map(|row| SeatColumns { recruiting_through: None, ..row })
        }
        seat::Event::Filled { until, .. } => {
            let (held_until, recruiting_through) = (Some(until), None);
            before.map(|row| SeatColumns { held_until, recruiting_through, ..row })
        }
        seat::Event::Prolonged { until, .. } => {
            before.map(|row| SeatColumns { held_until: Some(until), ..row })
        }
        seat::Event::Vacated { .. } => before.map(|row| SeatColumns { held_until: None, ..row }),
        seat::Event::Abolished { .. } => return rows.remove::<SeatColumns>(seat),
    };
    now.map_or(Ok(()), |row| rows.put(row))
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
