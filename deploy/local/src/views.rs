//! Looks after the views of services: how far they are, what they pass over, rows made beside and
//! switched to. Works whether the system runs or not, and stops nothing; what is decided is put on
//! record by whoever decides it.

use std::sync::Arc;

use contracts::PersonId;
use eventstore::upcast::{Reading, Unsound};
use eventstore::view::parked::{Parked, parked};
use eventstore::view::stands::{Row, stands};
use eventstore::view::{self, Care, Keeper};
use eventstore::{Committer, Executor, View};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::cli::{OneView, ViewsCommand, ViewsOptions};
use crate::clock::remembered;
use crate::console::Console;
use crate::environment::Environment;
use crate::folder::{DataFolder, FolderTrouble};
use crate::foundation::{Foundation, FoundationTrouble};
use crate::services::{self, SERVICES, ServiceKind};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ViewsTrouble {
    /// There is no such service.
    #[error("there is no service {name:?}")]
    UnknownService {
        /// The name given.
        name: String,
    },
    /// There is no such view.
    #[error("{service} has no view {name:?} of its own log; it has: {all}")]
    UnknownView {
        /// Whose.
        service: &'static str,
        /// The name given.
        name: String,
        /// Those there are.
        all: String,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// The servers.
    #[error(transparent)]
    Foundation(#[from] FoundationTrouble),
    /// Where a running service keeps its history cannot be read.
    #[error(transparent)]
    Config(#[from] boot::ConfigError),
    /// A database cannot be asked.
    #[error("the database of {service} cannot be used")]
    Database {
        /// Whose.
        service: &'static str,
        /// What it says.
        #[source]
        source: sqlx::Error,
    },
    /// Old shapes of its events cannot be read.
    #[error("old events of {service} cannot be read; this build is at fault")]
    Upcasters {
        /// Whose.
        service: &'static str,
        /// Why.
        #[source]
        source: Unsound,
    },
    /// It could not be done.
    #[error("{view} of {service}")]
    NotDone {
        /// Whose.
        service: &'static str,
        /// Which.
        view: String,
        /// Why.
        #[source]
        why: view::Trouble,
    },
    /// The rows are not the same.
    #[error("{n} rows of {view} of {service} are not the same")]
    Different {
        /// Whose.
        service: &'static str,
        /// Which.
        view: String,
        /// How many.
        n: i64,
    },
}

/// Does what was asked, on the data folder's own Postgres.
pub async fn run(options: &ViewsOptions, console: Console) -> Result<(), ViewsTrouble> {
    let folder = DataFolder::choose(options.data_dir.as_deref())?;
    if !folder.was_started() {
        folder.leave();
        return Err(FolderTrouble::Empty { path: folder.path().to_owned() }.into());
    }
    match folder.claim() {
        Ok(_claim) => {
            let environment = Environment::of_this_process();
            let foundation = Foundation::lay(&folder, &environment, console).await?;
            let url = |kind: &ServiceKind| -> Result<SecretString, ViewsTrouble> {
                Ok(foundation.runtime_url(kind.name)?)
            };
            let done = carry_out(&options.command, &folder, &url, console).await;
            foundation.stop().await;
            done
        }
        Err(FolderTrouble::InUse { .. }) => {
            let url = |kind: &ServiceKind| configured(&folder, kind);
            carry_out(&options.command, &folder, &url, console).await
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Of a service's configuration, only where its history is.
#[derive(Deserialize)]
struct Place {
    service: Database,
}

#[derive(Deserialize)]
struct Database {
    database_url: SecretString,
}

/// How a running service reaches its database.
fn configured(folder: &DataFolder, kind: &ServiceKind) -> Result<SecretString, ViewsTrouble> {
    let config = folder.config(kind.name);
    let place: Place = boot::config::load(kind.name, Some(&config), std::iter::empty())?;
    Ok(place.service.database_url)
}

type Url<'a> = &'a dyn Fn(&ServiceKind) -> Result<SecretString, ViewsTrouble>;

async fn carry_out(
    command: &ViewsCommand,
    folder: &DataFolder,
    url: Url<'_>,
    console: Console,
) -> Result<(), ViewsTrouble> {
    let wanted = |name: &Option<String>| -> Result<Vec<&'static ServiceKind>, ViewsTrouble> {
        match name {
            None => Ok(SERVICES.iter().collect()),
            Some(name) => Ok(vec![service(name)?]),
        }
    };
    match command {
        ViewsCommand::List { service } => {
            for kind in wanted(service)? {
                let database = Opened::of(kind, url).await?;
                for line in database.listed().await? {
                    console.line(&line);
                }
            }
            Ok(())
        }
        ViewsCommand::Parked { service } => {
            for kind in wanted(service)? {
                let database = Opened::of(kind, url).await?;
                for it in parked(&database.pool).await.map_err(|it| database.unusable(it))? {
                    console.line(&told_of(kind.name, &it));
                }
            }
            Ok(())
        }
        ViewsCommand::Rebuild(of)
        | ViewsCommand::Compare(of)
        | ViewsCommand::Switch { of, .. }
        | ViewsCommand::Retire { of, .. }
        | ViewsCommand::Resume { of, .. }
        | ViewsCommand::Skip { of, .. } => {
            let kind = service(&of.service)?;
            let one = One { of: Opened::of(kind, url).await?, view: view_of(kind, of)?, console };
            one.carry_out(command, folder).await
        }
    }
}

fn service(name: &str) -> Result<&'static ServiceKind, ViewsTrouble> {
    services::named(name).ok_or_else(|| ViewsTrouble::UnknownService { name: name.to_owned() })
}

fn view_of(kind: &ServiceKind, of: &OneView) -> Result<Arc<dyn View>, ViewsTrouble> {
    let all = (kind.views)();
    let names: Vec<&str> = all.iter().map(|it| it.name()).collect();
    let names = names.join(", ");
    let found = all.into_iter().find(|it| it.name() == of.view);
    let view = found.ok_or_else(|| ViewsTrouble::UnknownView {
        service: kind.name,
        name: of.view.clone(),
        all: names,
    })?;
    let unsound = |source| ViewsTrouble::Upcasters { service: kind.name, source };
    // As the service itself folds it.
    Ok(Arc::new(Reading { view, upcasters: (kind.upcasters)().map_err(unsound)? }))
}

fn told_of(service: &str, it: &Parked) -> String {
    let Parked { view, event_type, stream, from_version, position, why, generation } = it;
    format!(
        "{service} {view} (generation {generation}): {} {} from version {from_version} on: \
         {event_type} at position {position}: {why}",
        stream.kind, stream.id
    )
}

/// A service's database.
struct Opened {
    service: &'static str,
    options: PgConnectOptions,
    pool: PgPool,
}

impl Opened {
    async fn of(kind: &'static ServiceKind, url: Url<'_>) -> Result<Self, ViewsTrouble> {
        let service = kind.name;
        let failed = |source| ViewsTrouble::Database { service, source };
        let options: PgConnectOptions = url(kind)?.expose_secret().parse().map_err(failed)?;
        let pool = PgPoolOptions::new().max_connections(4).connect_with(options.clone()).await;
        let pool = pool.map_err(failed)?;
        view::create_checkpoints(&pool).await.map_err(failed)?;
        Ok(Self { service, options, pool })
    }

    fn unusable(&self, source: sqlx::Error) -> ViewsTrouble {
        ViewsTrouble::Database { service: self.service, source }
    }

    async fn listed(&self) -> Result<Vec<String>, ViewsTrouble> {
        let rows = stands(&self.pool).await.map_err(|it| self.unusable(it))?;
        let told = |row: &Row| {
            let Row { name, source, generation, version, state, position, lag, parked } = row;
            let service = self.service;
            let parked = if *parked > 0 { format!(", {parked} parked") } else { String::new() };
            match (generation, lag) {
                (Some(generation), Some(lag)) => format!(
                    "{service} {name}: {state}, generation {generation}, version {version}, at \
                     {position}, {lag} events behind{parked}"
                ),
                (_, _) => {
                    format!("{service} {name}: hears {source}, version {version}, at {position}")
                }
            }
        };
        Ok(rows.iter().map(told).collect())
    }
}

/// One view of a service.
struct One {
    of: Opened,
    view: Arc<dyn View>,
    console: Console,
}

impl One {
    async fn carry_out(
        &self,
        command: &ViewsCommand,
        folder: &DataFolder,
    ) -> Result<(), ViewsTrouble> {
        let (service, name) = (self.of.service, self.view.name());
        let care = Care { view: &*self.view, service, pool: &self.of.pool };
        let not_done = |why| ViewsTrouble::NotDone { service, view: name.to_owned(), why };
        match command {
            ViewsCommand::Rebuild(_) => {
                care.rebuild(|at, of| self.console.line(&format!("{at} of {of} events")))
                    .await
                    .map_err(not_done)?;
                self.said("its rows are made beside those that are read; compare, then switch");
            }
            ViewsCommand::Compare(_) => return self.compare(care).await,
            ViewsCommand::Switch { back, by, .. } => {
                if *back {
                    care.take_back().await.map_err(not_done)?;
                }
                let by = Recording::by(*by, &self.of, folder)?;
                let done = care.switch(&by.keeper).await;
                by.close().await;
                done.map_err(not_done)?;
                self.said("what was made beside is read from now on; the rows before it are kept");
            }
            ViewsCommand::Retire { by, .. } => {
                let by = Recording::by(*by, &self.of, folder)?;
                let done = care.retire(&by.keeper).await;
                by.close().await;
                done.map_err(not_done)?;
                self.said("the rows from before the last switch are gone");
            }
            ViewsCommand::Resume { stream, by, .. } => {
                let by = Recording::by(*by, &self.of, folder)?;
                let done = care.resume(*stream, &by.keeper).await;
                by.close().await;
                done.map_err(not_done)?;
                self.said("that stream is followed again");
            }
            ViewsCommand::Skip { position, reason, by, .. } => {
                let by = Recording::by(*by, &self.of, folder)?;
                let done = care.skip(*position, reason, &by.keeper).await;
                by.close().await;
                done.map_err(not_done)?;
                self.said("that event is left out for ever, and it is on record why");
            }
            ViewsCommand::List { .. } | ViewsCommand::Parked { .. } => {}
        }
        Ok(())
    }

    fn said(&self, what: &str) {
        self.console.line(&format!("{} of {}: {what}.", self.view.name(), self.of.service));
    }

    async fn compare(&self, care: Care<'_>) -> Result<(), ViewsTrouble> {
        let (service, view) = (self.of.service, self.view.name().to_owned());
        let compared = care.compare().await.map_err(|why| {
            let view = view.clone();
            ViewsTrouble::NotDone { service, view, why }
        })?;
        for it in &compared.tables {
            let (rows, gone, come) = (it.rows, it.only_live, it.only_next);
            self.console.line(&format!(
                "{}: {rows} rows at position {}; {gone} are read and not made beside, {come} are \
                 made beside and not read",
                it.table, compared.position
            ));
            for key in &it.keys {
                self.console.line(&format!("  {key}"));
            }
        }
        let n = compared.n_different();
        if n > 0 { Err(ViewsTrouble::Different { service, view, n }) } else { Ok(()) }
    }
}

/// The way by which it is put on record what somebody does.
struct Recording {
    keeper: Keeper,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Recording {
    fn by(person: Uuid, of: &Opened, folder: &DataFolder) -> Result<Self, ViewsTrouble> {
        let clock = remembered(folder)?;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let committer = Committer::start(of.options.clone(), clock.clone(), &tasks, stop.clone());
        let executor = Executor::new(of.pool.clone(), committer, clock, boot::BUILD);
        let by = Some(PersonId::new(person));
        let keeper = Keeper { executor, service: of.service.to_owned(), by };
        Ok(Self { keeper, tasks, stop })
    }

    async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
