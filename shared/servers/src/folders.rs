//! Folders and the few files in them: which may be entered by the servers' account, which are open,
//! which are private. Never follows a link that the servers' account could have planted.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest;

use crate::account::{Account, UNPRIVILEGED_ID};
use crate::passwords::{NoRandomness, hex, random_hex, random_password};

/// Where data goes when root starts the system from a place others cannot enter.
const DATA_OF_ROOT: &str = "/var/lib/involvement";
/// A throwaway folder is removed only while this file lies in it.
pub(crate) const THROWAWAY_MARK: &str = "throwaway";

/// No test or trial runs for so long.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(7 * 24);

/// Why a folder or a file in it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Reading or writing failed.
    #[error("cannot {act} {}", path.display())]
    Io {
        /// What was tried.
        act: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The servers run as `nobody` when started by root, and cannot get there.
    #[error(
        "{} cannot be used: root starts the servers as the user nobody, who may not enter {}; \
         choose a folder that everybody can enter, such as one below /var/lib",
        path.display(),
        obstacle.display()
    )]
    Unreachable {
        /// The folder wanted.
        path: PathBuf,
        /// The ancestor that is closed.
        obstacle: PathBuf,
    },
    /// Started by somebody else before, whose servers' data we could not read.
    #[error(
        "{} belongs to another user; start this as that user, or choose another data folder",
        path.display()
    )]
    OfAnother {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to build a cache folder's path from.
    #[error("no place for the cache is known; set INVOLVEMENT_CACHE or HOME")]
    NoCachePlace,
    /// Others could put programs into the cache that we would then run.
    #[error(
        "{} is not to be trusted: other users may write to it; give it to yourself alone (chmod \
         755) or set INVOLVEMENT_CACHE to another folder",
        path.display()
    )]
    OthersMayWrite {
        /// The folder.
        path: PathBuf,
    },
    /// No name could be made up.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl FolderError {
    pub(crate) fn io(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
        move |source| FolderError::Io { act, path: path.to_owned(), source }
    }
}

/// Chooses and creates the folder for everything that survives a restart: the one given, else
/// `.involvement` below `base`, else (root, below a closed folder) one below `/var/lib/involvement`
/// that is always the same for the same `base`.
pub fn choose_data_folder(base: &Path, given: Option<&Path>) -> Result<PathBuf, FolderError> {
    let account = Account::for_servers();
    let chosen = match given {
        Some(given) => absolute(given)?,
        None => default_data_folder(base, account)?,
    };
    create_open_folder(&chosen)?;
    Ok(chosen)
}

/// Where data goes unless told otherwise; creates nothing.
pub(crate) fn default_data_folder(base: &Path, account: Account) -> Result<PathBuf, FolderError> {
    let base = fs::canonicalize(base).map_err(FolderError::io("find", base))?;
    let beside = base.join(".involvement");
    if obstacle(&beside, account)?.is_none() {
        return Ok(beside);
    }
    let fingerprint = hex(digest::digest(&digest::SHA256, base.as_os_str().as_bytes()).as_ref());
    Ok(Path::new(DATA_OF_ROOT).join(&fingerprint[..8]))
}

/// Creates a folder that everybody may enter (0755) with what is missing above it, and makes sure that
/// the servers' account can reach it.
pub fn create_open_folder(path: &Path) -> Result<(), FolderError> {
    ensure_reachable(path, Account::for_servers())?;
    create_open(path)
}

fn create_open(path: &Path) -> Result<(), FolderError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_open(parent)?;
    }
    match fs::create_dir(path) {
        Ok(()) => set_mode(path, 0o755),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(FolderError::io("create", path)(error)),
    }
}

/// Creates a folder that only the given account may enter.
pub(crate) fn create_private_folder(path: &Path, account: Account) -> Result<(), FolderError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(FolderError::io("create", path)(error)),
    }
    set_mode(path, 0o700)?;
    account.takes_folder(path).map_err(FolderError::io("change the owner of", path))
}

/// Creates a marked folder of the servers' account that its keeper removes in the end. `shelf` is that
/// account's too, since a keeper could not remove anything from it otherwise.
pub(crate) fn create_throwaway_folder(
    shelf: &Path,
    account: Account,
) -> Result<PathBuf, FolderError> {
    create_private_folder(shelf, account)?;
    clear_forgotten(shelf);
    let path = shelf.join(random_hex::<8>()?);
    DirBuilder::new().mode(0o700).create(&path).map_err(FolderError::io("create", &path))?;
    account.takes_folder(&path).map_err(FolderError::io("change the owner of", &path))?;
    mark_throwaway(&path)?;
    Ok(path)
}

/// A power cut leaves throwaway folders that no keeper removes any more. Whatever cannot be removed is
/// left to the next try.
fn clear_forgotten(shelf: &Path) {
    for entry in fs::read_dir(shelf).into_iter().flatten().flatten() {
        let made = entry.metadata().and_then(|it| it.modified()).ok();
        if made.and_then(|it| it.elapsed().ok()).is_some_and(|age| age > FORGOTTEN_AFTER) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

pub(crate) fn mark_throwaway(folder: &Path) -> Result<(), FolderError> {
    let mark = folder.join(THROWAWAY_MARK);
    create_new_file(&mark).map(drop)
}

pub(crate) fn unmark_throwaway(folder: &Path) -> Result<(), FolderError> {
    let mark = folder.join(THROWAWAY_MARK);
    fs::remove_file(&mark).map_err(FolderError::io("remove", &mark))
}

/// Creates a file of mode 0600; refuses one that is there already.
pub(crate) fn create_new_file(path: &Path) -> Result<File, FolderError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(FolderError::io("create", path))
}

/// Writes a file of mode 0600, whole or not at all, durable when this returns, and gives it to
/// `owner`.
pub(crate) fn write_private_file(
    path: &Path,
    content: &[u8],
    owner: Account,
) -> Result<(), FolderError> {
    let arriving = path.with_added_extension(random_hex::<4>()?);
    let failed = |act| FolderError::io(act, path);
    let mut file = create_new_file(&arriving)?;
    file.write_all(content).map_err(failed("write"))?;
    owner.takes_file(&file).map_err(failed("change the owner of"))?;
    file.sync_all().map_err(failed("write"))?;
    rename(&arriving, path)
}

/// Renames, and makes the new name durable.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), FolderError> {
    fs::rename(from, to).map_err(FolderError::io("put in place", to))?;
    match to.parent() {
        Some(parent) => File::open(parent)
            .and_then(|folder| folder.sync_all())
            .map_err(FolderError::io("write", parent)),
        None => Ok(()),
    }
}

/// Reads a secret, or makes a random one and keeps it (0600) for the next time.
pub fn read_or_create_secret(path: &Path) -> Result<String, FolderError> {
    match fs::read_to_string(path) {
        Ok(secret) => Ok(secret.trim_end().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = random_password()?;
            write_private_file(path, secret.as_bytes(), Account::Own)?;
            Ok(secret)
        }
        Err(error) => Err(FolderError::io("read", path)(error)),
    }
}

pub(crate) fn ensure_reachable(path: &Path, account: Account) -> Result<(), FolderError> {
    match obstacle(path, account)? {
        None => Ok(()),
        Some(obstacle) => Err(FolderError::Unreachable { path: path.to_owned(), obstacle }),
    }
}

/// The first folder on the way to `path` that the account may not enter. What does not exist yet is
/// no obstacle, since it will be created open.
pub(crate) fn obstacle(path: &Path, account: Account) -> Result<Option<PathBuf>, FolderError> {
    match account {
        Account::Own => Ok(None),
        Account::Unprivileged => {
            let existing = nearest_existing(&absolute(path)?)?;
            let mut way: Vec<&Path> = existing.ancestors().collect();
            way.reverse();
            for folder in way {
                let found = fs::metadata(folder).map_err(FolderError::io("look at", folder))?;
                let own = found.uid() == UNPRIVILEGED_ID && found.mode() & 0o100 != 0;
                if !own && found.mode() & 0o001 == 0 {
                    return Ok(Some(folder.to_owned()));
                }
            }
            Ok(None)
        }
    }
}

/// The deepest part of an absolute path that exists, without symbolic links.
pub(crate) fn nearest_existing(path: &Path) -> Result<PathBuf, FolderError> {
    let existing = path.ancestors().find(|it| it.exists()).unwrap_or(path);
    fs::canonicalize(existing).map_err(FolderError::io("find", existing))
}

pub(crate) fn absolute(path: &Path) -> Result<PathBuf, FolderError> {
    std::path::absolute(path).map_err(FolderError::io("find", path))
}

pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<(), FolderError> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(FolderError::io("change the rights of", path))
}

#[cfg(test)]
mod stories {
    use super::*;

    /// A folder below the temporary one, gone at the end.
    struct Place(PathBuf);

    impl Place {
        fn new() -> Place {
            let temp = fs::canonicalize(std::env::temp_dir()).unwrap();
            let place = Place(temp.join(format!("servers-story-{}", random_hex::<8>().unwrap())));
            create_open(&place.0).unwrap();
            place
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn root_cannot_use_a_folder_below_a_closed_one() {
        let place = Place::new();
        let closed = place.0.join("home");
        create_private_folder(&closed, Account::Own).unwrap();
        let wanted = closed.join("clone/.involvement");
        let refused = ensure_reachable(&wanted, Account::Unprivileged);
        assert!(
            matches!(refused, Err(FolderError::Unreachable { obstacle, .. }) if obstacle == closed)
        );
        assert!(ensure_reachable(&wanted, Account::Own).is_ok());
        assert!(ensure_reachable(&place.0.join("open/data"), Account::Unprivileged).is_ok());
    }

    #[test]
    fn without_a_wish_data_lie_beside_the_work_where_the_servers_can_reach_it() {
        let place = Place::new();
        let open = default_data_folder(&place.0, Account::Unprivileged).unwrap();
        assert_eq!(open, place.0.join(".involvement"));
        set_mode(&place.0, 0o700).unwrap();
        let elsewhere = default_data_folder(&place.0, Account::Unprivileged).unwrap();
        assert!(elsewhere.starts_with(DATA_OF_ROOT), "{}", elsewhere.display());
        assert_eq!(elsewhere, default_data_folder(&place.0, Account::Unprivileged).unwrap());
        assert_eq!(default_data_folder(&place.0, Account::Own).unwrap(), open);
    }

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_may_read_it() {
        let place = Place::new();
        let path = place.0.join("secret");
        let secret = read_or_create_secret(&path).unwrap();
        assert_eq!(secret, read_or_create_secret(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_link_somebody_planted_is_not_written_through() {
        let place = Place::new();
        let (victim, planted) = (place.0.join("victim"), place.0.join("planted"));
        std::os::unix::fs::symlink(&victim, &planted).unwrap();
        assert!(create_new_file(&planted).is_err());
        assert!(!victim.exists());
    }
}
