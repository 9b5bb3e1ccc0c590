//! Whenever someone accepts a place that an application led to, the application says that they hold
//! it.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};

use crate::application::{Application, Command, RecordAppointment};
use crate::appointment::{Appointment, Event};
use crate::views::appointment::place;

/// The policy.
#[derive(Debug)]
pub struct RecordTheAppointment;

#[async_trait]
impl Policy for RecordTheAppointment {
    fn name(&self) -> &'static str {
        "record_the_appointment_when_an_offer_is_accepted"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Appointment::TYPE || !is_acceptance(&event.decode()?) {
            return Ok(());
        }
        // What was offered stands in the offer, and never changes after it.
        let offered = executor.load::<Appointment>(event.stream.id).await?.room;
        let Some(application) = place(&offered).and_then(|place| place.application) else {
            return Ok(());
        };
        let correlation = event.metadata()?.correlation_id;
        let target = application.to_string();
        let order = order(self.name(), &target, event.event_id, correlation, executor.clock());
        let record = Command::RecordAppointment(RecordAppointment { appointment: event.id() });
        let receipt = executor.execute::<Application>(application.uuid(), record, order).await?;
        if let Some(refusal) = receipt.refusal {
            tracing::warn!(%application, code = refusal.code, "an appointment was not recorded");
        }
        Ok(())
    }
}

fn is_acceptance(event: &Event) -> bool {
    match event {
        Event::Accepted { .. } => true,
        Event::Offered(_)
        | Event::Declined { .. }
        | Event::OfferLapsed { .. }
        | Event::OfferWithdrawn { .. }
        | Event::ReminderCameDue { .. }
        | Event::ReminderAnswered { .. }
        | Event::Renewed { .. }
        | Event::EndConfirmed { .. }
        | Event::Resigned { .. }
        | Event::StaysOn { .. }
        | Event::Ended { .. } => false,
    }
}
