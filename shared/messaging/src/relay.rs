//! The log, published in order, each message once. Where it stands is what its streams' last
//! messages say; a table beside it is only for people to look at. It never guesses: where streams
//! and log tell different stories it halts until a human has looked.

mod lane;
mod shipping;
mod messages;
mod notes;
mod replay;
mod report;
mod herald;

use std::sync::Arc;
use std::time::Duration;

use eventstore::{StoredEvent, Upcasters};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect::Connection;
use crate::layout::{Channel, Layout};
use crate::reached::Reached;
use crate::schema;
use crate::waiting::{Backoff, changed, wait};
use lane::{Hitch, Lane, Trouble};
use replay::Replay;
use report::Report;

/// Having gone well for so long, what goes wrong is a new trouble.
const WELL_AFTER: Duration = Duration::from_secs(10);

/// A service's door out: an event's facts, each by name and body, in an order that never changes
/// for events already stored. An empty answer keeps the event at home.
pub type Publish = fn(&StoredEvent) -> Result<Vec<(String, String)>, contracts::fact::Unreadable>;

/// Why nothing is published until a human has looked and the process was started again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// Postgres knows less than was published: it was restored from an earlier time.
    #[error(
        "{stream} was published up to {published} but the log ends at {head}; \
         see deploy/runbooks/relay-halted.md"
    )]
    Ahead {
        /// The stream.
        stream: String,
        /// Position of its last message.
        published: i64,
        /// Last position of the log.
        head: i64,
    },
    /// The stream was published from another database.
    #[error(
        "{stream} was published from another log up to {published}; \
         see deploy/runbooks/relay-halted.md"
    )]
    OtherLog {
        /// The stream.
        stream: String,
        /// Position of its last message.
        published: i64,
    },
    /// The same position holds another event: the log was restored and went another way.
    #[error(
        "{stream} was published from another history: position {published} has another hash; \
         see deploy/runbooks/relay-halted.md"
    )]
    OtherHistory {
        /// The stream.
        stream: String,
        /// Position of its last message.
        published: i64,
    },
    /// The stream's last message is none of ours.
    #[error(
        "the message at {sequence} of {stream} was not published by this relay; \
         see deploy/runbooks/relay-halted.md"
    )]
    Foreign {
        /// The stream.
        stream: String,
        /// The message's sequence in it.
        sequence: u64,
    },
    /// An event cannot be turned into its messages.
    #[error(
        "the event at {position}, {event_type}, cannot be published; \
         see deploy/runbooks/relay-halted.md"
    )]
    Unpublishable {
        /// Its position.
        position: i64,
        /// Its stored name.
        event_type: String,
    },
}

/// How far one stream has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Every event up to here has its messages in the stream.
    pub position: i64,
    /// The stream's last sequence.
    pub sequence: u64,
    /// How often the stream was found to hold less than had been published, since the start.
    pub lost: u64,
}

impl Published {
    /// A stream that falls back was wiped or made anew, and what it held is published again.
    fn comes_to(&mut self, position: i64, sequence: u64) {
        self.lost += u64::from(sequence < self.sequence);
        (self.position, self.sequence) = (position, sequence);
    }
}

/// What a relay is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayStatus {
    /// The stream of stored events.
    pub log: Published,
    /// The stream of facts.
    pub facts: Published,
    /// Whether streams and log were found to agree since the server was last reached.
    pub reconciled: bool,
    /// Why it stands still, if it does. The service is not ready then.
    pub halted: Option<Halt>,
}

impl RelayStatus {
    /// Whether both streams hold everything up to a position of the log.
    pub fn has_published(&self, position: i64) -> bool {
        self.reconciled && self.log.position >= position && self.facts.position >= position
    }
}

/// Publishes one service's log.
#[derive(Debug)]
pub struct Relay {
    connection: Connection,
    heads: watch::Receiver<i64>,
    pool: PgPool,
    status: Arc<watch::Sender<RelayStatus>>,
    reached: watch::Receiver<Option<Reached>>,
    service: String,
    log: Lane,
    facts: Lane,
    replay: Replay,
}

/// The relay cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Unready {
    /// The layout does not name this service.
    #[error("the layout of services does not name {0}")]
    Unlisted(String),
    /// Its table cannot be made.
    #[error("the relay's table cannot be made")]
    Database(#[from] sqlx::Error),
}

impl Relay {
    /// Over one service's log; `heads` wakes it.
    pub async fn prepare(
        connection: Connection,
        pool: PgPool,
        layout: &Layout,
        service: &str,
        heads: watch::Receiver<i64>,
        publish: Publish,
    ) -> Result<Self, Unready> {
        if !layout.services.contains_key(service) {
            return Err(Unready::Unlisted(service.to_owned()));
        }
        schema::prepare(&pool).await?;
        let (reached_in, reached) = watch::channel(None);
        let reached_in = Arc::new(reached_in);
        let status = Arc::new(watch::channel(RelayStatus::default()).0);
        let lane = |channel| {
            Lane::new(
                lane::Way {
                    service: service.to_owned(),
                    channel,
                    publish,
                    upcasters: Upcasters::default(),
                },
                connection.clone(),
                pool.clone(),
                layout.replicas,
                Report { status: Arc::clone(&status), reached: Arc::clone(&reached_in) },
            )
        };
        Ok(Self {
            log: lane(Channel::Log),
            facts: lane(Channel::Facts),
            heads,
            reached,
            replay: Replay {
                connection: connection.clone(),
                pool: pool.clone(),
                layout: layout.clone(),
                service: service.to_owned(),
                publish,
                upcasters: Upcasters::default(),
                status: status.subscribe(),
            },
            service: service.to_owned(),
            status,
            pool,
            connection,
        })
    }

    /// The same, telling facts of old shapes of events as these say what they are today.
    #[must_use]
    pub fn reading_by(mut self, upcasters: &Upcasters) -> Self {
        self.facts.read_by(upcasters.clone());
        self.replay.upcasters = upcasters.clone();
        self
    }

    /// What it is doing, for readiness, metrics and those who wait.
    pub fn status(&self) -> watch::Receiver<RelayStatus> {
        self.status.subscribe()
    }

    /// Publishes until `stop`.
    pub fn start(self, tasks: &TaskTracker, stop: &CancellationToken) {
        tasks.spawn(self.replay.clone().answer(stop.clone()));
        tasks.spawn(herald::announce(
            self.connection.client().clone(),
            self.service.clone(),
            self.reached.clone(),
            stop.clone(),
        ));
        let status = self.status.subscribe();
        tasks.spawn(notes::keep(self.pool.clone(), self.service.clone(), status, stop.clone()));
        tasks.spawn(self.run(stop.clone()));
    }

    async fn run(mut self, stop: CancellationToken) {
        let mut connects = self.connection.connects();
        let mut backoff = Backoff::new();
        loop {
            let began = Instant::now();
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                () = changed(&mut connects) => {
                    self.doubt();
                    continue;
                }
                outcome = step(&mut self.log, &mut self.facts, &self.heads, &self.status) => outcome,
            };
            if outcome.is_ok() || began.elapsed() > WELL_AFTER {
                backoff.reset();
            }
            match outcome {
                Ok(()) => {}
                Err(Trouble::Halted(halt)) => {
                    self.halt(halt);
                    return;
                }
                Err(Trouble::Again(hitch)) => {
                    self.stumble(&hitch);
                    if !wait(backoff.next(), &stop, changed(&mut connects)).await {
                        return;
                    }
                }
            }
        }
    }

    fn halt(&self, halt: Halt) {
        tracing::error!(service = self.service, reason = %halt, "the relay halts");
        self.status.send_modify(|status| status.halted = Some(halt));
    }

    fn stumble(&mut self, hitch: &Hitch) {
        let error: &dyn std::error::Error = hitch;
        tracing::warn!(service = self.service, error, "the relay tries again");
        self.doubt();
    }

    fn doubt(&mut self) {
        self.log.doubt();
        self.facts.doubt();
        self.status.send_modify(|status| status.reconciled = false);
    }
}

/// Both streams agree with the log before either is written, so that a restore seen by one of them
/// stops the other too. Then each goes on by itself until they are to be compared again.
async fn step(
    log: &mut Lane,
    facts: &mut Lane,
    heads: &watch::Receiver<i64>,
    status: &watch::Sender<RelayStatus>,
) -> Result<(), Trouble> {
    let (of_log, of_facts) = tokio::join!(log.reconcile(), facts.reconcile());
    of_log?;
    of_facts?;
    status.send_if_modified(|status| !std::mem::replace(&mut status.reconciled, true));
    let (mut heads_of_log, mut heads_of_facts) = (heads.clone(), heads.clone());
    tokio::try_join!(log.follow(&mut heads_of_log), facts.follow(&mut heads_of_facts))?;
    Ok(())
}
