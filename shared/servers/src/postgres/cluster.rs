//! Data folders of Postgres: made once by `initdb`, whole or not at all; for throwaway servers made
//! once per machine and version, then copied.

use std::fs;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::SUPERUSER;
use crate::Progress;
use crate::account::Account;
use crate::cache::Cache;
use crate::folders::{self, FolderError};
use crate::obtain::PostgresBinaries;
use crate::start::StartError;
use crate::surroundings;
use crate::wheels::{last_lines, output_of};

/// To be raised when what `create` does changes, so that older templates are not used again.
const TEMPLATE_REVISION: u32 = 1;

/// A cluster to copy, with its superuser's password.
pub(super) struct Template {
    pub cluster: PathBuf,
    pub password: String,
}

/// Creates a cluster: UTF-8, sorted by bytes, checksums on every page, and a password asked of
/// everybody.
pub(super) async fn create(
    binaries: &PostgresBinaries,
    cluster: &Path,
    password: &str,
    account: Account,
) -> Result<(), StartError> {
    let arriving = cluster.with_added_extension("arriving");
    if arriving.exists() {
        fs::remove_dir_all(&arriving).map_err(FolderError::io("remove", &arriving))?;
    }
    folders::create_private_folder(&arriving, account)?;
    let password_file = cluster.with_added_extension("password");
    folders::write_private_file(&password_file, password.as_bytes(), account)?;
    let mut command = std::process::Command::new(binaries.folder.join("initdb"));
    command
        .arg("--pgdata")
        .arg(&arriving)
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--locale", "C", "--data-checksums"])
        .current_dir("/")
        .env_clear()
        .envs(surroundings::for_servers());
    account.applied_to(&mut command);
    let outcome = output_of(Command::from(command)).await;
    fs::remove_file(&password_file).map_err(FolderError::io("remove", &password_file))?;
    let output = outcome.map_err(|source| StartError::Program { program: "initdb", source })?;
    if !output.status.success() {
        let said = last_lines(&String::from_utf8_lossy(&output.stderr), 12);
        return Err(StartError::Step { step: "prepare the Postgres data folder", said });
    }
    Ok(folders::rename(&arriving, cluster)?)
}

/// The machine's template cluster, made now if it is not there.
pub(super) async fn template(
    cache: &Cache,
    binaries: &PostgresBinaries,
    account: Account,
    progress: Progress<'_>,
) -> Result<Template, StartError> {
    let name = format!("cluster-{TEMPLATE_REVISION}-postgres-{}", binaries.version);
    let entry = cache.entry(&name);
    if !entry.exists() {
        let delivery = cache.locked().await?;
        // Whoever held the lock before may have made it.
        if !entry.exists() {
            progress("Preparing a Postgres cluster for tests …");
            let arriving = delivery.arriving()?;
            let password = folders::read_or_create_secret(&arriving.join("superuser_password"))?;
            create(binaries, &arriving.join("cluster"), &password, account).await?;
            delivery.put_in_place(&arriving, &arriving, &name)?;
        }
    }
    let password = folders::read_or_create_secret(&entry.join("superuser_password"))?;
    Ok(Template { cluster: entry.join("cluster"), password })
}

/// Copies a cluster nobody runs on, owners and rights included.
pub(super) async fn copy(from: &Path, to: &Path) -> Result<(), StartError> {
    let mut command = Command::new("cp");
    command.arg("-a").arg(from).arg(to);
    let output =
        output_of(command).await.map_err(|source| StartError::Program { program: "cp", source })?;
    if output.status.success() {
        return Ok(());
    }
    let said = last_lines(&String::from_utf8_lossy(&output.stderr), 5);
    Err(StartError::Step { step: "copy the Postgres template", said })
}

/// Refuses data of another major version, which Postgres itself would do less helpfully.
pub(super) fn ensure_same_major(
    cluster: &Path,
    binaries: &PostgresBinaries,
) -> Result<(), StartError> {
    let made_by = version_file(cluster)?;
    if made_by.trim() == binaries.version.major.to_string() {
        return Ok(());
    }
    Err(StartError::OtherMajorVersion {
        folder: cluster.to_owned(),
        made_by: made_by.trim().to_owned(),
        at_hand: binaries.version,
    })
}

/// What Postgres wrote of itself into the cluster.
pub(super) fn version_file(cluster: &Path) -> Result<String, FolderError> {
    let path = cluster.join("PG_VERSION");
    fs::read_to_string(&path).map_err(FolderError::io("read", &path))
}
