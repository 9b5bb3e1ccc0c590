//! Whenever someone says where their payments go, what waited for that is taken into the open payment
//! run, and so is what did not arrive at the account given before.

use async_trait::async_trait;
use contracts::PersonId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Policy, PolicyError};

use crate::payee::{Event, Payee};
use crate::taking_in::TakingIn;

/// The policy.
#[derive(Debug)]
pub struct TakeWhatWaitedForAnAccount(pub TakingIn);

#[async_trait]
impl Policy for TakeWhatWaitedForAnAccount {
    fn name(&self) -> &'static str {
        "take_what_waited_for_an_account_into_the_open_run_when_one_is_given"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Payee::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::AccountGiven { .. } => {
                let person: PersonId = event.id();
                self.0.take_in(self.name(), event, executor, |due| due.person == person).await
            }
        }
    }
}
