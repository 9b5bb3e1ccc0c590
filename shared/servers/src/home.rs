//! The folder one server lives in: kept for the next start and locked against a second user, or thrown
//! away in the end.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::account::{Account, user_id};
use crate::cache::Cache;
use crate::folders::{self, FolderError};
use crate::ports;
use crate::start::StartError;

/// Where a server lives.
pub(crate) struct Home {
    folder: PathBuf,
    account: Account,
    /// Held as long as the home is; a throwaway folder's name is known to nobody else.
    lock: Option<File>,
}

impl Home {
    /// A folder that stays.
    pub(crate) fn kept(folder: &Path) -> Result<Home, StartError> {
        let account = Account::for_servers();
        folders::create_open_folder(folder)?;
        let folder = fs::canonicalize(folder).map_err(FolderError::io("find", folder))?;
        let owner = fs::metadata(&folder).map_err(FolderError::io("look at", &folder))?.uid();
        if user_id().is_some_and(|us| us != owner) {
            return Err(FolderError::OfAnother { path: folder }.into());
        }
        let path = folder.join("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(FolderError::io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Home { folder, account, lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse { folder }),
            Err(TryLockError::Error(error)) => Err(FolderError::io("lock", &path)(error).into()),
        }
    }

    /// A new folder that goes when its server's keeper goes.
    pub(crate) fn throwaway(cache: &Cache) -> Result<Home, StartError> {
        let account = Account::for_servers();
        let folder = folders::create_throwaway_folder(&cache.entry("throwaway"), account)?;
        Ok(Home { folder, account, lock: None })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn account(&self) -> Account {
        self.account
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn is_kept(&self) -> bool {
        self.lock.is_some()
    }

    /// What the keeper is to remove in the end.
    pub(crate) fn to_throw_away(&self) -> Option<&Path> {
        if self.is_kept() { None } else { Some(&self.folder) }
    }

    /// The port to try: the one asked for, else the one of last time, else any.
    pub(crate) fn port(&self, asked_for: Option<u16>) -> Result<u16, StartError> {
        let of_last_time = if self.is_kept() { ports::remembered(&self.folder) } else { None };
        match asked_for.or(of_last_time.filter(|port| ports::is_free(*port))) {
            Some(port) => Ok(port),
            None => Ok(ports::any_free()?),
        }
    }

    /// Keeps the port for next time.
    pub(crate) fn settle_on(&self, port: u16) -> Result<(), StartError> {
        if self.is_kept() {
            ports::remember(&self.folder, port)?;
        }
        Ok(())
    }

    /// Lets a keeper end without taking the folder with it.
    pub(crate) fn survive_keeper(&self) -> Result<(), StartError> {
        if !self.is_kept() {
            folders::unmark_throwaway(&self.folder)?;
        }
        Ok(())
    }

    /// The opposite of `survive_keeper`, before the next keeper starts.
    pub(crate) fn end_with_keeper(&self) -> Result<(), StartError> {
        if !self.is_kept() {
            folders::mark_throwaway(&self.folder)?;
        }
        Ok(())
    }
}

impl Drop for Home {
    /// The keeper has usually done it; here are the homes whose server never started.
    fn drop(&mut self) {
        if !self.is_kept() && self.folder.exists() {
            let removed = fs::remove_dir_all(&self.folder);
            if let Err(error) = removed {
                tracing::warn!(error = %error, "a throwaway folder could not be removed");
            }
        }
    }
}
