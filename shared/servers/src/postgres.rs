//! One Postgres server of our own: started, ready, stopped, started again. Listens on the loopback
//! address alone and never runs with a durability setting weakened, in tests neither.

mod cluster;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};

use crate::Progress;
use crate::cache::Cache;
use crate::folders;
use crate::home::Home;
use crate::keeper::{Keeper, KeeperPlan, PATIENCE, log_tail};
use crate::leftovers::{end_sessions, stop_leftover};
use crate::obtain::PostgresBinaries;
use crate::pause;
use crate::start::StartError;
use crate::surroundings::Surroundings;

pub(crate) const SERVER: &str = "Postgres";
/// Postgres's own folder within the server's home.
const CLUSTER: &str = "cluster";
pub(crate) const SUPERUSER: &str = "postgres";
/// After a crash the log is replayed first, which on a slow disk takes its time.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// One attempt; something else may hold the port and say nothing.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Ports lost to somebody else between choosing and binding, before giving up.
const PORTS_TRIED: u32 = 5;

/// What Postgres logs where its port is taken; messages are never translated here (locale C).
const PORT_IS_TAKEN: &str = "Address already in use";
/// What it logs while sessions of a killed server still hold its shared memory.
const SESSIONS_REMAIN: &str = "pre-existing shared memory block";

/// Given on the command line, where no file in the data folder can weaken them. Errors are logged
/// without statements and details, since those quote values, and values are personal.
const SETTINGS: [&str; 12] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_timezone=UTC",
    "timezone=UTC",
];

/// A Postgres whose data stay.
#[derive(Clone, Debug)]
pub struct PostgresPlan {
    /// The programs.
    pub binaries: PostgresBinaries,
    /// A folder for this server alone; created where needed.
    pub data_folder: PathBuf,
    /// A port that must be used; `None` for one chosen once and remembered.
    pub port: Option<u16>,
}

/// A running Postgres. Dropping it stops the server and waits for that, a few hundredths of a second as
/// a rule; when this process dies in any way, the server stops too.
pub struct Postgres {
    // Dropped first: the server must be gone before its home is.
    keeper: Keeper,
    home: Home,
    binaries: PostgresBinaries,
    admin: PgConnectOptions,
    port: u16,
    left_open: &'static [&'static str],
}

impl Postgres {
    /// Starts Postgres on a data folder, which is prepared on the first start. Superuser `postgres`
    /// has a random password, kept (0600) beside the data.
    pub async fn start(
        plan: &PostgresPlan,
        progress: Progress<'_>,
    ) -> Result<Postgres, StartError> {
        let home = Home::kept(&plan.data_folder)?;
        let password = folders::read_or_create_secret(&home.folder().join("superuser_password"))?;
        let cluster = cluster_in(&home);
        if cluster.exists() {
            cluster::ensure_same_major(&cluster, &plan.binaries)?;
        } else {
            progress("Preparing the Postgres data folder …");
            cluster::create(&plan.binaries, &cluster, &password, home.account()).await?;
        }
        stop_leftover(SERVER, &cluster.join("postmaster.pid"), &cluster, "INT").await?;
        end_sessions(SERVER, &cluster).await?;
        progress("Starting Postgres …");
        Postgres::launch(home, &plan.binaries, &password, plan.port, &[]).await
    }

    /// Starts Postgres on a copy of the machine's template cluster (made once per version), in a folder
    /// of the cache, beside the template, that goes when the server goes.
    pub async fn throwaway(
        surroundings: &Surroundings,
        binaries: &PostgresBinaries,
        progress: Progress<'_>,
    ) -> Result<Postgres, StartError> {
        Postgres::throwaway_open(surroundings, binaries, &[], progress).await
    }

    /// The same, with some of our settings left for its superuser to change, as with a server that
    /// somebody else runs; for those who look what a changed setting does.
    pub async fn throwaway_open(
        surroundings: &Surroundings,
        binaries: &PostgresBinaries,
        left_open: &'static [&'static str],
        progress: Progress<'_>,
    ) -> Result<Postgres, StartError> {
        let cache = Cache::open(surroundings)?;
        let home = Home::throwaway(&cache)?;
        let template = cluster::template(&cache, binaries, home.account(), progress).await?;
        cluster::copy(&template.cluster, &cluster_in(&home)).await?;
        Postgres::launch(home, binaries, &template.password, None, left_open).await
    }

    /// How to connect as superuser, to database `postgres`.
    pub fn admin(&self) -> &PgConnectOptions {
        &self.admin
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the server itself (not its keeper), for tests that freeze or kill it. It
    /// changes with `start_again`.
    pub fn server_pid(&self) -> u32 {
        self.keeper.server_pid()
    }

    /// Whether the server has not ended, as far as its keeper knows.
    pub fn is_running(&self) -> bool {
        self.keeper.is_running()
    }

    /// Waits until the server has ended, for whatever reason.
    pub async fn ended(&self) {
        self.keeper.ended().await;
    }

    /// The last lines of the server's log.
    pub fn log_tail(&self) -> String {
        self.keeper.log_tail()
    }

    /// Where its log is.
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    /// The folder the server lives in.
    pub fn data_folder(&self) -> &Path {
        self.home.folder()
    }

    /// Stops the server but keeps everything else for `start_again`: an outage.
    pub async fn halt(&mut self) -> Result<(), StartError> {
        self.home.survive_keeper()?;
        self.keeper.stop().await;
        self.home.end_with_keeper()
    }

    /// Starts the server again on the same data and port, after `halt` or after it was killed.
    pub async fn start_again(&mut self) -> Result<(), StartError> {
        self.halt().await?;
        end_sessions(SERVER, &cluster_in(&self.home)).await?;
        self.keeper =
            started(&self.home, &self.binaries, &self.admin, self.port, self.left_open).await?;
        Ok(())
    }

    /// Stops the server (a fast shutdown: open transactions are rolled back, everything committed
    /// stays) and waits until it has ended.
    pub async fn stop(mut self) {
        self.keeper.stop().await;
        // Of a server that had to be killed, frozen sessions remain.
        if let Err(error) = end_sessions(SERVER, &cluster_in(&self.home)).await {
            tracing::warn!(error = %error, "sessions of Postgres could not be ended");
        }
    }

    async fn launch(
        home: Home,
        binaries: &PostgresBinaries,
        password: &str,
        asked_for: Option<u16>,
        left_open: &'static [&'static str],
    ) -> Result<Postgres, StartError> {
        let mut tries_left = PORTS_TRIED;
        loop {
            tries_left -= 1;
            let port = home.port(asked_for)?;
            let admin = admin_options(port, password);
            match started(&home, binaries, &admin, port, left_open).await {
                Ok(keeper) => {
                    home.settle_on(port)?;
                    let binaries = binaries.clone();
                    return Ok(Postgres { keeper, home, binaries, admin, port, left_open });
                }
                Err(StartError::PortTaken { .. }) if asked_for.is_none() && tries_left > 0 => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn cluster_in(home: &Home) -> PathBuf {
    home.folder().join(CLUSTER)
}

/// The major version that made the data in a folder, where there are any.
pub(crate) fn made_by(data_folder: &Path) -> Option<u32> {
    cluster::version_file(&data_folder.join(CLUSTER)).ok()?.trim().parse().ok()
}

fn admin_options(port: u16, password: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username(SUPERUSER)
        .password(password)
        .database("postgres")
        .ssl_mode(PgSslMode::Disable)
}

/// Starts the server and waits until it answers.
async fn started(
    home: &Home,
    binaries: &PostgresBinaries,
    admin: &PgConnectOptions,
    port: u16,
    left_open: &[&str],
) -> Result<Keeper, StartError> {
    let attempts = async {
        loop {
            let keeper = keep(home, binaries, port, left_open).await?;
            match ready(&keeper, admin, &cluster_in(home)).await {
                Ok(()) => return Ok(keeper),
                Err(StartError::Ended { log_tail, .. }) if log_tail.contains(PORT_IS_TAKEN) => {
                    return Err(StartError::PortTaken { server: SERVER, port });
                }
                // After the first process was killed, its sessions need a moment to notice.
                Err(StartError::Ended { log_tail, .. }) if log_tail.contains(SESSIONS_REMAIN) => {
                    pause::before_asking_again().await;
                }
                Err(error) => return Err(error),
            }
        }
    };
    match tokio::time::timeout(READY_WITHIN, attempts).await {
        Ok(outcome) => outcome,
        Err(_) => Err(StartError::Late {
            server: SERVER,
            seconds: READY_WITHIN.as_secs(),
            log_tail: log_tail(&home.log()),
        }),
    }
}

async fn keep(
    home: &Home,
    binaries: &PostgresBinaries,
    port: u16,
    left_open: &[&str],
) -> Result<Keeper, StartError> {
    let mut arguments: Vec<OsString> =
        vec!["-D".into(), cluster_in(home).into(), "-c".into(), format!("port={port}").into()];
    let is_ours =
        |setting: &&str| setting.split('=').next().is_some_and(|name| !left_open.contains(&name));
    for setting in SETTINGS.into_iter().filter(is_ours) {
        arguments.extend(["-c".into(), setting.into()]);
    }
    let plan = KeeperPlan {
        server: SERVER,
        program: &binaries.folder.join("postgres"),
        arguments,
        account: home.account(),
        // A throwaway cluster needs no last checkpoint.
        stop_signal: if home.to_throw_away().is_some() { "QUIT" } else { "INT" },
        patience: PATIENCE,
        log: &home.log(),
        throwaway: home.to_throw_away(),
    };
    Ok(Keeper::start(&plan).await?)
}

/// Asks until our own server answers; anybody may listen on that port.
async fn ready(
    keeper: &Keeper,
    admin: &PgConnectOptions,
    cluster: &Path,
) -> Result<(), StartError> {
    loop {
        if !keeper.is_running() {
            return Err(StartError::Ended { server: SERVER, log_tail: keeper.log_tail() });
        }
        let answer = tokio::time::timeout(CONNECT_WITHIN, data_directory(admin)).await;
        if let Ok(Ok(folder)) = answer
            && Path::new(&folder) == cluster
        {
            return Ok(());
        }
        pause::before_asking_again().await;
    }
}

async fn data_directory(admin: &PgConnectOptions) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect_with(admin).await?;
    let folder: String = sqlx::query_scalar("select current_setting('data_directory')")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok(folder)
}
