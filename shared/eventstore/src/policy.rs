//! "Whenever … then …" on the service's own log: an event is answered by a command whose id derives
//! from the event, so answering twice changes nothing. No transaction is open while it is answered.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt as _;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::clock::Clock;
use crate::envelope::{StoredEvent, Taken};
use crate::executor::{Executor, Failure, Order};
use crate::reader;
use crate::view::Progress;

/// Events answered between two notes of how far the policy has come.
const BATCH_MAX: i64 = 100;
/// The safety net under the in-process wake-up.
const POLL: Duration = Duration::from_millis(500);

tokio::task_local! {
    /// The trace context of the event that is being answered.
    static TRACE: Option<String>;
}

/// Answers events of the service's own log with commands.
#[async_trait]
pub trait Policy: Send + Sync + 'static {
    /// Permanent name: the sentence, such as `end_the_appointment_when_its_seat_is_vacated`.
    fn name(&self) -> &'static str;

    /// Answers one event. Returns after the receipts; a refusal counts as answered.
    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError>;
}

/// Why an event is not answered yet.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The stored event is not what its name promises.
    #[error("the event cannot be read")]
    Unreadable(#[from] contracts::fact::Unreadable),
    /// What is stored around it cannot be read.
    #[error("the event's metadata cannot be read")]
    Metadata(#[from] serde_json::Error),
    /// The command could not be carried out now.
    #[error("the command failed")]
    Failed(#[from] Failure),
    /// What the policy needs to know could not be read.
    #[error("the rows cannot be read")]
    Database(#[from] sqlx::Error),
}

/// The order by which a policy answers an event; `target` tells several answers apart.
pub fn order(
    policy: &str,
    target: &str,
    event_id: Uuid,
    correlation_id: Uuid,
    clock: &Clock,
) -> Order {
    let command_id = Uuid::new_v5(&event_id, format!("{policy}/{target}").as_bytes());
    let mut order =
        Order::by_system(command_id, event_id, correlation_id, Taken::Policy, clock.now());
    // Handed on here, so that no policy can forget it.
    order.traceparent = TRACE.try_with(Clone::clone).ok().flatten();
    order
}

/// Takes over how far policies had come where an earlier build kept it among the views, which are
/// thrown away.
pub async fn adopt_checkpoints(database: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "do $$ begin
             if to_regclass('views.policy_checkpoint') is not null then
                 insert into log.policy_checkpoint (policy, position)
                     select policy, position from views.policy_checkpoint on conflict do nothing;
                 drop table views.policy_checkpoint;
             end if;
         end $$",
    )
    .execute(database)
    .await
    .map(|_| ())
}

/// Answers every event in order until `stop`. An event that cannot be answered is tried again; the
/// policy stands still meanwhile, visibly, and skips nothing.
pub async fn follow(
    policy: Arc<dyn Policy>,
    service: String,
    executor: Executor,
    mut heads: watch::Receiver<i64>,
    progress: Progress,
    stop: CancellationToken,
) {
    let mut position = None;
    let mut net = tokio::time::interval(POLL);
    net.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let work = async {
            match position {
                None => stands_at(policy.name(), executor.pool()).await.map_err(PolicyError::from),
                Some(at) => step(&*policy, &executor, at).await,
            }
        };
        let outcome = tokio::select! {
            // Whatever it is about can be begun anew.
            () = stop.cancelled() => return,
            outcome = AssertUnwindSafe(work).catch_unwind() => outcome,
        };
        match outcome {
            Ok(Ok(now)) => {
                progress.reached(&service, policy.name(), now);
                let moved = position != Some(now);
                position = Some(now);
                if moved {
                    continue;
                }
            }
            Ok(Err(error)) => {
                let source: &dyn std::error::Error = &error;
                tracing::error!(policy = policy.name(), position, source, "a policy waits");
                progress.stalled(&service, policy.name(), why(&error));
                position = None;
            }
            Err(_) => {
                tracing::error!(policy = policy.name(), position, "a policy broke off");
                progress.stalled(&service, policy.name(), "it broke off at an event");
                position = None;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = heads.changed() => if changed.is_err() { return },
            _ = net.tick() => {}
        }
    }
}

fn why(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::Database(_)
        | PolicyError::Failed(Failure::Database(_) | Failure::Overloaded(_)) => {
            "the database does not answer"
        }
        PolicyError::Unreadable(_) | PolicyError::Metadata(_) | PolicyError::Failed(_) => {
            "an event cannot be answered"
        }
    }
}

async fn stands_at(policy: &str, pool: &PgPool) -> Result<i64, sqlx::Error> {
    let position: Option<i64> =
        sqlx::query_scalar("select position from log.policy_checkpoint where policy = $1")
            .bind(policy)
            .fetch_optional(pool)
            .await?;
    Ok(position.unwrap_or(0))
}

/// Whatever the stored event is today, one after another.
async fn answer(
    policy: &dyn Policy,
    stored: &StoredEvent,
    executor: &Executor,
) -> Result<(), PolicyError> {
    for event in executor.upcasters().of(stored)?.iter() {
        answer_one(policy, event, executor).await?;
    }
    Ok(())
}

/// Within the event's trace, for the log and for what the answer leads to.
async fn answer_one(
    policy: &dyn Policy,
    event: &StoredEvent,
    executor: &Executor,
) -> Result<(), PolicyError> {
    let metadata = event.metadata()?;
    let span = tracing::error_span!(
        "policy",
        policy = policy.name(),
        trace_id = metadata.trace_id(),
        traceparent = metadata.traceparent,
        event_id = %event.event_id,
    );
    let answering = TRACE.scope(metadata.traceparent, policy.answer(event, executor));
    answering.instrument(span).await
}

async fn step(policy: &dyn Policy, executor: &Executor, position: i64) -> Result<i64, PolicyError> {
    let events = reader::after(executor.pool(), position, BATCH_MAX).await?;
    let mut answered = position;
    let mut outcome = Ok(());
    for event in &events {
        outcome = answer(policy, event, executor).await;
        if outcome.is_err() {
            break;
        }
        answered = event.position;
    }
    if answered > position {
        sqlx::query(
            "insert into log.policy_checkpoint (policy, position) values ($1, $2)
             on conflict (policy) do update
             set position = greatest(policy_checkpoint.position, excluded.position)",
        )
        .bind(policy.name())
        .bind(answered)
        .execute(executor.pool())
        .await?;
    }
    outcome.map(|()| answered)
}
