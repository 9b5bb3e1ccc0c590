//! The one writer of a process: takes what waits, commits it in one transaction under the head's
//! lock, answers. A commit whose fate is unknown is looked up before anything is answered.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

use crate::append::{Append, Appended};
use crate::batch::{self, BatchError, Cause};
use crate::clock::Clock;
use crate::figures::Figures;
use crate::safety::{self, SafetyError};

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
/// How often a committer that could not commit and has nothing to do looks whether it could now.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);
/// The same where nobody waits yet, because the process is only starting.
const LOOK_TIME_MAX: Duration = Duration::from_secs(10);
/// How Postgres says that a lock was not to be had in time.
const LOCKED: &str = "55P03";
/// The longest one try may take: more than the database lets its transaction live, so that a server
/// that can speak has spoken.
const TRY_TIME_MAX: Duration = Duration::from_secs(7);
/// How long after a stop what waits is still worked on.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(2);

/// Why the committer has no answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overloaded {
    /// Too many commands wait; this one was not taken, and nothing of it is stored.
    #[error("the committer's queue is full")]
    QueueFull,
    /// The process is stopping, and nothing of this command is stored.
    #[error("the committer is stopping")]
    Stopping,
    /// The database cannot be reached, and this command is certainly not stored.
    #[error("the database cannot be reached")]
    DatabaseAway,
    /// The process stopped before it could learn whether this command is stored. Whoever repeats
    /// it with the same id is told.
    #[error("it is not known whether the command is stored")]
    InDoubt,
}

struct Waiting {
    append: Append,
    span: Span,
    answer: oneshot::Sender<Result<Appended, Overloaded>>,
}

/// The way to the committer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Committer {
    queue: mpsc::Sender<Waiting>,
    heads: watch::Receiver<i64>,
    trouble: watch::Receiver<Option<String>>,
    pub(crate) figures: Arc<Figures>,
}

struct Task {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    clock: Clock,
    heads: watch::Sender<i64>,
    trouble: watch::Sender<Option<String>>,
    figures: Arc<Figures>,
    stop: CancellationToken,
    give_up_at: OnceLock<Instant>,
}

impl Committer {
    /// Starts the committer on a connection of its own, whose time limits keep a frozen process
    /// from stopping all others. After `stop` it takes nothing more, works for a little while on
    /// what waits, and ends.
    pub fn start(
        options: PgConnectOptions,
        clock: Clock,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (queue, waiting) = mpsc::channel::<Waiting>(QUEUE_MAX);
        let (heads_in, heads) = watch::channel(0);
        let (trouble_in, trouble) = watch::channel(None);
        let figures = Arc::new(Figures::default());
        let task = Task {
            options: session(options),
            connection: None,
            clock,
            heads: heads_in,
            trouble: trouble_in,
            figures: Arc::clone(&figures),
            stop,
            give_up_at: OnceLock::new(),
        };
        tasks.spawn(task.run(waiting));
        Self { queue, heads, trouble, figures }
    }

    /// Connects as the committer does and refuses a database that is not safe to commit to.
    pub async fn look(options: PgConnectOptions) -> Result<(), SafetyError> {
        let looking = async {
            let mut connection = session(options).connect().await?;
            safety::refuse_unsafe(&mut connection).await?;
            connection.close().await?;
            Ok(())
        };
        tokio::time::timeout(LOOK_TIME_MAX, looking).await.unwrap_or(Err(SafetyError::Silence))
    }

    /// Commits one command's append, or says why not. Returns only when the outcome is known, or
    /// when nobody will learn it any more.
    pub async fn append(&self, append: Append) -> Result<Appended, Overloaded> {
        let (began, (answer, outcome)) = (Instant::now(), oneshot::channel());
        let waiting = Waiting { append, span: Span::current(), answer };
        self.queue.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Overloaded::QueueFull,
            mpsc::error::TrySendError::Closed(_) => Overloaded::Stopping,
        })?;
        // A committer that broke off may have committed before.
        let outcome = outcome.await.unwrap_or(Err(Overloaded::InDoubt));
        self.figures.appended(began.elapsed());
        outcome
    }

    /// How many commands wait in front of it.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// The last position this process committed; changes wake whoever follows the log.
    pub fn heads(&self) -> watch::Receiver<i64> {
        self.heads.clone()
    }

    /// What keeps it from committing now, where something does; nothing personal.
    pub fn trouble(&self) -> Option<String> {
        if self.queue.is_closed() {
            return Some("it has ended".to_owned());
        }
        self.trouble.borrow().clone()
    }
}

/// The session commits are made in, whatever is set for the database or the role.
fn session(options: PgConnectOptions) -> PgConnectOptions {
    options
        .application_name("involvement committer")
        .options([
            ("transaction_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "3s"),
            ("lock_timeout", "4s"),
            // What is read after the head's lock has to be newer than the lock.
            ("default_transaction_isolation", "read committed"),
        ])
        .disable_statement_logging()
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
    async fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        loop {
            let mut taken = Vec::with_capacity(BATCH_MAX);
            let is_troubled = self.trouble.borrow().is_some();
            let n_taken = tokio::select! {
                biased;
                n = waiting.recv_many(&mut taken, BATCH_MAX) => n,
                () = self.stop.cancelled(), if !waiting.is_closed() => {
                    waiting.close();
                    continue;
                }
                () = pause(LOOK_PAUSE), if is_troubled && !waiting.is_closed() => {
                    self.look_again().await;
                    continue;
                }
            };
            if n_taken == 0 {
                break;
            }
            for part in within_bytes(taken) {
                self.commit(part).await;
            }
        }
    }

    async fn commit(&mut self, batch: Vec<Waiting>) {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            let appends: Vec<&Append> = part.iter().map(|waiting| &waiting.append).collect();
            let span = tracing::debug_span!("commit", commands = part.len());
            for waiting in &part {
                span.follows_from(&waiting.span);
            }
            match self.until_known(&appends).instrument(span).await {
                Ok(done) => {
                    self.figures.committed(part.len());
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
                Err(GaveUp::WithoutAnswer(why)) => {
                    for waiting in part {
                        drop(waiting.answer.send(Err(why)));
                    }
                }
            }
        }
    }

    /// Runs a batch until its fate is certain. After a commit in doubt it is run again: under the
    /// head's lock, commands that were stored are found and answered from their rows. Only a stop
    /// ends that sooner.
    async fn until_known(&mut self, appends: &[&Append]) -> Result<batch::Done, GaveUp> {
        let mut in_doubt = false;
        let mut tries = 0;
        loop {
            let error = match self.attempt(appends).await {
                Ok(done) => {
                    self.trouble.send_if_modified(|trouble| trouble.take().is_some());
                    return Ok(done);
                }
                Err(error) => error,
            };
            tries += 1;
            match error {
                BatchError::Unstorable { sqlstate } => {
                    return Err(GaveUp::Unstorable { sqlstate });
                }
                BatchError::InDoubt(cause) => {
                    in_doubt = true;
                    self.figures.in_doubt();
                    tracing::warn!(error = %cause, "a commit is in doubt; looking it up");
                }
                BatchError::NotStored(cause) => {
                    self.figures.tried_again();
                    tracing::warn!(error = %cause, tries, "a batch was not stored; trying again");
                    if !in_doubt {
                        self.tell(told(&cause));
                    }
                }
            }
            if in_doubt {
                self.tell("a commit is in doubt, and the database cannot be asked".to_owned());
            }
            if let Some(connection) = self.connection.take() {
                drop(connection.close_hard().await);
            }
            if self.give_up_at.get().is_some_and(|at| *at <= Instant::now()) {
                let why = if in_doubt { Overloaded::InDoubt } else { Overloaded::Stopping };
                return Err(GaveUp::WithoutAnswer(why));
            }
            if tries >= TRIES_MAX && !in_doubt {
                return Err(GaveUp::WithoutAnswer(Overloaded::DatabaseAway));
            }
            pause(RECONNECT_PAUSE).await;
        }
    }

    /// One try, which ends: where the database says nothing any more, with what that leaves open.
    async fn attempt(&mut self, appends: &[&Append]) -> Result<batch::Done, BatchError> {
        let mut is_commit_sent = false;
        let Self { options, connection, clock, stop, give_up_at, .. } = self;
        let tried = async {
            let connection = match connection {
                Some(connection) => connection,
                None => connection.insert(connect(options).await.map_err(BatchError::NotStored)?),
            };
            batch::commit(connection, clock, appends, &mut is_commit_sent).await
        };
        let outcome = tokio::select! {
            biased;
            () = over(stop, give_up_at) => None,
            outcome = tried => Some(outcome),
            () = pause(TRY_TIME_MAX) => None,
        };
        match outcome {
            Some(outcome) => outcome,
            None if is_commit_sent => Err(BatchError::InDoubt(Cause::Silence)),
            None => Err(BatchError::NotStored(Cause::Silence)),
        }
    }

    /// Whether commits could be made again, for those who watch.
    async fn look_again(&mut self) {
        match connect(&self.options).await {
            Ok(connection) => {
                self.connection = Some(connection);
                self.trouble.send_replace(None);
            }
            Err(cause) => self.tell(told(&cause)),
        }
    }

    fn tell(&self, trouble: String) {
        self.trouble.send_if_modified(|known| {
            let is_news = known.as_ref() != Some(&trouble);
            *known = Some(trouble);
            is_news
        });
    }
}

/// A connection that is safe to commit to; every one is judged anew.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Cause> {
    let connecting = async {
        let mut connection = options.connect().await?;
        safety::refuse_unsafe(&mut connection).await?;
        Ok(connection)
    };
    tokio::time::timeout(CONNECT_TIME_MAX, connecting).await.unwrap_or(Err(Cause::Silence))
}

/// What is told of a cause: no word of the database's own, which may repeat what it was given.
fn told(cause: &Cause) -> String {
    match cause {
        Cause::Database(sqlx::Error::Database(error)) => match error.code() {
            Some(code) if code == LOCKED => "somebody else holds the head of the log".to_owned(),
            Some(code) => format!("the database says {code}"),
            None => "the database refuses it".to_owned(),
        },
        Cause::Database(_) | Cause::Safety(SafetyError::Database(_) | SafetyError::Silence) => {
            "the database cannot be reached".to_owned()
        }
        // Where to mend it stands in the log, with the names of role and database.
        Cause::Safety(SafetyError::Unsafe(it)) => {
            format!("Postgres runs with {} = {}", it.setting, it.value)
        }
        Cause::NoLongerSafe | Cause::Silence => cause.to_string(),
    }
}

/// Returns a little after a stop, when nothing more is worked on.
async fn over(stop: &CancellationToken, give_up_at: &OnceLock<Instant>) {
    stop.cancelled().await;
    tokio::time::sleep_until(*give_up_at.get_or_init(|| Instant::now() + DRAIN_TIME_MAX)).await;
}

enum GaveUp {
    Unstorable { sqlstate: String },
    WithoutAnswer(Overloaded),
}

#[expect(
    clippy::disallowed_methods,
    reason = "a database that is away tells nobody when it is back"
)]
async fn pause(length: Duration) {
    tokio::time::sleep(length).await;
}
