//! Whenever an application is withdrawn, nobody decides on it any more.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};

use crate::application::{Application, Event};
use crate::selection::{Command, Selection, WithdrawApplicant};

/// The policy.
#[derive(Debug)]
pub struct WithdrawTheApplicant;

#[async_trait]
impl Policy for WithdrawTheApplicant {
    fn name(&self) -> &'static str {
        "withdraw_the_applicant_when_an_application_is_withdrawn"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Application::TYPE {
            return Ok(());
        }
        let opportunity = match event.decode::<Event>()? {
            Event::Withdrawn { opportunity, .. } => opportunity,
            Event::Submitted { .. }
            | Event::Offered { .. }
            | Event::KeptInReserve { .. }
            | Event::NotSelected { .. }
            | Event::OpportunityWithdrawn { .. }
            | Event::PlaceOffered { .. }
            | Event::Appointed { .. }
            | Event::PlaceNotTaken { .. }
            | Event::PlaceEnded { .. } => return Ok(()),
        };
        let selection = Selection::of(opportunity);
        let correlation = event.metadata()?.correlation_id;
        let target = selection.to_string();
        let order = order(self.name(), &target, event.event_id, correlation, executor.clock());
        let withdraw = Command::WithdrawApplicant(WithdrawApplicant { application: event.id() });
        executor.execute::<Selection>(selection.uuid(), withdraw, order).await?;
        Ok(())
    }
}
