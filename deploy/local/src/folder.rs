//! The data folder: everything that survives a restart, and who uses it now. Files that hold a secret
//! are written for their owner alone, whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderTrouble {
    /// It cannot be chosen, or a secret in it cannot be had.
    #[error(transparent)]
    Servers(#[from] servers::FolderError),
    /// Reading or writing failed.
    #[error("cannot {act} {}", path.display())]
    Io {
        /// What was tried.
        act: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is something else.
    #[error("{} is not a folder; choose another data folder with --data-dir", path.display())]
    NotAFolder {
        /// What it is instead.
        path: PathBuf,
    },
    /// Its name cannot stand in a configuration file.
    #[error("{} is not a name in UTF-8; choose another data folder with --data-dir", path.display())]
    NotText {
        /// The folder.
        path: PathBuf,
    },
    /// Somebody else started it before.
    #[error(
        "{} belongs to another user; start this as that user, or choose another data folder with \
         --data-dir",
        path.display()
    )]
    OfAnother {
        /// The folder.
        path: PathBuf,
    },
    /// It is being used.
    #[error("it already runs on {}{}; stop that one first, or choose another data folder with --data-dir", path.display(), told(notice.as_ref()))]
    InUse {
        /// The folder.
        path: PathBuf,
        /// What the process that uses it has said of itself.
        notice: Option<Notice>,
    },
    /// There is nothing in it.
    #[error("nothing was ever started on {}; start it with `involvement up`", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

impl FolderTrouble {
    pub(crate) fn io(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { act, path: path.to_owned(), source }
    }
}

/// What a running launcher says of itself, for whoever comes second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The launcher's process.
    pub process: u32,
    /// Where each service answers.
    pub services: BTreeMap<String, String>,
}

fn told(notice: Option<&Notice>) -> String {
    let Some(Notice { process, services }) = notice else { return String::new() };
    let places: Vec<_> = services.iter().map(|(name, url)| format!("{name} at {url}")).collect();
    format!(" as process {process} ({})", places.join(", "))
}

/// The folder, and where everything lies in it.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// The right to start things on a data folder, held until dropped.
#[derive(Debug)]
pub struct Claim {
    _lock: File,
}

impl DataFolder {
    /// Chooses and creates it: the one given, or the usual one of the working folder.
    pub fn choose(given: Option<&Path>) -> Result<Self, FolderTrouble> {
        if let Some(path) = given.filter(|given| given.exists() && !given.is_dir()) {
            return Err(FolderTrouble::NotAFolder { path: path.to_owned() });
        }
        let here = Path::new(".");
        let base = std::env::current_dir().map_err(FolderTrouble::io("find", here))?;
        let path = servers::choose_data_folder(&base, given)?;
        let path = fs::canonicalize(&path).map_err(FolderTrouble::io("find", &path))?;
        if path.to_str().is_none() {
            return Err(FolderTrouble::NotText { path });
        }
        Ok(Self { path })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Claims it for this process, or says who has it.
    pub fn claim(&self) -> Result<Claim, FolderTrouble> {
        let path = self.path.join("lock");
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let us = fs::metadata("/proc/self").ok().map(|process| process.uid());
        let owner = fs::metadata(&path).ok().map(|lock| lock.uid());
        if us.is_some() && owner.is_some() && us != owner {
            return Err(FolderTrouble::OfAnother { path: self.path.clone() });
        }
        let lock = lock.map_err(FolderTrouble::io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Claim { _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(FolderTrouble::InUse { path: self.path.clone(), notice: self.notice() })
            }
            Err(TryLockError::Error(error)) => Err(FolderTrouble::io("lock", &path)(error)),
        }
    }

    /// Whether databases were ever made in it.
    pub fn was_started(&self) -> bool {
        self.has_postgres() || self.path.join("config").exists()
    }

    /// Whether the databases are in it.
    pub fn has_postgres(&self) -> bool {
        self.postgres().join("cluster").exists()
    }

    /// Removes it again where nothing was ever put into it.
    pub fn leave(&self) {
        // Fails for a folder that holds anything, which is to stay.
        let _ = fs::remove_dir(&self.path);
    }

    /// What the launcher that runs on it, or that was killed on it, has said of itself.
    pub fn notice(&self) -> Option<Notice> {
        serde_json::from_slice(&fs::read(self.path.join("running.json")).ok()?).ok()
    }

    /// Says where everything is, for whoever comes second.
    pub fn tell(&self, notice: &Notice) -> Result<(), FolderTrouble> {
        let text = serde_json::to_vec_pretty(notice).unwrap_or_default();
        self.write_private("running.json", &text)
    }

    /// Takes the notice away at a clean end.
    pub fn fall_silent(&self) {
        // One that stays behind says only that the end was not clean.
        let _ = fs::remove_file(self.path.join("running.json"));
    }

    /// A small text kept here, if it is.
    pub fn read(&self, name: &str) -> Result<Option<String>, FolderTrouble> {
        let path = self.path.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FolderTrouble::io("read", &path)(error)),
        }
    }

    /// Writes a file for its owner alone, whole or not at all.
    pub fn write_private(&self, name: &str, content: &[u8]) -> Result<(), FolderTrouble> {
        let path = self.path.join(name);
        if let Some(folder) = path.parent() {
            create_private(folder)?;
        }
        let arriving = path.with_added_extension("new");
        let failed = |act| FolderTrouble::io(act, &path);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&arriving)
            .map_err(failed("write"))?;
        file.write_all(content).map_err(failed("write"))?;
        file.sync_all().map_err(failed("write"))?;
        fs::rename(&arriving, &path).map_err(failed("put in place"))
    }

    /// Where a secret is kept.
    pub fn secret(&self, name: &str) -> Result<PathBuf, FolderTrouble> {
        let folder = self.path.join("secrets");
        create_private(&folder)?;
        Ok(folder.join(name))
    }

    /// A service's configuration.
    pub fn config(&self, service: &str) -> PathBuf {
        self.path.join("config").join(format!("{service}.toml"))
    }

    /// A service's log.
    pub fn log(&self, service: &str) -> Result<PathBuf, FolderTrouble> {
        let folder = self.path.join("logs");
        create_private(&folder)?;
        Ok(folder.join(format!("{service}.log")))
    }

    /// A sample person's token.
    pub fn token(&self, person: &str) -> PathBuf {
        self.path.join("tokens").join(person)
    }

    /// What leaves as a file.
    pub fn exports(&self) -> Result<PathBuf, FolderTrouble> {
        let folder = self.path.join("exports");
        create_private(&folder)?;
        Ok(folder)
    }

    /// Postgres's own folder.
    pub fn postgres(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// NATS's own folder.
    pub fn nats(&self) -> PathBuf {
        self.path.join("nats")
    }
}

/// A folder that only its owner may enter; the data folder itself stays as open as it is.
fn create_private(folder: &Path) -> Result<(), FolderTrouble> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(FolderTrouble::io("create", folder))
}
