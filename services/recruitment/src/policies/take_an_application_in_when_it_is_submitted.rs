//! Whenever an application is submitted, it is among those its opportunity's panel decides on. Where
//! the panel's outcomes have been told already it can be so no longer, and staff see it waiting.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};

use crate::application::{Application, Event};
use crate::selection::{Command, Selection, TakeIn};

/// The policy.
#[derive(Debug)]
pub struct TakeAnApplicationIn;

#[async_trait]
impl Policy for TakeAnApplicationIn {
    fn name(&self) -> &'static str {
        "take_an_application_in_when_it_is_submitted"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Application::TYPE {
            return Ok(());
        }
        let (opportunity, applicant) = match event.decode::<Event>()? {
            Event::Submitted { opportunity, applicant, .. } => (opportunity, applicant),
            Event::Withdrawn { .. }
            | Event::Offered { .. }
            | Event::KeptInReserve { .. }
            | Event::NotSelected { .. }
            | Event::Appointed { .. } => return Ok(()),
        };
        let selection = Selection::of(opportunity);
        let correlation = event.metadata()?.correlation_id;
        let target = selection.to_string();
        let order = order(self.name(), &target, event.event_id, correlation, executor.clock());
        let take_in = Command::TakeIn(TakeIn { application: event.id(), applicant });
        let receipt = executor.execute::<Selection>(selection.uuid(), take_in, order).await?;
        if let Some(refusal) = receipt.refusal {
            let application = event.stream.id;
            tracing::warn!(%application, code = refusal.code, "an application was not taken in");
        }
        Ok(())
    }
}
