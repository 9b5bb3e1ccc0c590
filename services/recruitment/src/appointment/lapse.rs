//! Lapse: nobody has heard from the person, and a human who tried to reach them by their own channel
//! lets the offer lapse. No timer ever does.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Appointment, Event, NotTaken, Refusal};
use crate::contacted::Contacted;
use crate::london::day_of;

/// Asked by staff. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lapse {
    /// How and when they were tried.
    pub contact: Contacted,
}

impl Lapse {
    /// After the day by which an answer was hoped for, and after the person was tried.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Appointment::Offered(place) => {
                place.decided_by_another(occasion)?;
                if day_of(occasion.received_at) <= place.answer_by {
                    return Err(Refusal::StillToAnswer { answer_by: place.answer_by });
                }
                if self.contact.is_to_come(occasion) {
                    return Err(Refusal::ContactToCome);
                }
                Ok(vec![Event::OfferLapsed {
                    seat: place.seat,
                    person: place.person,
                    opportunity: place.opportunity,
                    contact: self.contact,
                    lapsed_at: occasion.taken_at,
                }])
            }
            Appointment::NotTaken(_, NotTaken::Lapsed { .. }) => Ok(Vec::new()),
            Appointment::Held(_) => Err(Refusal::Accepted),
            Appointment::NotOffered => Err(Refusal::NotOffered),
            Appointment::NotTaken(_, how) => Err(how.refusal()),
            Appointment::Ended(..) => Err(Refusal::Ended),
        }
    }
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;
    use jiff::civil::{Date, date};

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::contacted::Channel;
    use crate::story::{at, online, typed};

    fn lapse_after(on: Date) -> Command {
        Command::Lapse(Lapse { contact: Contacted { by: Channel::Phone, on } })
    }

    fn lapse() -> Command {
        lapse_after(date(2027, 1, 26))
    }

    #[test]
    fn a_human_who_tried_to_reach_the_person_lets_the_offer_lapse() {
        given(until_offered()).when(online(STAFF, too_long()), lapse()).then(lapsed());
    }

    #[test]
    fn no_timer_and_no_policy_ever_does() {
        for taken in [Taken::Timer, Taken::Policy] {
            let mut occasion = online(STAFF, too_long());
            occasion.taken = taken;
            given(until_offered()).when(occasion, lapse()).then_refused(Refusal::HumanMustDecide);
        }
    }

    #[test]
    fn the_person_has_until_the_end_of_the_day_to_answer() {
        given(until_offered())
            .when(online(STAFF, at("2027-01-25T23:59:59Z")), lapse_after(date(2027, 1, 25)))
            .then_refused(Refusal::StillToAnswer { answer_by: answer_by() });
    }

    #[test]
    fn a_planned_call_is_no_call() {
        given(until_offered())
            .when(online(STAFF, too_long()), lapse_after(date(2027, 1, 27)))
            .then_refused(Refusal::ContactToCome);
    }

    #[test]
    fn nobody_lets_their_own_offer_lapse() {
        for occasion in [online(PERSON, too_long()), typed(STAFF, PERSON, too_long(), too_long())] {
            given(until_offered())
                .when(occasion, lapse())
                .then_refused(Refusal::SomeoneElseMustDecide);
        }
    }

    #[test]
    fn told_twice_it_lapses_once() {
        given(until_lapsed()).when(online(STAFF, too_long()), lapse()).then_nothing();
    }

    #[test]
    fn only_an_open_offer_lapses() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_accepted(), Refusal::Accepted),
            (until_declined(), Refusal::Declined),
            (until_withdrawn(), Refusal::OfferWithdrawn),
            (until_ended(), Refusal::Ended),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, too_long()), lapse()).then_refused(refusal);
        }
    }
}
