//! What the stories share: places of their own, the servers of this machine, and one bounded wait.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use servers::{Nats, NatsUser, Postgres, PostgresPlan, Surroundings};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

pub type Story = Result<(), Box<dyn std::error::Error + Send + Sync>>;
pub type Told<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What anything asked for here may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(18);

/// A folder that the servers' account can reach, removed at the end.
pub struct Place {
    folder: PathBuf,
    is_ours: bool,
}

impl Place {
    pub fn new() -> Told<Place> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("servers-stories-{}-{count}", std::process::id());
        let folder = std::fs::canonicalize(std::env::temp_dir())?.join(name);
        servers::create_open_folder(&folder)?;
        Ok(Place { folder, is_ours: true })
    }

    /// Somebody else's place, left as it is.
    pub fn at(folder: &Path) -> Place {
        Place { folder: folder.to_owned(), is_ours: false }
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_ours {
            // Fails where a server of a failed story still writes; the next run has another place.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

pub fn silently(_: &str) {}

pub fn machine() -> Surroundings {
    Surroundings::of_this_process()
}

pub async fn throwaway_postgres() -> Told<Postgres> {
    let binaries = servers::obtain_postgres(&machine(), &silently).await?;
    Ok(Postgres::throwaway(&machine(), &binaries, &silently).await?)
}

pub async fn postgres_in(place: &Place) -> Told<Postgres> {
    let binaries = servers::obtain_postgres(&machine(), &silently).await?;
    let plan = PostgresPlan { binaries, data_folder: place.path().join("postgres"), port: None };
    Ok(Postgres::start(&plan, &silently).await?)
}

pub async fn throwaway_nats(users: &[NatsUser]) -> Told<Nats> {
    let binary = servers::obtain_nats(&machine(), &silently).await?;
    Ok(Nats::throwaway(&machine(), &binary, users).await?)
}

pub fn user_of_everything(name: &str) -> NatsUser {
    NatsUser {
        name: name.to_owned(),
        password: "a-password".to_owned(),
        publish_allow: vec![">".to_owned()],
        subscribe_allow: vec![">".to_owned()],
        ..NatsUser::default()
    }
}

/// Runs statements on one connection.
pub async fn run(options: &PgConnectOptions, statements: &'static str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    sqlx::raw_sql(statements).execute(&mut connection).await?;
    connection.close().await
}

/// Asks for one number.
pub async fn number(options: &PgConnectOptions, query: &'static str) -> Result<i64, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let number = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(number)
}

pub fn send(signal: &str, pid: u32) -> Told<bool> {
    let status = Command::new("sh")
        .args(["-c", "kill -s \"$1\" \"$2\"", "kill", signal, &pid.to_string()])
        .stdin(Stdio::null())
        .status()?;
    Ok(status.success())
}

/// Whether a process runs; the zombie of a parent that was killed does not.
pub fn is_alive(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

/// Waits until something outside this process has come true.
pub async fn comes_true(what: &str, is_true: impl Fn() -> bool) -> Story {
    tokio::time::timeout(PATIENCE, testkit::until(|| std::future::ready(is_true())))
        .await
        .map_err(|_| format!("never came true: {what}"))?;
    Ok(())
}
