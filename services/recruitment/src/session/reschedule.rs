//! Reschedule: a session takes place at another time, and those invited are told why. It has to be
//! confirmed anew.

use eventstore::Occasion;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::meeting::length;
use super::{Event, Meeting, Refusal, Session};
use crate::wording::Wording;

/// Asked by staff or whoever leads the group. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reschedule {
    /// When it begins.
    pub starts_at: Timestamp,
    /// The zone in which people are told it.
    #[schema(max_length = 64)]
    pub zone: String,
    /// How long it is meant to last, in minutes.
    pub length_minutes: u16,
    /// The day by which people have its papers, if there are any.
    #[schema(value_type = Option<String>, format = Date)]
    pub papers_due_on: Option<Date>,
    /// Why, in words for those invited.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl Reschedule {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.zone("zone", &self.zone);
        length(&mut wording, "length_minutes", self.length_minutes);
        wording.paragraph("reason", &self.reason);
        wording.found()
    }

    /// To a time to come, while it has not taken place.
    pub fn decide(self, state: &Session, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Session::Planned(meeting) | Session::Confirmed(meeting) => {
                self.move_it(meeting, occasion)
            }
            Session::NotPlanned => Err(Refusal::NotPlanned),
            Session::Held(..) => Err(Refusal::HeldAlready),
            Session::Cancelled(..) => Err(Refusal::Cancelled),
        }
    }

    fn move_it(self, meeting: &Meeting, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { starts_at, zone, length_minutes, papers_due_on, reason } = self;
        let moved = Meeting { starts_at, zone, length_minutes, papers_due_on, ..meeting.clone() };
        if moved == *meeting {
            return Ok(Vec::new());
        }
        if moved.starts_at <= occasion.taken_at {
            return Err(Refusal::StartPassed);
        }
        if moved.papers_due_on.is_some_and(|it| moved.on() < it) {
            return Err(Refusal::PapersAfterSession);
        }
        Ok(vec![Event::Rescheduled {
            starts_at: moved.starts_at,
            zone: moved.zone,
            length_minutes: moved.length_minutes,
            papers_due_on: moved.papers_due_on,
            reason,
            invited: moved.invited,
        }])
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{after, online};

    fn the_move() -> Reschedule {
        Reschedule {
            starts_at: new_start(),
            zone: "Europe/London".to_owned(),
            length_minutes: 90,
            papers_due_on: Some(date(2027, 6, 15)),
            reason: REASON.to_owned(),
        }
    }

    fn reschedule() -> Command {
        Command::Reschedule(the_move())
    }

    #[test]
    fn a_session_moves_and_those_invited_hear_why() {
        for history in [until_planned(), until_confirmed()] {
            given(history).when(online(STAFF, beforehand()), reschedule()).then(rescheduled());
        }
    }

    #[test]
    fn a_moved_session_is_confirmed_anew() {
        let moved = after::<Session>([until_confirmed(), vec![rescheduled()]].concat());
        let Session::Planned(meeting) = moved else { panic!("{moved:?}") };
        assert_eq!((meeting.starts_at, meeting.length_minutes), (new_start(), 90));
    }

    #[test]
    fn told_twice_it_moves_once() {
        given([until_planned(), vec![rescheduled()]].concat())
            .when(online(STAFF, beforehand()), reschedule())
            .then_nothing();
    }

    #[test]
    fn it_moves_to_a_time_to_come_and_its_papers_come_before_it() {
        given(until_planned())
            .when(online(STAFF, new_start()), reschedule())
            .then_refused(Refusal::StartPassed);
        let late = Reschedule { papers_due_on: Some(date(2027, 6, 23)), ..the_move() };
        given(until_planned())
            .when(online(STAFF, beforehand()), Command::Reschedule(late))
            .then_refused(Refusal::PapersAfterSession);
    }

    #[test]
    fn only_what_has_not_taken_place_moves() {
        let refusals = [
            (vec![], Refusal::NotPlanned),
            (until_recorded(), Refusal::HeldAlready),
            (until_cancelled(), Refusal::Cancelled),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, beforehand()), reschedule()).then_refused(refusal);
        }
    }

    #[test]
    fn a_move_has_a_zone_a_length_and_a_reason() {
        assert_eq!(the_move().malformed(), []);
        let odd = Reschedule {
            zone: "Nowhere".to_owned(),
            length_minutes: 1_441,
            reason: " ".to_owned(),
            ..the_move()
        };
        assert_eq!(odd.malformed().len(), 3);
    }
}
