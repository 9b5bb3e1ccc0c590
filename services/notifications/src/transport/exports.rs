//! The folder by which files leave the system. Names and addresses lie in it in clear, so nobody else
//! may read it, every file has its time, and a half-written one is never taken for a whole.

use std::io::{Error, ErrorKind};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use tokio::fs::{self, DirBuilder, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use crate::config;

/// For this system's user alone.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What a file is called until it is whole.
const UNFINISHED: &str = "part";

/// The folder.
#[derive(Clone, Debug)]
pub struct Exports {
    folder: PathBuf,
    keep: SignedDuration,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`exports.folder` in the configuration cannot be made, read or written")]
pub struct Unusable(#[source] Error);

impl Exports {
    /// Makes the folder where it is missing, and removes what was left half written.
    pub async fn open(config: &config::Exports) -> Result<Self, Unusable> {
        let folder = config.folder.clone();
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(&folder)
            .await
            .map_err(Unusable)?;
        let keep = SignedDuration::from_hours(24 * i64::from(config.keep_days));
        let exports = Self { folder, keep };
        exports.remove_unfinished().await.map_err(Unusable)?;
        Ok(exports)
    }

    /// Until when a file made now is kept.
    pub fn keep_until(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.keep).unwrap_or(Timestamp::MAX)
    }

    /// Puts a file into the folder, whole or not at all.
    pub async fn put(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        let unfinished = self.folder.join(format!("{name}.{UNFINISHED}"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&unfinished)
            .await?;
        file.write_all(content).await?;
        file.sync_all().await?;
        fs::rename(&unfinished, self.folder.join(name)).await?;
        File::open(&self.folder).await?.sync_all().await
    }

    /// Whether a file lies there.
    pub async fn holds(&self, name: &str) -> Result<bool, Error> {
        fs::try_exists(self.folder.join(name)).await
    }

    /// Removes a file, if it is there.
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        match fs::remove_file(self.folder.join(name)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn remove_unfinished(&self) -> Result<(), Error> {
        let mut entries = fs::read_dir(&self.folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.path().extension().is_some_and(|it| it == UNFINISHED) {
                fs::remove_file(entry.path()).await?;
            }
        }
        Ok(())
    }
}
