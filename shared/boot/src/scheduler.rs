//! Fires what is due: leases timers, earliest first, and gives their commands one after another.
//! Whether something is late is never judged here; a timer only knocks.

use std::sync::Arc;
use std::time::Duration;

use eventstore::executor::FireError;
use eventstore::timer::{self, DueTimer};
use eventstore::{Executor, Receipt};
use futures::future::BoxFuture;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// Gives the command of a due timer in the room its stream belongs to; `None` where the service has
/// no such room.
pub(crate) type Fire =
    fn(Executor, DueTimer) -> Option<BoxFuture<'static, Result<Receipt, FireError>>>;

const LEASED_AT_ONCE: i64 = 64;
const LOOKS_EVERY: Duration = Duration::from_millis(250);

pub(crate) async fn run(
    executor: Executor,
    fire: Fire,
    wake: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut net = tokio::time::interval(LOOKS_EVERY);
    net.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake.notified() => {}
            _ = net.tick() => {}
        }
        tokio::select! {
            // What was leased is fired when its lease has run out.
            () = stop.cancelled() => return,
            () = fire_all_due(&executor, fire) => {}
        }
    }
}

async fn fire_all_due(executor: &Executor, fire: Fire) {
    loop {
        let now = executor.clock().now();
        let due = match timer::lease(executor.pool(), now, LEASED_AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "timers cannot be read; looking again");
                return;
            }
        };
        if due.is_empty() {
            return;
        }
        for timer in due {
            let trace_id = eventstore::envelope::trace_id(None, timer.correlation_id);
            let span = tracing::error_span!("timer", timer_id = %timer.timer_id, trace_id);
            fire_one(executor, fire, timer).instrument(span).await;
        }
    }
}

async fn fire_one(executor: &Executor, fire: Fire, timer: DueTimer) {
    let (kind, name) = (timer.stream.kind.clone(), timer.name.clone());
    match fire(executor.clone(), timer) {
        None => tracing::error!(kind, name, "no room answers this timer"),
        Some(fired) => match fired.await {
            Ok(receipt) => {
                let refusal = receipt.refusal.as_ref().map(|refused| refused.code.as_str());
                tracing::info!(kind, name, refusal, "a timer fired");
            }
            Err(error) => {
                let source: &dyn std::error::Error = &error;
                tracing::error!(kind, name, source, "a timer's command failed");
            }
        },
    }
}
