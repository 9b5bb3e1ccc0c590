//! Accept: the person says yes, themself or by staff who type in what came from them. The reminders
//! before the end of the term are armed.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Appointment, Event, NotTaken, Place, Refusal};

/// Asked with nothing to say. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptPlace)]
pub struct Accept {}

impl Accept {
    /// However late, as no offer lapses by itself; and also after a human let it lapse, where the
    /// answer had arrived before that and was typed in afterwards. Not once it was declined.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Appointment::Offered(place) => take(place, occasion),
            Appointment::NotTaken(place, NotTaken::Lapsed { lapsed_at })
                if occasion.received_at < *lapsed_at =>
            {
                take(place, occasion)
            }
            Appointment::Held(it) => {
                it.place.said_by_its_person(occasion)?;
                Ok(Vec::new())
            }
            Appointment::NotOffered => Err(Refusal::NotOffered),
            Appointment::NotTaken(_, how) => Err(how.refusal()),
            Appointment::Ended(..) => Err(Refusal::Ended),
        }
    }
}

fn take(place: &Place, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
    place.said_by_its_person(occasion)?;
    if place.term.over_at <= occasion.received_at {
        return Err(Refusal::TermOver);
    }
    let reminders =
        place.rule.reminders(&place.term, occasion.taken_at).ok_or(Refusal::BeyondTheCalendar)?;
    Ok(vec![Event::Accepted {
        seat: place.seat,
        group: place.group,
        person: place.person,
        opportunity: place.opportunity,
        term: place.term,
        terms_version: place.terms_version.clone(),
        reminders,
    }])
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn accept() -> Command {
        Command::Accept(Accept {})
    }

    #[test]
    fn the_person_says_yes_and_reminders_are_armed_before_the_end() {
        given(until_offered()).when(online(PERSON, accepting()), accept()).then(accepted());
    }

    #[test]
    fn staff_type_in_a_yes_that_came_by_post() {
        given(until_offered())
            .when(typed(STAFF, PERSON, offering(), accepting()), accept())
            .then(accepted());
    }

    #[test]
    fn a_yes_after_the_hoped_for_day_counts_while_nobody_has_let_the_offer_lapse() {
        given(until_offered()).when(online(PERSON, too_long()), accept()).then(accepted());
    }

    #[test]
    fn a_yes_that_had_arrived_before_the_lapse_counts_when_it_is_typed_in() {
        let received = at("2027-01-26T09:59:59Z");
        given(until_lapsed())
            .when(typed(STAFF, PERSON, received, mid_term()), accept())
            .then(accepted());
        given(until_lapsed())
            .when(typed(STAFF, PERSON, too_long(), mid_term()), accept())
            .then_refused(Refusal::Lapsed);
    }

    #[test]
    fn told_twice_it_is_accepted_once() {
        for history in [until_accepted(), until_renewed(), until_resigned()] {
            given(history).when(online(PERSON, near_the_end()), accept()).then_nothing();
        }
    }

    #[test]
    fn nobody_else_says_yes() {
        let mut by_policy = online(OTHER, accepting());
        by_policy.taken = Taken::Policy;
        for history in [until_offered(), until_accepted()] {
            for occasion in [
                online(STAFF, accepting()),
                online(OTHER, accepting()),
                typed(STAFF, OTHER, offering(), accepting()),
                by_policy.clone(),
            ] {
                given(history.clone()).when(occasion, accept()).then_refused(Refusal::NotTheirs);
            }
        }
    }

    #[test]
    fn what_came_to_nothing_is_not_accepted() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_declined(), Refusal::Declined),
            (until_lapsed(), Refusal::Lapsed),
            (until_withdrawn(), Refusal::OfferWithdrawn),
            (until_ended(), Refusal::Ended),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(PERSON, staying_on()), accept()).then_refused(refusal);
        }
    }

    #[test]
    fn a_term_that_is_over_is_not_accepted() {
        given(until_offered())
            .when(online(PERSON, over_at()), accept())
            .then_refused(Refusal::TermOver);
        let last_moment = at("2028-02-29T23:59:59Z");
        let events = given(until_offered())
            .when(typed(STAFF, PERSON, last_moment, staying_on()), accept())
            .events();
        let [Event::Accepted { reminders, .. }] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(reminders, &[]);
    }

    #[test]
    fn a_reminder_whose_time_has_passed_is_not_armed() {
        let armed_at = |now| {
            let events = given(until_offered()).when(online(PERSON, now), accept()).events();
            let [Event::Accepted { reminders, .. }] = events.as_slice() else {
                panic!("{events:?}")
            };
            reminders.iter().map(|it| it.due_at).collect::<Vec<_>>()
        };
        assert_eq!(armed_at(at("2027-08-29T07:59:59Z")), [due_at(0), due_at(1), due_at(2)]);
        assert_eq!(armed_at(due_at(0)), [due_at(1), due_at(2)]);
        assert_eq!(armed_at(due_at(2)), []);
    }
}
