//! Whenever an application is submitted, it is among those its opportunity's panel decides on. Where
//! the panel's outcomes have been told already it can be so no longer, and staff see it waiting;
//! where its opportunity was withdrawn while it was on its way, its person is told so.

use async_trait::async_trait;
use contracts::OpportunityId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};

use crate::application::{self, Application, Event, RecordOpportunityWithdrawn};
use crate::selection::{Command, Selection, TakeIn};
use crate::views::known_opportunity;

const NAME: &str = "take_an_application_in_when_it_is_submitted";

/// The policy.
#[derive(Debug)]
pub struct TakeAnApplicationIn;

#[async_trait]
impl Policy for TakeAnApplicationIn {
    fn name(&self) -> &'static str {
        NAME
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
            | Event::OpportunityWithdrawn { .. }
            | Event::PlaceOffered { .. }
            | Event::Appointed { .. }
            | Event::PlaceNotTaken { .. }
            | Event::PlaceEnded { .. } => return Ok(()),
        };
        let selection = Selection::of(opportunity);
        let correlation = event.metadata()?.correlation_id;
        let target = selection.to_string();
        let order = order(NAME, &target, event.event_id, correlation, executor.clock());
        let take_in = Command::TakeIn(TakeIn { application: event.id(), applicant });
        let receipt = executor.execute::<Selection>(selection.uuid(), take_in, order).await?;
        if let Some(refusal) = receipt.refusal {
            let application = event.stream.id;
            tracing::warn!(%application, code = refusal.code, "an application was not taken in");
            tell_if_withdrawn(event, opportunity, executor).await?;
        }
        Ok(())
    }
}

/// Where the row does not say so yet, this application is among those that are told once it does.
async fn tell_if_withdrawn(
    event: &StoredEvent,
    opportunity: OpportunityId,
    executor: &Executor,
) -> Result<(), PolicyError> {
    let known = known_opportunity::one(executor.pool(), opportunity).await?;
    let Some(reason) = known.and_then(|it| it.withdrawn_because) else { return Ok(()) };
    let application = event.stream.id;
    let correlation = event.metadata()?.correlation_id;
    let target = application.to_string();
    let order = order(NAME, &target, event.event_id, correlation, executor.clock());
    let record = RecordOpportunityWithdrawn { reason };
    let record = application::Command::RecordOpportunityWithdrawn(record);
    executor.execute::<Application>(application, record, order).await?;
    Ok(())
}
