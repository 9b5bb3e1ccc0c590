//! The cache folder: server programs, the template cluster and throwaway folders, shared by every
//! process of one user.
//! Things arrive under a lock in a folder of their own and are renamed into place, so that nobody ever
//! sees half of one.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::account::{Account, user_id};
use crate::folders::{self, FolderError};
use crate::passwords::random_hex;
use crate::surroundings::Surroundings;

const CACHE_OF_ROOT: &str = "/var/cache/involvement";
const ARRIVING: &str = ".arriving-";

/// A cache folder that exists, can be reached by the servers' account and is written by us alone.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the cache of these surroundings, creating its folder where needed.
    pub fn open(surroundings: &Surroundings) -> Result<Cache, FolderError> {
        let folder = Cache::place(surroundings, Account::for_servers())?;
        folders::create_open_folder(&folder)?;
        // Canonical, since servers report their folders so.
        let folder = fs::canonicalize(&folder).map_err(FolderError::io("find", &folder))?;
        let found = fs::metadata(&folder).map_err(FolderError::io("look at", &folder))?;
        let of_another = found.uid() != 0 && user_id().is_some_and(|us| us != found.uid());
        if of_another || found.mode() & 0o022 != 0 {
            return Err(FolderError::OthersMayWrite { path: folder });
        }
        Ok(Cache { folder })
    }

    /// Where the cache of these surroundings lies or would lie.
    pub(crate) fn place(
        surroundings: &Surroundings,
        account: Account,
    ) -> Result<PathBuf, FolderError> {
        if let Some(asked_for) = &surroundings.cache_folder {
            return folders::absolute(asked_for);
        }
        match account {
            Account::Unprivileged => Ok(PathBuf::from(CACHE_OF_ROOT)),
            Account::Own => {
                let caches = surroundings
                    .xdg_cache_home
                    .clone()
                    .or_else(|| Some(surroundings.home.as_ref()?.join(".cache")))
                    .ok_or(FolderError::NoCachePlace)?;
                folders::absolute(&caches.join("involvement"))
            }
        }
    }

    /// A place in the cache.
    pub(crate) fn entry(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Waits until no other process brings anything into the cache.
    pub(crate) async fn locked(&self) -> Result<Delivery, FolderError> {
        let folder = self.folder.clone();
        let path = folder.join("lock");
        let waiting = path.clone();
        let lock = tokio::task::spawn_blocking(move || {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&waiting)?;
            file.lock()?;
            Ok(file)
        });
        let lock = lock
            .await
            .unwrap_or_else(|ended| Err(std::io::Error::other(ended)))
            .map_err(FolderError::io("lock", &path))?;
        Ok(Delivery { folder, _lock: lock })
    }
}

/// The right to bring things into the cache, held until dropped.
pub(crate) struct Delivery {
    folder: PathBuf,
    _lock: File,
}

impl Delivery {
    /// A new empty folder for what arrives. Removes what processes that died on the way left behind:
    /// under the lock, nobody else can be bringing anything.
    pub(crate) fn arriving(&self) -> Result<PathBuf, FolderError> {
        for entry in fs::read_dir(&self.folder)
            .map_err(FolderError::io("list", &self.folder))?
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(ARRIVING))
        {
            let abandoned = entry.path();
            fs::remove_dir_all(&abandoned).map_err(FolderError::io("remove", &abandoned))?;
        }
        let arriving = self.folder.join(format!("{ARRIVING}{}", random_hex::<8>()?));
        folders::create_open_folder(&arriving)?;
        Ok(arriving)
    }

    /// Puts what has arrived, all of the arriving folder or a folder in it, in its place, and ends
    /// the delivery.
    pub(crate) fn put_in_place(
        self,
        arrived: &Path,
        arriving: &Path,
        entry: &str,
    ) -> Result<PathBuf, FolderError> {
        let place = self.folder.join(entry);
        folders::rename(arrived, &place)?;
        if arriving.exists() {
            fs::remove_dir_all(arriving).map_err(FolderError::io("remove", arriving))?;
        }
        Ok(place)
    }
}
