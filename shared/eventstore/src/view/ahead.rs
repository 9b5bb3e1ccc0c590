//! Reads the log for views: the one place where events come in to be folded, and, while a view is
//! behind, a batch or two ahead of it on another connection.

use sqlx::{PgExecutor, PgPool};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::envelope::StoredEvent;
use crate::reader;

/// Events folded into one transaction, at most.
pub(super) const BATCH_MAX: usize = 2000;
/// Batches that wait, read, for the one before them to be written.
const AHEAD: usize = 2;

type Batch = Result<Vec<StoredEvent>, sqlx::Error>;

/// The next events of the log after `position`, none beyond `to`.
pub(super) async fn read(database: impl PgExecutor<'_>, position: i64, to: i64) -> Batch {
    let room = usize::try_from(to - position).unwrap_or(0).min(BATCH_MAX);
    let limit = i64::try_from(room).unwrap_or(0);
    if limit == 0 { Ok(Vec::new()) } else { reader::after(database, position, limit).await }
}

/// Reads on until the log, or what was asked for, comes to its end.
pub(super) struct ReadAhead {
    batches: mpsc::Receiver<Batch>,
    _reading: AbortOnDropHandle<()>,
}

impl ReadAhead {
    pub(super) fn start(pool: PgPool, mut position: i64, to: i64) -> Self {
        let (give, batches) = mpsc::channel(AHEAD);
        let reading = async move {
            loop {
                let batch = read(&pool, position, to).await;
                let is_last = batch.as_ref().map_or(true, |it| it.len() < BATCH_MAX);
                if let Ok(Some(last)) = batch.as_ref().map(|it| it.last()) {
                    position = last.position;
                }
                if give.send(batch).await.is_err() || is_last {
                    return;
                }
            }
        };
        #[expect(clippy::disallowed_methods, reason = "it ends with whoever is read for")]
        let reading = tokio::spawn(reading);
        Self { batches, _reading: AbortOnDropHandle::new(reading) }
    }

    /// The next batch; none where everything was given.
    pub(super) async fn next(&mut self) -> Option<Batch> {
        self.batches.recv().await
    }
}
