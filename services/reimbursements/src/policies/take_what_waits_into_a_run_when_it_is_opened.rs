//! Whenever a payment run is opened, all that waits and has nothing in its way is taken into it.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Policy, PolicyError};

use crate::payment_batch::{Event, PaymentBatch};
use crate::taking_in::TakingIn;

/// The policy.
#[derive(Debug)]
pub struct TakeWhatWaits(pub TakingIn);

#[async_trait]
impl Policy for TakeWhatWaits {
    fn name(&self) -> &'static str {
        "take_what_waits_into_a_run_when_it_is_opened"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != PaymentBatch::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::Opened { .. } => self.0.take_in(self.name(), event, executor, |_| true).await,
            Event::PartAdded { .. }
            | Event::Locked { .. }
            | Event::Exported { .. }
            | Event::PartPaid { .. }
            | Event::PartFailed { .. } => Ok(()),
        }
    }
}
