//! Whenever a panel's outcome for someone is released, their application says so, with the reason in
//! words for them. All outcomes of a round are released at one moment, so nobody reads theirs early.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};

use crate::application::{Application, Command, RecordOutcome};
use crate::selection::{Event, Selection};

/// The policy.
#[derive(Debug)]
pub struct LetTheApplicantKnow;

#[async_trait]
impl Policy for LetTheApplicantKnow {
    fn name(&self) -> &'static str {
        "let_the_applicant_know_when_an_outcome_is_released"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Selection::TYPE {
            return Ok(());
        }
        let (application, decision, reason) = match event.decode::<Event>()? {
            Event::OutcomeReleased { application, decision, reason, .. } => {
                (application, decision, reason)
            }
            Event::ApplicationTakenIn { .. }
            | Event::ApplicantWithdrawn { .. }
            | Event::Begun { .. }
            | Event::PutOff {}
            | Event::Resumed {}
            | Event::CalledOff {}
            | Event::PanelFormed { .. }
            | Event::MemberStoodDown { .. }
            | Event::ConflictDeclared { .. }
            | Event::Scored { .. }
            | Event::ScoresLocked { .. }
            | Event::DecisionRecorded { .. }
            | Event::OutcomeApproved { .. }
            | Event::ApprovalSetAside {}
            | Event::TellingPutOff { .. }
            | Event::OutcomesTold { .. } => return Ok(()),
        };
        let correlation = event.metadata()?.correlation_id;
        let target = application.to_string();
        let order = order(self.name(), &target, event.event_id, correlation, executor.clock());
        let outcome = RecordOutcome { selection: event.id(), decision, reason };
        let record = Command::RecordOutcome(outcome);
        let receipt = executor.execute::<Application>(application.uuid(), record, order).await?;
        if let Some(refusal) = receipt.refusal {
            // Such as by whoever withdrew at the very moment: they are told nothing more.
            tracing::info!(%application, code = refusal.code, "an outcome was not recorded");
        }
        Ok(())
    }
}
