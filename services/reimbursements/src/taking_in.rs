//! How policies take what is to be paid into the open payment run, and give their commands. Which
//! parts wait, and for what, the view of what is payable knows; whether one joins, the run decides.

use std::time::Duration;

use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Order, PolicyError, Progress, Receipt, Room, policy};
use uuid::Uuid;

use crate::NAME;
use crate::payment_batch::{Add, Command, PaymentBatch};
use crate::views::payable::{self, Due};
use crate::views::payment_batch;

/// How long views are waited for before the event is tried anew.
const WAITS_FOR_VIEWS: Duration = Duration::from_secs(5);
/// More than wait in any trust; the rest is taken with the next event.
const PARTS_MAX: i64 = 10_000;

/// Takes parts into the open run.
#[derive(Debug)]
pub struct TakingIn {
    /// How far this service's own views have come.
    pub progress: Progress,
}

impl TakingIn {
    /// Answers an event by taking all that waits, has nothing in its way and is `meant` into the run
    /// that was opened last. Where none is open, it goes on waiting for one. A second involvement
    /// payment to one person is refused by the run, and waits for the next.
    pub(crate) async fn take_in(
        &self,
        policy: &str,
        event: &StoredEvent,
        executor: &Executor,
        meant: impl Fn(&Due) -> bool + Send,
    ) -> Result<(), PolicyError> {
        self.wait_for_views(event.position).await?;
        let Some(open) = payment_batch::newest_open(executor.pool()).await? else { return Ok(()) };
        let waiting = payable::waiting(executor.pool(), None, PARTS_MAX).await?;
        let ready = waiting.into_iter().filter(|it| it.obstacle.is_none()).map(|it| it.due);
        for Due { of, person, kind, amount, .. } in ready.filter(|due| meant(due)) {
            let add = Add { of, person, kind, amount, agreed_to_share: false };
            let target = format!("{}/{}/{}", open.id, of.claim, of.part);
            let order = order(policy, &target, event, executor)?;
            give::<PaymentBatch>(policy, open.id.uuid(), Command::Add(add), order, executor)
                .await?;
        }
        Ok(())
    }

    /// Without it, what the event itself brought would not be among the rows yet.
    async fn wait_for_views(&self, position: i64) -> Result<(), PolicyError> {
        if self.progress.wait_for(NAME, position, WAITS_FOR_VIEWS).await {
            Ok(())
        } else {
            let behind = "the views have not come to the event";
            Err(PolicyError::Database(sqlx::Error::Protocol(behind.to_owned())))
        }
    }
}

/// The order by which a policy answers an event.
pub(crate) fn order(
    policy: &str,
    target: &str,
    event: &StoredEvent,
    executor: &Executor,
) -> Result<Order, PolicyError> {
    let around = event.metadata()?;
    let (event_id, correlation_id) = (event.event_id, around.correlation_id);
    let mut order = policy::order(policy, target, event_id, correlation_id, executor.clock());
    order.traceparent = around.traceparent;
    Ok(order)
}

/// Gives a policy's command and waits for its receipt. A refusal is an answer too.
pub(crate) async fn give<R: Room>(
    policy: &str,
    id: Uuid,
    ask: R::Ask,
    order: Order,
    executor: &Executor,
) -> Result<Receipt, PolicyError> {
    let receipt = executor.execute::<R>(id, ask, order).await?;
    if let Some(refusal) = &receipt.refusal {
        tracing::info!(policy, %id, code = refusal.code, "a policy's command was refused");
    }
    Ok(receipt)
}
