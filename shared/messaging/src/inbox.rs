//! What others published, heard in order and acted on once. A view's rows and checkpoint move in
//! one transaction; a policy's fact is acknowledged only after its command's receipt, and no
//! transaction is open while a command is awaited. A hole is refused, never skipped.

mod checkpoint;
mod subscriber;
mod standing;
mod ears;
mod comparison;
mod opening;
mod refill;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventstore::{Executor, Progress};
use sqlx::{PgConnection, PgPool};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect::Connection;
use crate::fact::Fact;
use crate::layout::{Channel, Layout, durable};
use crate::schema;
use session::Session;
use standing::Standings;
use subscriber::{Subscriber, Who};

pub use checkpoint::set_back;
pub use eventstore::{PolicyError, ProjectError};
pub use standing::{Kind, SubscriptionStatus};

/// Rows made from what others published.
#[async_trait]
pub trait FactView: Send + Sync + 'static {
    /// Permanent name, such as `open_opportunities`; listed in `deploy/nats/services.toml`.
    fn name(&self) -> &'static str;

    /// Raised whenever tables or projection change; the view is then made again from the streams.
    fn version(&self) -> i32;

    /// The publishers it hears. Facts of one publisher come in order; between two there is none.
    fn sources(&self) -> &'static [&'static str];

    /// Which of their streams; whole logs are for `audit` alone.
    fn channel(&self) -> Channel {
        Channel::Facts
    }

    /// Every table it owns, with its schema.
    fn tables(&self) -> &'static [&'static str];

    /// Statements that create them.
    fn create(&self) -> &'static str;

    /// Folds one fact into the rows. A name the view does not know changes nothing.
    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError>;
}

/// "Whenever … then …": answers facts with commands.
#[async_trait]
pub trait FactPolicy: Send + Sync + 'static {
    /// The sentence it is called by; listed in `deploy/nats/services.toml`.
    fn name(&self) -> &'static str;

    /// The publisher it hears.
    fn source(&self) -> &'static str;

    /// Gives the commands this fact asks for, through [`Fact::answer_with`], and waits for their
    /// receipts. May be called again with the same fact. A name the policy does not know asks for
    /// nothing.
    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError>;
}

/// A subscriber that cannot be taken on.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlisted {
    /// The layout does not list it, so its user has no right to hear.
    #[error(
        "{reader} may not hear {source_service} as {subscriber}: list it in deploy/nats/services.toml"
    )]
    NotInLayout {
        /// Who hears.
        reader: String,
        /// Who is heard.
        source_service: String,
        /// Under which name.
        subscriber: String,
    },
    /// Two subscribers have one name.
    #[error("two subscribers are called {0}")]
    Twice(String),
}

/// All subscribers of one service.
#[derive(Debug)]
pub struct Subscriptions {
    reader: String,
    layout: Layout,
    connection: Connection,
    pool: PgPool,
    progress: Progress,
    subscribers: Vec<Subscriber>,
    names: BTreeSet<&'static str>,
    patience: Duration,
    standings: Standings,
}

impl Subscriptions {
    /// None yet. `progress` is where reads wait for this service's own views too.
    pub fn new(
        connection: Connection,
        pool: PgPool,
        layout: Layout,
        reader: &str,
        progress: Progress,
    ) -> Self {
        Self {
            reader: reader.to_owned(),
            layout,
            connection,
            pool,
            progress,
            subscribers: Vec::new(),
            names: BTreeSet::new(),
            patience: session::PATIENCE,
            standings: Standings::default(),
        }
    }

    /// How long messages may wait while none comes before a consumer is made anew.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Takes on a view.
    pub fn view(&mut self, view: impl FactView) -> Result<(), Unlisted> {
        let view: Arc<dyn FactView> = Arc::new(view);
        self.name(view.name())?;
        for source in view.sources() {
            self.add(source, view.channel(), Who::View(Arc::clone(&view)))?;
        }
        Ok(())
    }

    /// Takes on a policy, whose commands go through `executor`.
    pub fn policy(&mut self, policy: impl FactPolicy, executor: Executor) -> Result<(), Unlisted> {
        let source = policy.source();
        self.name(policy.name())?;
        self.add(source, Channel::Facts, Who::Policy(Arc::new(policy), executor))
    }

    fn name(&mut self, name: &'static str) -> Result<(), Unlisted> {
        if self.names.insert(name) { Ok(()) } else { Err(Unlisted::Twice(name.to_owned())) }
    }

    fn add(&mut self, source: &str, channel: Channel, who: Who) -> Result<(), Unlisted> {
        let name = who.name();
        if !self.layout.lists(&self.reader, channel, source, name) {
            return Err(Unlisted::NotInLayout {
                reader: self.reader.clone(),
                source_service: source.to_owned(),
                subscriber: name.to_owned(),
            });
        }
        let kind = match &who {
            Who::View(_) => Kind::View,
            Who::Policy(_, _) => Kind::Policy,
        };
        let standing = self.standings.add(name, source, kind, self.progress.clone());
        self.subscribers.push(Subscriber {
            who,
            reader: self.reader.clone(),
            source: source.to_owned(),
            stream: channel.stream(source),
            durable: durable(&self.reader, name),
            pool: self.pool.clone(),
            standing,
        });
        Ok(())
    }

    /// Where every subscriber stands; changes tell whoever waits.
    pub fn statuses(&self) -> watch::Receiver<Vec<SubscriptionStatus>> {
        self.standings.watch()
    }

    /// Makes the tables, anew for views whose version changed, then hears until `stop`.
    pub async fn start(
        self,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<(), sqlx::Error> {
        schema::prepare(&self.pool).await?;
        // All tables are made before anything is heard: a view of several sources is one view.
        for subscriber in &self.subscribers {
            subscriber.prepare().await?;
        }
        let sources: BTreeSet<_> =
            self.subscribers.iter().map(|subscriber| subscriber.source.clone()).collect();
        let ears = ears::open(&self.connection, sources, tasks, stop);
        for subscriber in self.subscribers {
            let session =
                Session::new(subscriber, self.connection.clone(), ears.clone(), self.patience);
            tasks.spawn(session.run(stop.clone()));
        }
        Ok(())
    }
}
