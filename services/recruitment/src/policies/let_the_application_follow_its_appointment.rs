//! Whenever a place that an application led to is offered, accepted, not taken or has ended, the
//! application says so. One sentence for all of it, as each holds only in the order in which it
//! happened: an offer may be accepted after it lapsed, where the answer had arrived before that.

use async_trait::async_trait;
use contracts::AppointmentId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};
use jiff::civil::Date;

use crate::application::{
    Application, Command, NotTaken, RecordAppointment, RecordPlaceEnded, RecordPlaceNotTaken,
    RecordPlaceOffered,
};
use crate::appointment::{Appointment, Event};
use crate::london::day_of;
use crate::views::appointment::place;

/// The policy.
#[derive(Debug)]
pub struct LetTheApplicationFollow;

#[async_trait]
impl Policy for LetTheApplicationFollow {
    fn name(&self) -> &'static str {
        "let_the_application_follow_its_appointment"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Appointment::TYPE {
            return Ok(());
        }
        let metadata = event.metadata()?;
        let asked = asked(event.id(), event.decode()?, day_of(metadata.received_at));
        let Some(command) = asked else { return Ok(()) };
        // What was offered stands in the offer, and never changes after it.
        let offered = executor.load::<Appointment>(event.stream.id).await?.room;
        let Some(application) = place(&offered).and_then(|place| place.application) else {
            return Ok(());
        };
        let correlation = metadata.correlation_id;
        let target = application.to_string();
        let order = order(self.name(), &target, event.event_id, correlation, executor.clock());
        let receipt = executor.execute::<Application>(application.uuid(), command, order).await?;
        if let Some(refusal) = receipt.refusal {
            let appointment = event.stream.id;
            let code = refusal.code;
            tracing::warn!(%application, %appointment, code, "an application did not follow");
        }
        Ok(())
    }
}

fn asked(appointment: AppointmentId, event: Event, received_on: Date) -> Option<Command> {
    let not_taken =
        |how| Some(Command::RecordPlaceNotTaken(RecordPlaceNotTaken { appointment, how }));
    match event {
        Event::Offered(_) => {
            let offered_on = received_on;
            Some(Command::RecordPlaceOffered(RecordPlaceOffered { appointment, offered_on }))
        }
        Event::Accepted { .. } => {
            Some(Command::RecordAppointment(RecordAppointment { appointment }))
        }
        Event::Declined { .. } => not_taken(NotTaken::Declined {}),
        Event::OfferLapsed { lapsed_at, .. } => {
            not_taken(NotTaken::Lapsed { on: day_of(lapsed_at) })
        }
        Event::OfferWithdrawn { reason, .. } => not_taken(NotTaken::TakenBack { reason }),
        Event::Ended { last_day, .. } => {
            Some(Command::RecordPlaceEnded(RecordPlaceEnded { appointment, last_day }))
        }
        // While the place is held, the application has led to it.
        Event::ReminderCameDue { .. }
        | Event::ReminderAnswered { .. }
        | Event::Renewed { .. }
        | Event::EndConfirmed { .. }
        | Event::Resigned { .. }
        | Event::StaysOn { .. } => None,
    }
}
