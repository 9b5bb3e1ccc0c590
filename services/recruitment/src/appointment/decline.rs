//! Decline: the person says no. They need give no reason, and none is asked for again.

use contracts::Sealed;
use eventstore::Occasion;

use super::{Appointment, Event, NotTaken, Refusal, WordsOnLeaving};

/// Asked by the person, or by staff who type in what came from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decline {
    /// What they wish to say, sealed at the edge; nothing where they would rather not.
    pub words: Option<Sealed<WordsOnLeaving>>,
}

impl Decline {
    /// While the offer stands.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Appointment::Offered(place) => {
                place.said_by_its_person(occasion)?;
                Ok(vec![Event::Declined {
                    seat: place.seat,
                    person: place.person,
                    opportunity: place.opportunity,
                    words: self.words,
                }])
            }
            Appointment::NotTaken(place, NotTaken::Declined) => {
                place.said_by_its_person(occasion)?;
                Ok(Vec::new())
            }
            Appointment::Held(_) => Err(Refusal::Accepted),
            Appointment::NotOffered => Err(Refusal::NotOffered),
            Appointment::NotTaken(_, how) => Err(how.refusal()),
            Appointment::Ended(..) => Err(Refusal::Ended),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{online, typed};

    fn decline() -> Command {
        Command::Decline(Decline::default())
    }

    #[test]
    fn the_person_says_no_and_would_rather_not_say_why() {
        given(until_offered()).when(online(PERSON, accepting()), decline()).then(declined(None));
    }

    #[test]
    fn what_they_wish_to_say_is_kept_sealed() {
        given(until_offered())
            .when(
                typed(STAFF, PERSON, offering(), accepting()),
                Command::Decline(Decline { words: Some(words()) }),
            )
            .then(declined(Some(words())));
    }

    #[test]
    fn told_twice_it_is_declined_once() {
        given(until_declined()).when(online(PERSON, accepting()), decline()).then_nothing();
    }

    #[test]
    fn nobody_else_says_no() {
        for history in [until_offered(), until_declined()] {
            given(history)
                .when(online(STAFF, accepting()), decline())
                .then_refused(Refusal::NotTheirs);
        }
    }

    #[test]
    fn what_was_accepted_is_resigned_and_what_came_to_nothing_is_left() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_accepted(), Refusal::Accepted),
            (until_lapsed(), Refusal::Lapsed),
            (until_withdrawn(), Refusal::OfferWithdrawn),
            (until_ended(), Refusal::Ended),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(PERSON, accepting()), decline()).then_refused(refusal);
        }
    }
}
