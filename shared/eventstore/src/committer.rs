//! The one writer of a process: takes what waits, commits it in one transaction under the head's
//! lock, answers. A commit whose fate is unknown is looked up before anything is answered.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::append::{Append, Appended};
use crate::batch::{self, BatchError};
use crate::clock::Clock;

/// Commands that may wait in front of the committer; more are turned away.
const QUEUE_MAX: usize = 1024;
/// Commands per commit.
const BATCH_MAX: usize = 256;
/// Bytes of payload and metadata per commit.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Tries at a batch that certainly was not stored, before its commands are turned away.
const TRIES_MAX: u32 = 5;
/// Pause between tries while the database cannot be reached.
const RECONNECT_PAUSE: Duration = Duration::from_millis(200);

/// The committer did not take the command; nothing of it is stored. Repeat it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overloaded {
    /// Too many commands wait.
    #[error("the committer's queue is full")]
    QueueFull,
    /// The process is stopping.
    #[error("the committer is stopping")]
    Stopping,
    /// The database cannot be reached, and this command is certainly not stored.
    #[error("the database cannot be reached")]
    DatabaseAway,
}

struct Waiting {
    append: Append,
    answer: oneshot::Sender<Result<Appended, Overloaded>>,
}

/// The way to the committer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Committer {
    queue: mpsc::Sender<Waiting>,
    heads: watch::Receiver<i64>,
}

struct Task {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    clock: Clock,
    heads: watch::Sender<i64>,
}

impl Committer {
    /// Starts the committer on a connection of its own, whose time limits keep a frozen process
    /// from stopping all others.
    pub fn start(
        options: PgConnectOptions,
        clock: Clock,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (queue, mut waiting) = mpsc::channel::<Waiting>(QUEUE_MAX);
        let (heads_in, heads) = watch::channel(0);
        let options = options
            .application_name("involvement committer")
            .options([
                ("transaction_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "3s"),
                ("lock_timeout", "4s"),
            ])
            .disable_statement_logging();
        let mut task = Task { options, connection: None, clock, heads: heads_in };
        tasks.spawn(async move {
            loop {
                let mut taken = Vec::with_capacity(BATCH_MAX);
                let n_taken = tokio::select! {
                    biased;
                    n = waiting.recv_many(&mut taken, BATCH_MAX) => n,
                    () = stop.cancelled(), if !waiting.is_closed() => {
                        waiting.close();
                        continue;
                    }
                };
                if n_taken == 0 {
                    break;
                }
                for part in within_bytes(taken) {
                    task.commit(part).await;
                }
            }
        });
        Self { queue, heads }
    }

    /// Commits one command's append, or says why not. Returns only when the outcome is known.
    pub async fn append(&self, append: Append) -> Result<Appended, Overloaded> {
        let (answer, outcome) = oneshot::channel();
        self.queue.try_send(Waiting { append, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Overloaded::QueueFull,
            mpsc::error::TrySendError::Closed(_) => Overloaded::Stopping,
        })?;
        outcome.await.unwrap_or(Err(Overloaded::Stopping))
    }

    /// The last position this process committed; changes wake whoever follows the log.
    pub fn heads(&self) -> watch::Receiver<i64> {
        self.heads.clone()
    }
}

fn within_bytes(taken: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut bytes = 0;
    for waiting in taken {
        let size: usize =
            waiting.append.events.iter().map(|e| e.payload.len() + e.meta.len()).sum();
        if bytes + size > BATCH_BYTES_MAX && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += size;
        part.push(waiting);
    }
    parts.push(part);
    parts
}

impl Task {
    async fn commit(&mut self, batch: Vec<Waiting>) {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            let appends: Vec<&Append> = part.iter().map(|waiting| &waiting.append).collect();
            match self.until_known(&appends).await {
                Ok(done) => {
                    self.heads.send_if_modified(|head| {
                        let moved = done.position > *head;
                        *head = done.position.max(*head);
                        moved
                    });
                    for (waiting, answer) in part.into_iter().zip(done.answers) {
                        // Whoever asked may have gone; the outcome is stored all the same.
                        drop(waiting.answer.send(Ok(answer)));
                    }
                }
                Err(GaveUp::Unstorable { sqlstate }) if part.len() == 1 => {
                    for waiting in part {
                        let sqlstate = sqlstate.clone();
                        drop(waiting.answer.send(Ok(Appended::Unstorable { sqlstate })));
                    }
                }
                Err(GaveUp::Unstorable { .. }) => {
                    let mut first = part;
                    let second = first.split_off(first.len() / 2);
                    parts.push(second);
                    parts.push(first);
                }
                Err(GaveUp::DatabaseAway) => {
                    for waiting in part {
                        drop(waiting.answer.send(Err(Overloaded::DatabaseAway)));
                    }
                }
            }
        }
    }

    /// Runs a batch until its fate is certain. After a commit in doubt it is run again: under the
    /// head's lock, commands that were stored are found and answered from their rows.
    async fn until_known(&mut self, appends: &[&Append]) -> Result<batch::Done, GaveUp> {
        let mut in_doubt = false;
        let mut tries = 0;
        loop {
            let error = match self.attempt(appends).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            tries += 1;
            match error {
                BatchError::Unstorable { sqlstate } => {
                    return Err(GaveUp::Unstorable { sqlstate });
                }
                BatchError::InDoubt(source) => {
                    in_doubt = true;
                    tracing::warn!(error = %source, "a commit is in doubt; looking it up");
                }
                BatchError::NotStored(source) => {
                    tracing::warn!(error = %source, tries, "a batch was not stored; trying again");
                }
            }
            if let Some(connection) = self.connection.take() {
                drop(connection.close_hard().await);
            }
            if tries >= TRIES_MAX && !in_doubt {
                return Err(GaveUp::DatabaseAway);
            }
            pause(RECONNECT_PAUSE).await;
        }
    }

    async fn attempt(&mut self, appends: &[&Append]) -> Result<batch::Done, BatchError> {
        if self.connection.is_none() {
            let connect = self.options.connect();
            let connection =
                tokio::time::timeout(Duration::from_secs(3), connect).await.map_or_else(
                    |_| Err(BatchError::NotStored(sqlx::Error::PoolTimedOut)),
                    |connected| connected.map_err(BatchError::NotStored),
                )?;
            self.connection = Some(connection);
        }
        match &mut self.connection {
            Some(connection) => batch::commit(connection, &self.clock, appends).await,
            None => Err(BatchError::NotStored(sqlx::Error::PoolClosed)),
        }
    }
}

enum GaveUp {
    Unstorable { sqlstate: String },
    DatabaseAway,
}

#[expect(
    clippy::disallowed_methods,
    reason = "a database that is away tells nobody when it is back"
)]
async fn pause(length: Duration) {
    tokio::time::sleep(length).await;
}
