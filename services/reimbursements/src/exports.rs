//! The folder in which files for the bank lie, in clear, for a bounded time. A file comes to its name
//! only after its payment run has noted it, so that nobody takes one to the bank that was never
//! exported; and what it holds is told by a keyed hash. Nothing here knows an account.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use tokio::fs::{self, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use crate::config::Exports;
use crate::payment_batch::{PaymentBatch, file_name};
use crate::views::payment_batch;

/// For the owner alone.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// How a file ends that is not to be used yet.
const PREPARED: &str = ".prepared";
/// How much of the hash tells two attempts at one file apart.
const HASH_CHARACTERS: usize = 16;
/// A run's files are looked for no longer than this after their days are over.
const LOOKED_FOR: SignedDuration = SignedDuration::from_hours(24 * 60);

/// Tells apart those who write at the same time.
static ATTEMPTS: AtomicU64 = AtomicU64::new(0);

/// The folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ExportsFolder {
    folder: Arc<PathBuf>,
    keep: SignedDuration,
}

impl ExportsFolder {
    /// Makes the folder where it is missing; nobody else can read it.
    pub async fn open(config: &Exports) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&config.folder).await?;
        let keep = SignedDuration::from_hours(24 * i64::from(config.keep_days));
        Ok(Self { folder: Arc::new(config.folder.clone()), keep })
    }

    /// Until when a file is kept that was exported at an instant.
    pub fn kept_until(&self, exported_at: Timestamp) -> Timestamp {
        exported_at.saturating_add(self.keep).unwrap_or(Timestamp::MAX)
    }

    /// First half of an export: the file lies there whole, under a name that shows it is not to be
    /// used yet. The same bytes go to the same name, however often it is tried and by how many.
    pub async fn prepare(&self, name: &str, hash: &str, bytes: &[u8]) -> io::Result<()> {
        let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
        let unfinished = format!("{name}.{}-{attempt}{PREPARED}", std::process::id());
        let unfinished = self.folder.join(unfinished);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&unfinished)
            .await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&unfinished, self.prepared(name, hash)).await
    }

    /// Second half, after the export was noted: the prepared file comes to its name, and attempts
    /// that came to nothing go. May be repeated.
    pub async fn finish(&self, name: &str, hash: &str) -> io::Result<()> {
        match fs::rename(self.prepared(name, hash), self.folder.join(name)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        fs::File::open(self.folder.as_path()).await?.sync_all().await?;
        self.drop_attempts(name).await
    }

    /// An attempt that came to nothing goes.
    pub async fn abandon(&self, name: &str, hash: &str) -> io::Result<()> {
        remove(self.prepared(name, hash)).await
    }

    /// A file that was exported; `None` where it is not there any more.
    pub async fn read(&self, name: &str, hash: &str) -> io::Result<Option<Vec<u8>>> {
        // The process may have ended between the two halves.
        self.finish(name, hash).await?;
        match fs::read(self.folder.join(name)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes files whose days are over. What cannot be removed is said, and tried again later.
    pub async fn remove_what_is_over(
        &self,
        pool: &PgPool,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let over = now.saturating_sub(self.keep).unwrap_or(Timestamp::MIN);
        let long_over = over.saturating_sub(LOOKED_FOR).unwrap_or(Timestamp::MIN);
        for row in payment_batch::exported_between(pool, long_over, over).await? {
            let PaymentBatch::Exported { run, .. } = &row.state else { continue };
            let name = file_name(row.id, run.run_on);
            let removed = remove(self.folder.join(&name)).await;
            if let Err(error) = removed.and(self.drop_attempts(&name).await) {
                tracing::error!(%error, batch = %row.id, "a file for the bank cannot be removed");
            }
        }
        Ok(())
    }

    fn prepared(&self, name: &str, hash: &str) -> PathBuf {
        let hash: String = hash.chars().take(HASH_CHARACTERS).collect();
        self.folder.join(format!("{name}.{hash}{PREPARED}"))
    }

    async fn drop_attempts(&self, name: &str) -> io::Result<()> {
        let mut entries = fs::read_dir(self.folder.as_path()).await?;
        while let Some(entry) = entries.next_entry().await? {
            let file = entry.file_name();
            let is_attempt = file
                .to_str()
                .and_then(|file| file.strip_prefix(name))
                .is_some_and(|rest| rest.ends_with(PREPARED));
            if is_attempt {
                remove(entry.path()).await?;
            }
        }
        Ok(())
    }
}

async fn remove(path: PathBuf) -> io::Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::{Exports, ExportsFolder, Timestamp};

    const NAME: &str = "payments-2027-05-20-00000005.csv";
    const ONE: &str = "aaaaaaaaaaaaaaaaaaaa";
    const OTHER: &str = "bbbbbbbbbbbbbbbbbbbb";

    async fn folder(name: &str) -> ExportsFolder {
        let folder = format!("involvement-exports-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        drop(std::fs::remove_dir_all(&folder));
        ExportsFolder::open(&Exports { folder, keep_days: 14 }).await.unwrap()
    }

    fn files(exports: &ExportsFolder) -> Vec<String> {
        let entries = std::fs::read_dir(exports.folder.as_path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_file_comes_to_its_name_in_two_halves_and_is_for_its_owner_alone() {
        let exports = folder("in-two-halves").await;
        exports.prepare(NAME, ONE, b"one").await.unwrap();
        assert_eq!(files(&exports), [format!("{NAME}.aaaaaaaaaaaaaaaa.prepared")]);
        exports.finish(NAME, ONE).await.unwrap();
        assert_eq!(files(&exports), [NAME]);
        let path = exports.folder.join(NAME);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&exports.folder)), (0o600, 0o700));
        assert_eq!(exports.read(NAME, ONE).await.unwrap().as_deref(), Some(&b"one"[..]));
        std::fs::remove_dir_all(exports.folder.as_path()).unwrap();
    }

    #[tokio::test]
    async fn what_was_noted_before_the_process_ended_is_there_for_the_next() {
        let exports = folder("ended-between").await;
        exports.prepare(NAME, ONE, b"one").await.unwrap();
        exports.prepare(NAME, OTHER, b"other").await.unwrap();
        assert_eq!(exports.read(NAME, ONE).await.unwrap().as_deref(), Some(&b"one"[..]));
        assert_eq!(files(&exports), [NAME], "the attempt that came to nothing is gone");
        exports.prepare(NAME, OTHER, b"other").await.unwrap();
        exports.abandon(NAME, OTHER).await.unwrap();
        assert_eq!(files(&exports), [NAME]);
        std::fs::remove_dir_all(exports.folder.as_path()).unwrap();
    }

    #[tokio::test]
    async fn a_file_that_is_gone_is_said_to_be_gone() {
        let exports = folder("gone").await;
        assert_eq!(exports.read(NAME, ONE).await.unwrap(), None);
        let exported_at: Timestamp = "2027-05-14T10:00:00Z".parse().unwrap();
        let kept_until = exports.kept_until(exported_at);
        assert_eq!(kept_until.to_string(), "2027-05-28T10:00:00Z");
        std::fs::remove_dir_all(exports.folder.as_path()).unwrap();
    }
}
