//! One subscriber of one publisher: what it does with the next messages. Rows and checkpoint move
//! together; a command is awaited with no transaction open.

use std::fmt;
use std::sync::Arc;

use async_nats::jetstream::consumer::AckPolicy;
use eventstore::{Executor, Failure};
use sqlx::{AssertSqlSafe, PgPool};
use tracing::{Instrument as _, Span};

use super::checkpoint::{self, Book, Checkpoint, StreamPlace, Verdict};
use super::standing::Standing;
use super::{FactPolicy, FactView, PolicyError, ProjectError};
use crate::fact::{Fact, Malformed, Mark};
use crate::layout::Channel;

/// Why a subscriber stands still, in words for people. The last message is repeated by nobody; what
/// can help is named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stall {
    #[error(
        "a hole: after {after} came {came}, which follows {follows}; \
         see deploy/runbooks/a-hole-in-a-stream.md"
    )]
    Hole { after: Mark, came: Mark, follows: Mark },
    #[error("the publisher's log is another one now; see deploy/runbooks/relay-halted.md")]
    OtherLog,
    #[error("{at} is another event now; see deploy/runbooks/relay-halted.md")]
    OtherHistory { at: Mark },
    #[error("the fact at {at} cannot be read; see deploy/runbooks/a-fact-cannot-be-read.md")]
    Unreadable { at: Mark },
    #[error("the message at {sequence} is no fact; see deploy/runbooks/a-fact-cannot-be-read.md")]
    Malformed { sequence: u64 },
    #[error("the fact at {at} cannot be answered; see deploy/runbooks/a-fact-cannot-be-read.md")]
    Unanswerable { at: Mark },
}

/// Why messages were not applied.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unapplied {
    /// Until a human has looked.
    #[error("{0}")]
    Stalled(Stall),
    /// The rows could not be written; tried again.
    #[error("the rows cannot be written")]
    Database(#[from] sqlx::Error),
    /// The command has no receipt; tried again.
    #[error("the command has no receipt")]
    Command(#[source] Failure),
    /// Another process has changed the view to another version.
    #[error("another version of this view was made")]
    Outdated,
}

/// A message with its place in the stream.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) fact: Fact,
    /// None where its publisher told it again.
    pub(super) place: Option<StreamPlace>,
}

pub(super) enum Who {
    View(Arc<dyn FactView>),
    Policy(Arc<dyn FactPolicy>, Executor),
}

impl Who {
    pub(super) fn channel(&self) -> Channel {
        match self {
            Self::View(view) => view.channel(),
            Self::Policy(_, _) => Channel::Facts,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::View(view) => view.name(),
            Self::Policy(policy, _) => policy.name(),
        }
    }

    fn book(&self) -> Book {
        match self {
            Self::View(_) => Book::OfViews,
            Self::Policy(_, _) => Book::OfPolicies,
        }
    }

    fn version(&self) -> i32 {
        match self {
            Self::View(view) => view.version(),
            Self::Policy(_, _) => 0,
        }
    }
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug)]
pub(super) struct Subscriber {
    pub(super) who: Who,
    pub(super) reader: String,
    pub(super) source: String,
    pub(super) stream: String,
    pub(super) durable: String,
    pub(super) pool: PgPool,
    pub(super) standing: Standing,
}

impl Subscriber {
    /// How many messages are taken at once: a view folds them in one transaction.
    pub(super) fn at_once(&self) -> usize {
        match &self.who {
            Who::View(_) => 500,
            Who::Policy(_, _) => 1,
        }
    }

    /// A view says once for a whole batch that it has it; a policy says it of each fact.
    pub(super) fn ack_policy(&self) -> AckPolicy {
        match &self.who {
            Who::View(_) => AckPolicy::All,
            Who::Policy(_, _) => AckPolicy::Explicit,
        }
    }

    /// Whether the server's word for an acknowledgement is waited for: a lost one would mean asking
    /// the committer again.
    pub(super) fn must_be_acknowledged(&self) -> bool {
        match &self.who {
            Who::View(_) => false,
            Who::Policy(_, _) => true,
        }
    }

    /// Makes its checkpoint and, for a view of a new version, its tables.
    pub(super) async fn prepare(&self) -> Result<(), sqlx::Error> {
        let name = self.who.name();
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 2))")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        let book = self.who.book();
        if book == Book::OfPolicies {
            checkpoint::adopt(&mut *transaction, name, &self.source).await?;
        }
        if let Who::View(view) = &self.who
            && checkpoint::is_outdated(&mut *transaction, name, view.version()).await?
        {
            for table in view.tables() {
                sqlx::query(AssertSqlSafe(format!("drop table if exists {table} cascade")))
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::raw_sql(view.create()).execute(&mut *transaction).await?;
            checkpoint::forget(&mut *transaction, name).await?;
        }
        if checkpoint::find(&mut *transaction, book, name, &self.source).await?.is_none() {
            let start = Checkpoint::start(self.who.version());
            checkpoint::store(&mut *transaction, book, name, &self.source, &start).await?;
        }
        transaction.commit().await
    }

    /// Where it stands.
    pub(super) async fn checkpoint(&self) -> Result<Checkpoint, Unapplied> {
        let book = self.who.book();
        self.current(checkpoint::find(&self.pool, book, self.who.name(), &self.source).await?)
    }

    fn current(&self, found: Option<Checkpoint>) -> Result<Checkpoint, Unapplied> {
        found
            .filter(|checkpoint| checkpoint.version == self.who.version())
            .ok_or(Unapplied::Outdated)
    }

    /// Applies messages in order; those applied before are dropped. On an error, `at` still stands
    /// where the database does.
    pub(super) async fn apply(
        &self,
        at: &mut Checkpoint,
        heard: &[Heard],
    ) -> Result<(), Unapplied> {
        match &self.who {
            Who::View(view) => self.project(&**view, at, heard).await,
            Who::Policy(policy, executor) => {
                for one in heard {
                    self.answer(&**policy, executor, at, one).await?;
                }
                Ok(())
            }
        }
    }

    async fn project(
        &self,
        view: &dyn FactView,
        at: &mut Checkpoint,
        heard: &[Heard],
    ) -> Result<(), Unapplied> {
        let mut transaction = self.pool.begin().await?;
        let found =
            checkpoint::find(&mut *transaction, Book::OfViews, view.name(), &self.source).await?;
        let mut now = self.current(found)?;
        for Heard { fact, place } in heard {
            if is_next(&now, fact)? {
                view.project(&mut transaction, fact)
                    .instrument(span(view.name(), fact))
                    .await
                    .map_err(|error| unprojected(error, view.name(), fact))?;
                now.advance(fact, *place);
            }
        }
        checkpoint::store(&mut *transaction, Book::OfViews, view.name(), &self.source, &now)
            .await?;
        transaction.commit().await?;
        *at = now;
        Ok(())
    }

    async fn answer(
        &self,
        policy: &dyn FactPolicy,
        executor: &Executor,
        at: &mut Checkpoint,
        Heard { fact, place }: &Heard,
    ) -> Result<(), Unapplied> {
        if !is_next(at, fact)? {
            return Ok(());
        }
        policy
            .answer(fact, executor)
            .instrument(span(policy.name(), fact))
            .await
            .map_err(|error| unanswered(error, policy.name(), fact))?;
        let mut now = at.clone();
        now.advance(fact, *place);
        checkpoint::store(&self.pool, Book::OfPolicies, policy.name(), &self.source, &now).await?;
        *at = now;
        Ok(())
    }
}

/// What is done with a fact belongs to the trace of the command that led to it.
fn span(subscriber: &str, fact: &Fact) -> Span {
    let trace_id = fact.trace_id();
    let traceparent = fact.traceparent.as_deref();
    let event_id = fact.event_id;
    tracing::error_span!("fact", subscriber, fact = fact.name, %event_id, trace_id, traceparent)
}

fn is_next(at: &Checkpoint, fact: &Fact) -> Result<bool, Unapplied> {
    let stall = match at.judge(fact) {
        Verdict::Known => return Ok(false),
        Verdict::Next => return Ok(true),
        Verdict::Hole => Stall::Hole { after: at.mark, came: fact.mark, follows: fact.previous },
        Verdict::OtherLog => Stall::OtherLog,
        Verdict::OtherHistory => Stall::OtherHistory { at: fact.mark },
    };
    Err(Unapplied::Stalled(stall))
}

fn unprojected(error: ProjectError, view: &str, fact: &Fact) -> Unapplied {
    match error {
        ProjectError::Database(error) => Unapplied::Database(error),
        ProjectError::Unreadable(_) | ProjectError::Metadata(_) => unreadable(view, fact),
    }
}

fn unanswered(error: PolicyError, policy: &str, fact: &Fact) -> Unapplied {
    match error {
        PolicyError::Unreadable(_) | PolicyError::Metadata(_) => unreadable(policy, fact),
        PolicyError::Database(error) => Unapplied::Database(error),
        PolicyError::Failed(failure) => match failure {
            Failure::Stale { .. }
            | Failure::StillRunning
            | Failure::Overloaded(_)
            | Failure::Contended
            | Failure::Unreadable(_)
            | Failure::Database(_) => Unapplied::Command(failure),
            Failure::OtherRequest | Failure::Unwritable(_) | Failure::Unstorable { .. } => {
                let error: &dyn std::error::Error = &failure;
                tracing::error!(
                    policy,
                    fact = fact.name,
                    at = %fact.mark,
                    error,
                    "a policy's command can never be carried out"
                );
                Unapplied::Stalled(Stall::Unanswerable { at: fact.mark })
            }
        },
    }
}

/// What serde says may quote the body, so it stays out of the log.
fn unreadable(subscriber: &str, fact: &Fact) -> Unapplied {
    tracing::error!(subscriber, fact = fact.name, at = %fact.mark, "a fact cannot be read");
    Unapplied::Stalled(Stall::Unreadable { at: fact.mark })
}

/// What came is no message of this publisher.
pub(super) fn malformed(source: &str, sequence: u64, why: &Malformed) -> Unapplied {
    let error: &dyn std::error::Error = why;
    tracing::error!(source, sequence, error, "a message is no fact");
    Unapplied::Stalled(Stall::Malformed { sequence })
}
