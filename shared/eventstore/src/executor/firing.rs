//! A due timer's command: given once, under an id of the timer's own, and never before its time.

use uuid::Uuid;

use super::{Executor, Failure, Order};
use crate::append::Receipt;
use crate::envelope::Taken;
use crate::room::Room;
use crate::timer::DueTimer;

/// Why a due timer's command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum FireError {
    /// The room has no command for this name.
    #[error("no command stands for the timer {0}")]
    UnknownName(String),
    /// By the clock its command would be given by, its time has not come; it is tried again.
    #[error("the timer is due at {due_at}, which has not come")]
    NotDue {
        /// When it is due.
        due_at: jiff::Timestamp,
    },
    /// It could not be executed now; the lease runs out and it is tried again.
    #[error("the timer's command failed")]
    Failed(#[source] Failure),
}

impl Executor {
    /// Gives the command a due timer stands for. A timer whose name the room does not know stays
    /// leased and is reported, so that nothing is silently dropped. So does one that was leased by a
    /// clock ahead of this one: a room would say that it is not time yet, and the timer be done.
    pub async fn fire<R: Room>(&self, timer: &DueTimer) -> Result<Receipt, FireError> {
        let ask = R::due(&timer.name).ok_or_else(|| FireError::UnknownName(timer.name.clone()))?;
        let now = self.clock.now();
        if now < timer.due_at {
            return Err(FireError::NotDue { due_at: timer.due_at });
        }
        let command_id = Uuid::new_v5(&timer.timer_id, b"fire");
        let mut order =
            Order::by_system(command_id, timer.timer_id, timer.correlation_id, Taken::Timer, now);
        order.fired_timer = Some(timer.timer_id);
        let fired = self.execute::<R>(timer.stream.id, ask, order).await;
        if fired.is_ok() {
            self.committer.figures().fired(now.duration_since(timer.due_at));
        }
        fired.map_err(FireError::Failed)
    }
}
