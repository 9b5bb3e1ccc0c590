//! Whenever part of a claim is authorised, it is taken into the open payment run, if one is open and
//! nothing is in the way.

use async_trait::async_trait;
use contracts::ClaimId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Policy, PolicyError};

use crate::claim::{Claim, Event};
use crate::taking_in::TakingIn;

/// The policy.
#[derive(Debug)]
pub struct TakeWhatIsAuthorised(pub TakingIn);

#[async_trait]
impl Policy for TakeWhatIsAuthorised {
    fn name(&self) -> &'static str {
        "take_a_part_into_the_open_run_when_it_is_authorised"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Claim::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::Authorised { .. } => {
                let claim: ClaimId = event.id();
                let of_this_claim = |due: &crate::views::payable::Due| due.of.claim == claim;
                self.0.take_in(self.name(), event, executor, of_this_claim).await
            }
            Event::Submitted(_)
            | Event::Queried { .. }
            | Event::QueryAnswered { .. }
            | Event::LinesDecided { .. }
            | Event::Withdrawn { .. }
            | Event::PutInBatch { .. }
            | Event::Paid { .. }
            | Event::PaymentFailed { .. } => Ok(()),
        }
    }
}
