//! Whenever an appointment is accepted, renewed or has ended, its seat is filled, prolonged or
//! vacated. One sentence for all three, as each holds only in the order in which they happened: a
//! seat is vacated by its old appointment before it is filled by the next.

use async_trait::async_trait;
use contracts::{AppointmentId, SeatId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::policy::order;
use eventstore::{Executor, Policy, PolicyError};

use crate::appointment::{Appointment, Event};
use crate::seat::{Command, Fill, Prolong, Seat, Vacate};

/// The policy.
#[derive(Debug)]
pub struct LetTheSeatFollow;

#[async_trait]
impl Policy for LetTheSeatFollow {
    fn name(&self) -> &'static str {
        "let_the_seat_follow_its_appointment"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Appointment::TYPE {
            return Ok(());
        }
        let Some((seat, command)) = asked(event.id(), &event.decode()?) else { return Ok(()) };
        let correlation = event.metadata()?.correlation_id;
        let target = seat.to_string();
        let order = order(self.name(), &target, event.event_id, correlation, executor.clock());
        let receipt = executor.execute::<Seat>(seat.uuid(), command, order).await?;
        if let Some(refusal) = receipt.refusal {
            let appointment = event.stream.id;
            tracing::warn!(%appointment, %seat, code = refusal.code, "a seat did not follow");
        }
        Ok(())
    }
}

fn asked(appointment: AppointmentId, event: &Event) -> Option<(SeatId, Command)> {
    match *event {
        Event::Accepted { seat, person, term, .. } => {
            let (from, until) = (term.from, term.ends_on);
            Some((seat, Command::Fill(Fill { appointment, person, from, until })))
        }
        Event::Renewed { seat, term, .. } => {
            Some((seat, Command::Prolong(Prolong { appointment, until: term.ends_on })))
        }
        Event::Ended { seat, why, last_day, .. } => {
            Some((seat, Command::Vacate(Vacate { appointment, why, last_day })))
        }
        // Nobody holds a seat who has not accepted, and whoever stays on still holds it.
        Event::Offered(_)
        | Event::Declined { .. }
        | Event::OfferLapsed { .. }
        | Event::OfferWithdrawn { .. }
        | Event::ReminderCameDue { .. }
        | Event::ReminderAnswered { .. }
        | Event::EndConfirmed { .. }
        | Event::Resigned { .. }
        | Event::StaysOn { .. } => None,
    }
}
