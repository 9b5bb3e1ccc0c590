//! Where a view stands: which generation of its rows is read, how far it has come, and which streams it
//! passes over. One row for each generation; whoever folds holds that row's lock.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgPool, Row as _};
use uuid::Uuid;

use super::upkeep;
use super::{ProjectError, View};
use crate::envelope::StreamId;

/// Where the rows lie that are read.
pub(super) const LIVE: &str = "views";

/// What a generation of rows is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is read.
    Live,
    /// It is made beside the one that is read.
    Building,
    /// It was read before.
    Retired,
}

impl State {
    pub(super) const ALL: [Self; 3] = [Self::Live, Self::Building, Self::Retired];

    /// The name in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Building => "building",
            Self::Retired => "retired",
        }
    }

    /// Where its rows lie.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Live => LIVE,
            Self::Building => "views_next",
            Self::Retired => "views_before",
        }
    }
}

/// One generation of a view's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Counts from 1.
    pub number: i32,
    /// Of the code that folds it.
    pub version: i32,
    /// Up to where its rows hold.
    pub position: i64,
    /// What it is for.
    pub state: State,
    /// Its tables.
    pub tables: Vec<String>,
    /// Counts what was changed about the streams it passes over.
    pub(super) revision: i32,
    /// Streams that it passes over, each from a version on.
    pub(super) parked: BTreeMap<StreamId, i64>,
    /// Events it leaves out.
    pub(super) skipped: BTreeSet<i64>,
}

/// Creates the tables in which views keep how far they have come and what they pass over.
pub async fn create_checkpoints(database: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "select pg_advisory_xact_lock(hashtextextended('views.checkpoint', 1));
         create table if not exists views.checkpoint (
             view text not null, generation integer not null default 1, version integer not null,
             position bigint not null, state text not null default 'live',
             tables text[] not null default '{}', revision integer not null default 0,
             constraint checkpoint_pkey primary key (view, generation));
         do $$ begin
             if not exists (select from pg_attribute where attname = 'generation'
                     and attrelid = 'views.checkpoint'::regclass) then
                 alter table views.checkpoint
                     add column generation integer not null default 1,
                     add column state text not null default 'live',
                     add column tables text[] not null default '{}',
                     add column revision integer not null default 0,
                     drop constraint checkpoint_pkey,
                     add constraint checkpoint_pkey primary key (view, generation);
             end if;
         end $$;
         create unique index if not exists checkpoint_of_state on views.checkpoint (view, state);
         create table if not exists views.parked (
             view text not null, generation integer not null, stream_type text not null,
             stream_id uuid not null, from_version bigint not null, position bigint not null,
             event_type text not null, why text not null,
             parked_at timestamptz not null default clock_timestamp(),
             primary key (view, generation, stream_type, stream_id))",
    )
    .execute(database)
    .await
    .map(|_| ())
}

/// Makes the view's tables where it has none. Rows of another version are left as they are.
pub async fn prepare(view: &dyn View, pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    lock(&mut transaction, view.name()).await?;
    let live: Option<i32> = sqlx::query_scalar(
        "update views.checkpoint set tables = case when version = $2 then $3 else tables end
         where view = $1 and state = 'live' returning version",
    )
    .bind(view.name())
    .bind(view.version())
    .bind(view.tables().to_vec())
    .fetch_optional(&mut *transaction)
    .await?;
    if live.is_none() {
        create(&mut transaction, view, State::Live).await?;
    }
    transaction.commit().await
}

/// One at a time prepares, builds, switches or retires.
pub(super) async fn lock(database: &mut PgConnection, view: &str) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 1))")
        .bind(view)
        .execute(database)
        .await
        .map(|_| ())
}

/// Makes empty tables for a new generation, and notes that nothing is folded into them.
pub(super) async fn create(
    database: &mut PgConnection,
    view: &dyn View,
    state: State,
) -> Result<(), sqlx::Error> {
    drop_tables(database, state, view.tables()).await?;
    sqlx::query("select set_config('search_path', $1, true)")
        .bind(state.schema())
        .execute(&mut *database)
        .await?;
    sqlx::raw_sql(view.create()).execute(&mut *database).await?;
    sqlx::query("set local search_path to default").execute(&mut *database).await?;
    sqlx::query(
        "insert into views.checkpoint (view, generation, version, position, state, tables)
         select $1, coalesce(max(generation), 0) + 1, $2, 0, $3, $4
         from views.checkpoint where view = $1",
    )
    .bind(view.name())
    .bind(view.version())
    .bind(state.name())
    .bind(view.tables().to_vec())
    .execute(database)
    .await
    .map(|_| ())
}

pub(super) async fn drop_tables<T: AsRef<str>>(
    database: &mut PgConnection,
    state: State,
    tables: &[T],
) -> Result<(), sqlx::Error> {
    for table in tables {
        let name = format!("{}.{}", state.schema(), table.as_ref());
        sqlx::query(AssertSqlSafe(format!("drop table if exists {name} cascade")))
            .execute(&mut *database)
            .await?;
    }
    Ok(())
}

/// The generation in this state, with what it passes over.
pub(super) async fn find(
    database: &mut PgConnection,
    service: &str,
    view: &str,
    state: State,
) -> Result<Option<Generation>, ProjectError> {
    let row = sqlx::query("select * from views.checkpoint where view = $1 and state = $2")
        .bind(view)
        .bind(state.name())
        .fetch_optional(&mut *database)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut generation = generation(&row)?;
    let parked: Vec<(String, Uuid, i64)> = sqlx::query_as(
        "select stream_type, stream_id, from_version from views.parked
         where view = $1 and generation = $2",
    )
    .bind(view)
    .bind(generation.number)
    .fetch_all(&mut *database)
    .await?;
    let stream = |(kind, id, from): (String, Uuid, i64)| (StreamId { kind, id }, from);
    generation.parked = parked.into_iter().map(stream).collect();
    generation.skipped = upkeep::skipped(database, service, view).await?;
    Ok(Some(generation))
}

/// A generation as its row tells it, without what it passes over.
pub(super) fn generation(row: &PgRow) -> Result<Generation, sqlx::Error> {
    let state: &str = row.try_get("state")?;
    Ok(Generation {
        number: row.try_get("generation")?,
        version: row.try_get("version")?,
        position: row.try_get("position")?,
        state: State::ALL
            .into_iter()
            .find(|it| it.name() == state)
            .ok_or_else(|| sqlx::Error::Protocol("an unknown state of a view".to_owned()))?,
        tables: row.try_get("tables")?,
        revision: row.try_get("revision")?,
        parked: BTreeMap::new(),
        skipped: BTreeSet::new(),
    })
}

/// Where one view of a database stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Row {
    /// The view's, or the subscription's, name.
    pub name: String,
    /// Whose log it follows: its own service's, where that is empty.
    pub source: String,
    /// Which generation of its rows; none for a subscription.
    pub generation: Option<i32>,
    /// Of the code that folds it.
    pub version: i32,
    /// What it is for.
    pub state: String,
    /// Up to where its rows hold.
    pub position: i64,
    /// Events it has yet to fold, where that is known here.
    pub lag: Option<i64>,
    /// Streams it passes over.
    pub parked: i64,
}

/// Where every view and every subscription of a database stands.
pub async fn stands(pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
    let hears: bool = sqlx::query_scalar("select to_regclass('views.fact_checkpoint') is not null")
        .fetch_one(pool)
        .await?;
    let of_facts = if hears {
        "union all select subscriber, source, null, version, 'live', position, null, 0
         from views.fact_checkpoint"
    } else {
        ""
    };
    sqlx::query_as(AssertSqlSafe(format!(
        "select c.view as name, '' as source, c.generation, c.version, c.state, c.position,
             h.position - c.position as lag, (select count(*) from views.parked p
                 where p.view = c.view and p.generation = c.generation) as parked
         from views.checkpoint c, log.head h {of_facts} order by name, source, generation"
    )))
    .fetch_all(pool)
    .await
}
