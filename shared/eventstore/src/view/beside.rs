//! Makes a view's rows anew beside those that are read, compares the two, and puts the new in the place
//! of the old in one transaction. What is made beside never goes past what is read, and nobody reads
//! it; nothing else is touched until the switch.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::ahead::{BATCH_MAX, ReadAhead, read};
use super::batch::{Batch, Folded, Poison, Unfolded};
use super::stands::{Generation, State, create, drop_tables, find, lock};
use super::upkeep::{Event, Keeper, NotRecorded};
use super::{ProjectError, View};

/// How often something is tried again that others were in the way of.
pub(super) const TRIES: u32 = 50;
/// How long it lets readers wait for it at one try; shorter than it takes Postgres to look for a
/// deadlock, so that it is never a reader who loses.
const READERS_WAIT_MAX: Duration = Duration::from_millis(200);

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error("the database cannot be asked")]
    Database(#[from] sqlx::Error),
    /// An event cannot be folded.
    #[error("the event {} at position {} cannot be folded: {}", .0.event_type, .0.position, .0.why)]
    Poison(Box<Poison>),
    /// The rows belong to other code.
    #[error("its rows are of version {rows}, and this build folds version {code}")]
    OtherVersion {
        /// Of the rows.
        rows: i32,
        /// Of the code.
        code: i32,
    },
    /// There are no such rows.
    #[error("{0}")]
    Nothing(&'static str),
    /// Others hold the rows.
    #[error("its rows were in use at every try; try again")]
    Busy,
    /// It is not on record.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
}

impl From<Unfolded> for Trouble {
    fn from(error: Unfolded) -> Self {
        match error {
            Unfolded::Database(error) => Self::Database(error),
            Unfolded::Poison(poison) => Self::Poison(poison),
        }
    }
}

impl From<ProjectError> for Trouble {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Database(error) => Self::Database(error),
            ProjectError::Unreadable(_) | ProjectError::Metadata(_) => {
                Self::Nothing("what is on record about it cannot be read")
            }
        }
    }
}

/// A view of a service, and its database.
#[derive(Clone, Copy)]
pub struct Care<'a> {
    /// The view.
    pub view: &'a dyn View,
    /// Whose.
    pub service: &'a str,
    /// Where its rows lie.
    pub pool: &'a PgPool,
}

/// What came of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    More,
    /// It stands where the live one stood.
    CaughtUp,
    /// Somebody else moved it on.
    Elsewhere,
}

/// Rows that are being made beside the live ones.
pub(super) struct Building {
    pub(super) next: Generation,
    /// Where the live ones stood when it was last asked.
    pub(super) goal: i64,
    ahead: Option<ReadAhead>,
}

impl Building {
    /// As it stands.
    fn of(next: Generation) -> Self {
        Self { goal: next.position, next, ahead: None }
    }

    /// Folds the next batch.
    pub(super) async fn step(&mut self, care: Care<'_>) -> Result<Step, Trouble> {
        let live = care.find_live().await?;
        self.goal = live.position;
        let at = self.next.position;
        let events = match &mut self.ahead {
            Some(ahead) => ahead.next().await.transpose()?.unwrap_or_default(),
            None => read(care.pool, at, live.position).await?,
        };
        let Some(last) = events.last() else {
            let more = self.ahead.take().is_some() || at < live.position;
            return Ok(if more { Step::More } else { Step::CaughtUp });
        };
        if events.len() == BATCH_MAX && self.ahead.is_none() {
            let (from, to) = (last.position, live.position);
            self.ahead = Some(ReadAhead::start(care.pool.clone(), from, to));
        }
        let mut batch =
            Batch { view: care.view, generation: &mut self.next, may_park: Some(&live) };
        match batch.fold(care.pool, &events).await? {
            Folded::Moved => Ok(Step::More),
            Folded::Elsewhere => Ok(Step::Elsewhere),
        }
    }
}

impl Care<'_> {
    /// Begins to make rows beside the live ones, or goes on with those that were begun by code of this
    /// version.
    pub(super) async fn begin(&self) -> Result<Building, Trouble> {
        let (name, code) = (self.view.name(), self.view.version());
        let mut transaction = self.pool.begin().await?;
        lock(&mut transaction, name).await?;
        let live = self.find(&mut transaction, State::Live).await?;
        let next = self.find(&mut transaction, State::Building).await?;
        if let Some(next) = next.as_ref().filter(|it| it.version == code) {
            transaction.commit().await?;
            return Ok(Building::of(next.clone()));
        }
        let newest = live.iter().chain(&next).map(|it| it.version).max().unwrap_or(code);
        if newest > code {
            return Err(Trouble::OtherVersion { rows: newest, code });
        }
        if let Some(next) = next {
            forget(&mut transaction, name, &next).await?;
        }
        create(&mut transaction, self.view, State::Building).await?;
        let next = self.find(&mut transaction, State::Building).await?;
        transaction.commit().await?;
        next.map(Building::of).ok_or(Trouble::Nothing("its rows are not made anew"))
    }

    /// Makes rows beside the live ones until they stand at the same position; `told` hears how far it
    /// has come, and of how much.
    pub async fn rebuild(&self, told: impl Fn(i64, i64)) -> Result<(), Trouble> {
        let mut building = self.begin().await?;
        loop {
            match building.step(*self).await? {
                Step::More => told(building.next.position, building.goal),
                Step::CaughtUp => return Ok(()),
                Step::Elsewhere => building = self.begin().await?,
            }
        }
    }

    /// Reads what was made beside from now on. The rows that were read until now are kept.
    pub async fn switch(&self, keeper: &Keeper) -> Result<(), Trouble> {
        let mut is_recorded = false;
        for _ in 0..TRIES {
            let mut transaction = self.pool.begin().await?;
            let next = self.find(&mut transaction, State::Building).await?;
            transaction.rollback().await?;
            let Some(next) = next else {
                return Err(Trouble::Nothing("nothing is made beside its rows"));
            };
            let (generation, version) = (next.number, next.version);
            if version != self.view.version() {
                return Err(Trouble::OtherVersion { rows: version, code: self.view.version() });
            }
            self.rebuild(|_, _| {}).await?;
            if !is_recorded {
                let view = self.view.name().to_owned();
                let event = Event::Switched { view, generation, version };
                keeper.record(self.view.name(), event).await?;
                is_recorded = true;
            }
            match self.swap().await {
                Err(Trouble::Database(error)) if is_of_the_moment(&error) => {}
                other => return other,
            }
        }
        Err(Trouble::Busy)
    }

    /// The switch itself: everything or nothing.
    async fn swap(&self) -> Result<(), Trouble> {
        let name = self.view.name();
        let mut transaction = self.pool.begin().await?;
        let (live, _) = self.level(&mut transaction).await?;
        if let Some(before) = self.find(&mut transaction, State::Retired).await? {
            forget(&mut transaction, name, &before).await?;
        }
        let old = if live.tables.is_empty() { owned(self.view) } else { live.tables.clone() };
        drop_tables(&mut transaction, State::Retired, &old).await?;
        let old = existing(&mut transaction, State::Live, &old).await?;
        if !old.is_empty() {
            let all: Vec<_> =
                old.iter().map(|it| format!("{}.{it}", State::Live.schema())).collect();
            let all = all.join(", ");
            sqlx::query(AssertSqlSafe(format!("lock table {all} in access exclusive mode")))
                .execute(&mut *transaction)
                .await?;
        }
        move_tables(&mut transaction, &old, State::Live, State::Retired).await?;
        let new = owned(self.view);
        drop_tables(&mut transaction, State::Live, &new).await?;
        move_tables(&mut transaction, &new, State::Building, State::Live).await?;
        note_state(&mut transaction, name, State::Live, State::Retired).await?;
        note_state(&mut transaction, name, State::Building, State::Live).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Holds whoever folds the view, and folds what the rows beside lack: both stand at one position
    /// until the transaction ends.
    pub(super) async fn level(
        &self,
        database: &mut PgConnection,
    ) -> Result<(Generation, Generation), Trouble> {
        let wait = format!("set local lock_timeout = '{}ms'", READERS_WAIT_MAX.as_millis());
        sqlx::query(AssertSqlSafe(wait)).execute(&mut *database).await?;
        sqlx::query("select from views.checkpoint where view = $1 order by generation for update")
            .bind(self.view.name())
            .execute(&mut *database)
            .await?;
        let live = self.find(&mut *database, State::Live).await?;
        let next = self.find(&mut *database, State::Building).await?;
        let Some((live, mut next)) = live.zip(next) else {
            return Err(Trouble::Nothing("nothing is made beside its rows"));
        };
        while next.position < live.position {
            let events = read(&mut *database, next.position, live.position).await?;
            let mut batch = Batch { view: self.view, generation: &mut next, may_park: Some(&live) };
            batch.fold_within(&mut *database, &events).await?;
        }
        Ok((live, next))
    }

    /// Lets go of the rows that were read before the last switch.
    pub async fn retire(&self, keeper: &Keeper) -> Result<(), Trouble> {
        let name = self.view.name();
        let mut transaction = self.pool.begin().await?;
        let before = self.find(&mut transaction, State::Retired).await?;
        transaction.rollback().await?;
        let Some(before) = before else {
            return Err(Trouble::Nothing("it has no rows from before a switch"));
        };
        let event = Event::Retired { view: name.to_owned(), generation: before.number };
        keeper.record(name, event).await?;
        let mut transaction = self.pool.begin().await?;
        lock(&mut transaction, name).await?;
        forget(&mut transaction, name, &before).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Puts the rows that were read before the last switch beside those that are read now, so that
    /// they can be brought up to date, compared, and switched to.
    pub async fn take_back(&self) -> Result<(), Trouble> {
        let (name, code) = (self.view.name(), self.view.version());
        let mut transaction = self.pool.begin().await?;
        lock(&mut transaction, name).await?;
        let Some(before) = self.find(&mut transaction, State::Retired).await? else {
            return Err(Trouble::Nothing("it has no rows from before a switch"));
        };
        if before.version != code {
            return Err(Trouble::OtherVersion { rows: before.version, code });
        }
        if let Some(next) = self.find(&mut transaction, State::Building).await? {
            forget(&mut transaction, name, &next).await?;
        }
        drop_tables(&mut transaction, State::Building, &before.tables).await?;
        move_tables(&mut transaction, &before.tables, State::Retired, State::Building).await?;
        note_state(&mut transaction, name, State::Retired, State::Building).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(super) async fn find_live(&self) -> Result<Generation, Trouble> {
        let mut database = self.pool.acquire().await?;
        let live = self.find(&mut database, State::Live).await?;
        live.ok_or(Trouble::Nothing("it has no rows yet; start the service once"))
    }

    /// Whether the rows of this generation are those that are read.
    pub(super) async fn is_live(&self, number: i32) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar(
            "select exists (select from views.checkpoint
                 where view = $1 and generation = $2 and state = $3)",
        )
        .bind(self.view.name())
        .bind(number)
        .bind(State::Live.name())
        .fetch_one(self.pool)
        .await
    }

    pub(super) async fn find(
        &self,
        database: &mut PgConnection,
        state: State,
    ) -> Result<Option<Generation>, Trouble> {
        Ok(find(database, self.service, self.view.name(), state).await?)
    }
}

/// Whether the same may go well in a moment: somebody else held what was wanted.
pub(super) fn is_of_the_moment(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // Lock not available, deadlock, serialisation, and what one batch could not write.
    code.is_some_and(|code| {
        ["55P03", "40P01", "40001"].contains(&&*code)
            || code.starts_with("22")
            || code.starts_with("23")
    })
}

fn owned(view: &dyn View) -> Vec<String> {
    view.tables().iter().map(|&table| table.to_owned()).collect()
}

/// Takes a generation's rows, and everything that is noted about it, away.
async fn forget(
    database: &mut PgConnection,
    view: &str,
    generation: &Generation,
) -> Result<(), sqlx::Error> {
    drop_tables(database, generation.state, &generation.tables).await?;
    for noted in ["parked", "checkpoint"] {
        let text = format!("delete from views.{noted} where view = $1 and generation = $2");
        sqlx::query(AssertSqlSafe(text))
            .bind(view)
            .bind(generation.number)
            .execute(&mut *database)
            .await?;
    }
    Ok(())
}

/// Those of the tables that are there.
async fn existing(
    database: &mut PgConnection,
    state: State,
    tables: &[String],
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = $1 and tablename = any ($2)
         order by tablename",
    )
    .bind(state.schema())
    .bind(tables)
    .fetch_all(database)
    .await
}

async fn move_tables(
    database: &mut PgConnection,
    tables: &[String],
    from: State,
    to: State,
) -> Result<(), sqlx::Error> {
    let (from, to) = (from.schema(), to.schema());
    for table in tables {
        sqlx::query(AssertSqlSafe(format!("alter table {from}.{table} set schema {to}")))
            .execute(&mut *database)
            .await?;
    }
    Ok(())
}

async fn note_state(
    database: &mut PgConnection,
    view: &str,
    from: State,
    to: State,
) -> Result<(), sqlx::Error> {
    sqlx::query("update views.checkpoint set state = $3 where view = $1 and state = $2")
        .bind(view)
        .bind(from.name())
        .bind(to.name())
        .execute(database)
        .await
        .map(|_| ())
}
