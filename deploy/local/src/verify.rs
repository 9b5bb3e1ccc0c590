//! Checks every service's history from its first event to its last, reading only, and says where the
//! first break is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use eventstore::verify::{Break, Flaw, Verdict};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use servers::PostgresServer;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::cli::VerifyOptions;
use crate::console::Console;
use crate::environment::Environment;
use crate::folder::{DataFolder, FolderTrouble};
use crate::services::SERVICES;

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyTrouble {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// Postgres cannot be started or reached.
    #[error(transparent)]
    Servers(#[from] servers::ServersError),
    /// Where a running service keeps its history cannot be read.
    #[error(transparent)]
    Config(#[from] boot::ConfigError),
    /// Postgres cannot be asked.
    #[error("Postgres cannot be asked for its databases")]
    Databases(#[source] sqlx::Error),
    /// The data are elsewhere.
    #[error(
        "the histories of {} are in a Postgres of somebody else; set DATABASE_URL as it was when this \
         was started",
        folder.display()
    )]
    Elsewhere {
        /// The data folder.
        folder: PathBuf,
    },
    /// A history cannot be read.
    #[error("the history of {service} cannot be read")]
    Unreadable {
        /// Whose.
        service: &'static str,
        /// What the database says.
        #[source]
        source: sqlx::Error,
    },
}

/// What was found in every history, by service.
#[derive(Debug, Serialize)]
pub struct Findings {
    chain_verified: bool,
    events: i64,
    services: BTreeMap<&'static str, Verdict>,
}

impl Findings {
    fn of(services: BTreeMap<&'static str, Verdict>) -> Self {
        Self {
            chain_verified: services.values().all(|verdict| verdict.first_break.is_none()),
            events: services.values().map(|verdict| verdict.events).sum(),
            services,
        }
    }

    /// Whether every chain holds.
    pub fn chain_verified(&self) -> bool {
        self.chain_verified
    }

    /// Events in all histories together.
    pub fn events(&self) -> i64 {
        self.events
    }

    /// As lines for people.
    pub fn told(&self) -> Vec<String> {
        let one = |(service, verdict): (&&'static str, &Verdict)| match &verdict.first_break {
            None => format!("  {service}: {} events, unchanged", verdict.events),
            Some(Break { position, what }) => {
                format!("  {service}: broken at position {position}: {}", told(*what))
            }
        };
        self.services.iter().map(one).collect()
    }
}

fn told(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::PositionMissing => "an event is missing there",
        Flaw::HashDiffers => "that event, or one before it, is not what was written",
        Flaw::OtherLog => "that event belongs to another history",
        Flaw::UnknownFormat => "that event is sealed in a way this build does not know",
        Flaw::HeadDiffers => "the history ends elsewhere than its head says",
    }
}

/// Verifies the histories of a data folder, whether the system runs on it or not.
pub async fn run(options: &VerifyOptions, console: Console) -> Result<Findings, VerifyTrouble> {
    let folder = DataFolder::choose(options.data_dir.as_deref())?;
    if !folder.was_started() {
        folder.leave();
        return Err(FolderTrouble::Empty { path: folder.path().to_owned() }.into());
    }
    let findings = match folder.claim() {
        Ok(_claim) => at_rest(&folder, console).await?,
        Err(FolderTrouble::InUse { .. }) => running(&folder).await?,
        Err(trouble) => return Err(trouble.into()),
    };
    if findings.services.is_empty() {
        return Err(FolderTrouble::Empty { path: folder.path().to_owned() }.into());
    }
    if options.json {
        console.object(&serde_json::to_string(&findings).unwrap_or_default());
    }
    for line in findings.told() {
        console.line(&line);
    }
    Ok(findings)
}

/// Verifies through the role that made the databases.
pub async fn through(admin: &PgConnectOptions) -> Result<Findings, VerifyTrouble> {
    let there = databases(admin).await.map_err(VerifyTrouble::Databases)?;
    let mut services = BTreeMap::new();
    for kind in SERVICES.iter().filter(|kind| there.iter().any(|name| name == kind.name)) {
        add(&mut services, kind.name, &admin.clone().database(kind.name)).await?;
    }
    Ok(Findings::of(services))
}

/// Starts Postgres alone.
async fn at_rest(folder: &DataFolder, console: Console) -> Result<Findings, VerifyTrouble> {
    let environment = Environment::of_this_process();
    if environment.database_url.is_none() && !folder.has_postgres() {
        return Err(VerifyTrouble::Elsewhere { folder: folder.path().to_owned() });
    }
    let progress = move |what: &str| console.line(what);
    let postgres = PostgresServer::provide(
        &environment.surroundings,
        environment.database_url.as_deref(),
        &folder.postgres(),
        &progress,
    )
    .await?;
    let findings = through(postgres.admin()).await;
    postgres.stop().await;
    findings
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

/// Asks the Postgres that runs already, as each service itself would.
async fn running(folder: &DataFolder) -> Result<Findings, VerifyTrouble> {
    let mut services = BTreeMap::new();
    for kind in SERVICES {
        let config = folder.config(kind.name);
        let place: Place = boot::config::load(kind.name, Some(&config), std::iter::empty())?;
        let options: PgConnectOptions = place
            .service
            .database_url
            .expose_secret()
            .parse()
            .map_err(|source| VerifyTrouble::Unreadable { service: kind.name, source })?;
        add(&mut services, kind.name, &options).await?;
    }
    Ok(Findings::of(services))
}

async fn databases(admin: &PgConnectOptions) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = PgConnection::connect_with(admin).await?;
    let names = sqlx::query_scalar("select datname::text from pg_database")
        .fetch_all(&mut connection)
        .await?;
    connection.close().await?;
    Ok(names)
}

async fn add(
    services: &mut BTreeMap<&'static str, Verdict>,
    service: &'static str,
    options: &PgConnectOptions,
) -> Result<(), VerifyTrouble> {
    let unreadable = |source| VerifyTrouble::Unreadable { service, source };
    if let Some(verdict) = history(options).await.map_err(unreadable)? {
        services.insert(service, verdict);
    }
    Ok(())
}

/// The verdict on one history; `None` where none was ever begun.
async fn history(options: &PgConnectOptions) -> Result<Option<Verdict>, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let begun: bool = sqlx::query_scalar("select to_regclass('log.head') is not null")
        .fetch_one(&mut connection)
        .await?;
    let verdict =
        if begun { Some(eventstore::verify::verify(&mut connection).await?) } else { None };
    connection.close().await?;
    Ok(verdict)
}
