//! Whenever a payment run takes in a part of a claim, pays it, or finds that it did not arrive, the
//! claim is told. One policy for all three, since each has to reach the claim after the one before.

use async_trait::async_trait;
use contracts::ClaimId;
use contracts::id::PaymentBatchId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Policy, PolicyError};

use crate::claim::{Claim, Command, PutInBatch, RecordPaid, RecordPaymentFailed};
use crate::payment_batch::{Event, PaymentBatch};
use crate::taking_in::{give, order};

/// The policy.
#[derive(Debug)]
pub struct TellTheClaim;

#[async_trait]
impl Policy for TellTheClaim {
    fn name(&self) -> &'static str {
        "tell_the_claim_when_something_happens_to_its_part_in_a_run"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != PaymentBatch::TYPE {
            return Ok(());
        }
        let Some((claim, command)) = told(event.id(), &event.decode()?) else { return Ok(()) };
        let order = order(self.name(), &claim.to_string(), event, executor)?;
        give::<Claim>(self.name(), claim.uuid(), command, order, executor).await?;
        Ok(())
    }
}

fn told(batch: PaymentBatchId, event: &Event) -> Option<(ClaimId, Command)> {
    match *event {
        Event::PartAdded { claim, part, .. } => {
            Some((claim, Command::PutInBatch(PutInBatch { part, batch })))
        }
        Event::PartPaid { claim, part, paid_on } => {
            Some((claim, Command::RecordPaid(RecordPaid { part, batch, paid_on })))
        }
        Event::PartFailed { claim, part, reason } => {
            let failed = RecordPaymentFailed { part, batch, reason };
            Some((claim, Command::RecordPaymentFailed(failed)))
        }
        Event::Opened { .. } | Event::Locked { .. } | Event::Exported { .. } => None,
    }
}
