//! The one door in: of all that the recruitment service tells, what is heard here, and nothing more.
//! Total, so that a new fact has to say here whether it concerns what people are paid.

use std::collections::BTreeSet;

use contracts::fact::Unreadable;
use contracts::personal::PersonName;
use contracts::recruitment::Fact as Told;
use contracts::recruitment::sessions::{Attended, Planned, WorkAccepted};
use contracts::{PersonId, Sealed};
use messaging::Fact;
use uuid::Uuid;

/// What concerns this service.
#[derive(Debug)]
pub(crate) enum Heard {
    /// What someone is called, from now on.
    Named {
        /// Who.
        person: PersonId,
        /// Sealed for them.
        name: Sealed<PersonName>,
    },
    /// Where someone belongs, from now on.
    Localities {
        /// Who.
        person: PersonId,
        /// What they chose; none means all.
        localities: BTreeSet<String>,
    },
    /// One more account acts for a person.
    Linked {
        /// Which account.
        account: Uuid,
        /// For whom.
        person: PersonId,
    },
    /// That account acts for them no longer.
    Unlinked {
        /// Which account.
        account: Uuid,
    },
    /// There is such a session.
    Planned(Box<Planned>),
    /// What holds of one person and one session from now on.
    Attended(Attended),
    /// A piece of work may be paid for.
    WorkAccepted(Box<WorkAccepted>),
    /// Nothing that anyone is paid for.
    Nothing,
}

/// What a message tells this service.
pub(crate) fn heard(fact: &Fact) -> Result<Heard, Unreadable> {
    let Some(told) = fact.read::<Told>()? else { return Ok(Heard::Nothing) };
    Ok(match told {
        Told::Registered { person, name, .. } | Told::Renamed { person, name } => {
            Heard::Named { person, name }
        }
        Told::LocalitiesChosen { person, localities } => Heard::Localities { person, localities },
        Told::AccountLinked { person, account } => Heard::Linked { account, person },
        Told::AccountUnlinked { account, .. } => Heard::Unlinked { account },
        Told::SessionPlanned(it) => Heard::Planned(it),
        Told::AttendanceRecorded(it) | Told::AttendanceCorrected(it) => Heard::Attended(it),
        Told::WorkAccepted(it) => Heard::WorkAccepted(it),
        Told::ChannelChosen { .. }
        | Told::FormatsRecorded { .. }
        | Told::OpportunityMatched { .. }
        | Told::ApplicationSubmitted { .. }
        | Told::ApplicationWithdrawn { .. }
        | Told::ApplicationOffered { .. }
        | Told::ApplicationKeptInReserve { .. }
        | Told::ApplicationOpportunityWithdrawn { .. }
        | Told::ApplicationNotSelected { .. }
        | Told::OutcomesTold { .. }
        | Told::GroupEstablished { .. }
        | Told::GroupRenamed { .. }
        | Told::SeatAdded { .. }
        | Told::SeatVacated(_)
        | Told::AppointmentOffered(_)
        | Told::AppointmentAccepted(_)
        | Told::AppointmentDeclined(_)
        | Told::AppointmentOfferLapsed(_)
        | Told::AppointmentOfferWithdrawn { .. }
        | Told::ReminderCameDue(_)
        | Told::AppointmentRenewed(_)
        | Told::AppointmentEndConfirmed(_)
        | Told::AppointmentStaysOn(_)
        | Told::AppointmentEnded(_)
        | Told::SessionConfirmed { .. }
        | Told::SessionRescheduled(_)
        | Told::SessionCancelled(_) => Heard::Nothing,
    })
}
