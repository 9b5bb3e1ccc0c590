//! What the store keeps beside an appointment's events: the timers that ask and that let the last day
//! pass, and the seat that no two appointments may hold. Decides nothing.

use contracts::id::SeatId;
use eventstore::{KeyChange, Room, TimerChange, UniqueKey};
use jiff::Timestamp;

use super::{Appointment, ComeToEnd, Command, Event, Refusal, Remind};
use crate::seat::offer_of;
use crate::term::Armed;

const END: &str = "end";
const REMIND: &str = "remind-";

impl Room for Appointment {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Accepted { term, reminders, .. } => changes(&[], reminders, Some(term.over_at)),
            Event::Renewed { term, reminders, stops, .. } => {
                changes(stops, reminders, Some(term.over_at))
            }
            Event::ReminderAnswered { stops, resumes, .. } => changes(stops, resumes, None),
            Event::EndConfirmed { over_at, stops, .. } | Event::Resigned { over_at, stops, .. } => {
                changes(stops, &[], Some(*over_at))
            }
            Event::Offered(_)
            | Event::Declined { .. }
            | Event::OfferLapsed { .. }
            | Event::OfferWithdrawn { .. }
            | Event::ReminderCameDue { .. }
            | Event::StaysOn { .. }
            | Event::Ended { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Offered(place) => vec![claim(place.seat)],
            // Claimed once more, as the offer may have lapsed in between.
            Event::Accepted { seat, .. } => vec![claim(*seat)],
            Event::Declined { seat, .. }
            | Event::OfferLapsed { seat, .. }
            | Event::OfferWithdrawn { seat, .. }
            | Event::Ended { seat, .. } => vec![KeyChange::Release(offer_of(*seat))],
            Event::ReminderCameDue { .. }
            | Event::ReminderAnswered { .. }
            | Event::Renewed { .. }
            | Event::EndConfirmed { .. }
            | Event::Resigned { .. }
            | Event::StaysOn { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::SeatTaken
    }

    fn due(timer: &str) -> Option<Command> {
        if timer == END {
            return Some(Command::ComeToEnd(ComeToEnd {}));
        }
        timer.strip_prefix(REMIND).map(|step| Command::Remind(Remind { step: step.to_owned() }))
    }
}

fn changes(stops: &[String], reminders: &[Armed], over_at: Option<Timestamp>) -> Vec<TimerChange> {
    let stopped = stops.iter().map(|step| TimerChange::Cancel { name: named(step) });
    let armed =
        reminders.iter().map(|it| TimerChange::Arm { name: named(&it.step), due_at: it.due_at });
    let end = over_at.map(|due_at| TimerChange::Arm { name: END.to_owned(), due_at });
    stopped.chain(armed).chain(end).collect()
}

fn named(step: &str) -> String {
    format!("{REMIND}{step}")
}

fn claim(seat: SeatId) -> KeyChange {
    KeyChange::Claim(offer_of(seat))
}

#[cfg(test)]
mod stories {
    use super::super::Answer;
    use super::super::samples::*;
    use super::*;
    use crate::term::WhyEnded;

    fn arm(name: &str, due_at: Timestamp) -> TimerChange {
        TimerChange::Arm { name: name.to_owned(), due_at }
    }

    fn cancel(name: &str) -> TimerChange {
        TimerChange::Cancel { name: name.to_owned() }
    }

    const NAMES: [&str; 3] = [
        "remind-6-months-before-coordinator-plan-succession",
        "remind-3-months-before-involvee-and-chair-review-talk",
        "remind-1-months-before-involvee-and-chair-end-or-renewal",
    ];

    #[test]
    fn acceptance_arms_each_reminder_and_the_end() {
        assert_eq!(
            Appointment::timers(&accepted()),
            [
                arm(NAMES[0], due_at(0)),
                arm(NAMES[1], due_at(1)),
                arm(NAMES[2], due_at(2)),
                arm("end", over_at()),
            ]
        );
    }

    #[test]
    fn a_renewal_moves_them_all_to_the_new_end() {
        let timers = Appointment::timers(&renewed(None));
        assert_eq!(
            timers,
            [
                arm(NAMES[0], at_new_end(0)),
                arm(NAMES[1], at_new_end(1)),
                arm(NAMES[2], at_new_end(2)),
                arm("end", new_over_at()),
            ]
        );
    }

    #[test]
    fn an_answer_stops_every_reminder_and_not_the_end() {
        assert_eq!(
            Appointment::timers(&answered(Answer::Leave, &[1, 2])),
            [cancel(NAMES[1]), cancel(NAMES[2])]
        );
    }

    #[test]
    fn whoever_leaves_is_asked_no_more_and_the_end_moves_to_their_last_day() {
        let over_at = midnight_after_mid_term_day();
        let settled = settled(stepping_down(), mid_term_day(), &[2]);
        assert_eq!(Appointment::timers(&settled), [cancel(NAMES[2]), arm("end", over_at)]);
        let resigned = resigned(mid_term_day(), None);
        let timers = Appointment::timers(&resigned);
        assert_eq!(timers.last(), Some(&arm("end", over_at)));
    }

    #[test]
    fn each_timer_finds_its_command_and_others_find_none() {
        assert!(matches!(Appointment::due("end"), Some(Command::ComeToEnd(ComeToEnd {}))));
        let Some(Command::Remind(Remind { step })) = Appointment::due(NAMES[0]) else {
            panic!("a reminder has its command")
        };
        assert_eq!(step, "6-months-before-coordinator-plan-succession");
        assert!(Appointment::due("renew").is_none());
    }

    #[test]
    fn a_seat_has_one_offer_or_holder_from_the_offer_to_the_end() {
        let key = UniqueKey { scope: "seat.offer", value: SEAT.to_string() };
        for event in [offered(), accepted()] {
            assert_eq!(Appointment::unique_keys(&event), [KeyChange::Claim(key.clone())]);
        }
        for event in
            [declined(None), lapsed(), withdrawn(), ended(WhyEnded::TermComplete, ends_on())]
        {
            assert_eq!(Appointment::unique_keys(&event), [KeyChange::Release(key.clone())]);
        }
        for event in [renewed(None), stays_on(), came_due(0), resigned(mid_term_day(), None)] {
            assert_eq!(Appointment::unique_keys(&event), []);
        }
        assert_eq!(Appointment::taken(&key), Refusal::SeatTaken);
    }
}
