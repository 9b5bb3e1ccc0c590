//! What others hear of groups, seats and who holds them. Who a seat is for is told only where nobody
//! is named; what someone said on leaving, and why a human ended a place, stay here.

use contracts::recruitment::{
    Ending, Fact, NotTaken, OfferWithdrawn, Offered, Reminder, Renewed, SeatRole, SeatVacated,
    StaysOn, TermBegun, WhyEnded,
};
use contracts::{AppointmentId, GroupId, OpportunityId, PersonId, SeatId};

use crate::{appointment, group, seat};

pub(super) fn of_group(group: GroupId, event: group::Event) -> Option<Fact> {
    match event {
        group::Event::Established(charter) => {
            let group::Charter { name, locality, .. } = *charter;
            Some(Fact::GroupEstablished { group, name, locality })
        }
        group::Event::Renamed { name, .. } => Some(Fact::GroupRenamed { group, name }),
        group::Event::Closed { .. } => None,
    }
}

pub(super) fn of_seat(seat: SeatId, event: seat::Event) -> Option<Fact> {
    match event {
        seat::Event::Added(place) => {
            Some(Fact::SeatAdded { seat, group: place.group, role: role(place.role) })
        }
        seat::Event::Vacated {
            group,
            role: holder_does,
            constituency,
            locality,
            term_months,
            vacant_from,
            why,
            recruiting_through,
            appointment: _,
        } => Some(Fact::SeatVacated(Box::new(SeatVacated {
            seat,
            group,
            role: role(holder_does),
            constituency,
            locality,
            term_months,
            vacant_from,
            needs_opportunity: recruiting_through.is_none() && role_goes_on(why),
        }))),
        // Who holds it, the appointment tells.
        seat::Event::Filled { .. }
        | seat::Event::Prolonged { .. }
        | seat::Event::Reserved { .. }
        | seat::Event::Released { .. }
        | seat::Event::Abolished { .. } => None,
    }
}

fn role(role: seat::SeatRole) -> SeatRole {
    match role {
        seat::SeatRole::Member => SeatRole::Member,
        seat::SeatRole::Chair => SeatRole::Chair,
        seat::SeatRole::ViceChair => SeatRole::ViceChair,
        seat::SeatRole::Other { label } => SeatRole::Other { label },
    }
}

fn role_goes_on(why: WhyEnded) -> bool {
    match why {
        WhyEnded::RoleEnded => false,
        WhyEnded::TermComplete | WhyEnded::Resigned | WhyEnded::SteppedDown => true,
    }
}

pub(super) fn of_appointment(
    appointment: AppointmentId,
    event: appointment::Event,
) -> Option<Fact> {
    use appointment::Event;

    let ending = |seat, group, person, why, last_day| Ending {
        appointment,
        seat,
        group,
        person,
        why,
        last_day,
    };
    match event {
        Event::Offered(place) => Some(offered(appointment, *place)),
        Event::Accepted { seat, group, person, opportunity, term, .. } => {
            Some(Fact::AppointmentAccepted(Box::new(TermBegun {
                appointment,
                seat,
                group,
                person,
                opportunity,
                starts_on: term.from,
                ends_on: term.ends_on,
            })))
        }
        Event::Declined { seat, person, opportunity, words: _ } => {
            Some(Fact::AppointmentDeclined(not_taken(appointment, seat, person, opportunity)))
        }
        Event::OfferLapsed { seat, person, opportunity, .. } => {
            Some(Fact::AppointmentOfferLapsed(not_taken(appointment, seat, person, opportunity)))
        }
        Event::OfferWithdrawn { seat, person, opportunity, reason } => {
            Some(Fact::AppointmentOfferWithdrawn(Box::new(OfferWithdrawn {
                appointment,
                seat,
                person,
                opportunity,
                reason,
            })))
        }
        Event::ReminderCameDue { step, to, question, ends_on, seat, group, person } => {
            Some(Fact::ReminderCameDue(Box::new(Reminder {
                appointment,
                seat,
                group,
                person,
                step,
                to,
                question,
                ends_on,
            })))
        }
        Event::Renewed { term, seat, group, person, .. } => {
            let (starts_on, ends_on) = (term.from, term.ends_on);
            let renewed = Renewed { appointment, seat, group, person, starts_on, ends_on };
            Some(Fact::AppointmentRenewed(renewed))
        }
        Event::EndConfirmed { grounds, last_day, seat, group, person, .. } => Some(
            Fact::AppointmentEndConfirmed(ending(seat, group, person, grounds.why(), last_day)),
        ),
        Event::Resigned { last_day, seat, group, person, .. } => {
            let settled = ending(seat, group, person, WhyEnded::Resigned, last_day);
            Some(Fact::AppointmentEndConfirmed(settled))
        }
        Event::StaysOn { term_ended_on, seat, group, person } => {
            let stays_on = StaysOn { appointment, seat, group, person, term_ended_on };
            Some(Fact::AppointmentStaysOn(stays_on))
        }
        Event::Ended { why, last_day, seat, group, person } => {
            Some(Fact::AppointmentEnded(ending(seat, group, person, why, last_day)))
        }
        // It decides nothing, and staff of this service see it.
        Event::ReminderAnswered { .. } => None,
    }
}

fn offered(appointment: AppointmentId, place: appointment::Place) -> Fact {
    Fact::AppointmentOffered(Box::new(Offered {
        appointment,
        seat: place.seat,
        group: place.group,
        person: place.person,
        opportunity: place.opportunity,
        starts_on: place.term.from,
        ends_on: place.term.ends_on,
        answer_by: place.answer_by,
        terms_version: place.terms_version,
    }))
}

fn not_taken(
    appointment: AppointmentId,
    seat: SeatId,
    person: PersonId,
    opportunity: Option<OpportunityId>,
) -> NotTaken {
    NotTaken { appointment, seat, person, opportunity }
}
