//! Withdraw offer: the trust takes an offer back before it is answered, because the place is not
//! needed any more, and says so.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Appointment, Event, NotTaken, Refusal};
use crate::wording::Wording;

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawOffer {
    /// Why, in words for the person and about the place.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl WithdrawOffer {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.paragraph("reason", &self.reason);
        wording.found()
    }

    /// Until it is answered.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Appointment::Offered(place) => {
                place.decided_by_another(occasion)?;
                Ok(vec![Event::OfferWithdrawn {
                    seat: place.seat,
                    person: place.person,
                    opportunity: place.opportunity,
                    reason: self.reason,
                }])
            }
            Appointment::NotTaken(_, NotTaken::Withdrawn { reason }) if *reason == self.reason => {
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
    use eventstore::Taken;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn withdraw(reason: &str) -> Command {
        Command::WithdrawOffer(WithdrawOffer { reason: reason.to_owned() })
    }

    #[test]
    fn an_offer_is_taken_back_before_it_is_answered_and_the_person_is_told_why() {
        given(until_offered()).when(online(STAFF, accepting()), withdraw(REASON)).then(withdrawn());
    }

    #[test]
    fn told_twice_it_is_taken_back_once_and_for_one_reason() {
        given(until_withdrawn()).when(online(STAFF, accepting()), withdraw(REASON)).then_nothing();
        given(until_withdrawn())
            .when(online(STAFF, accepting()), withdraw("There is no money."))
            .then_refused(Refusal::OfferWithdrawn);
    }

    #[test]
    fn a_human_does_it_and_someone_else_than_the_person() {
        let mut by_policy = online(STAFF, accepting());
        by_policy.taken = Taken::Policy;
        given(until_offered())
            .when(by_policy, withdraw(REASON))
            .then_refused(Refusal::HumanMustDecide);
        given(until_offered())
            .when(online(PERSON, accepting()), withdraw(REASON))
            .then_refused(Refusal::SomeoneElseMustDecide);
    }

    #[test]
    fn what_was_answered_is_not_taken_back() {
        let refusals = [
            (vec![], Refusal::NotOffered),
            (until_accepted(), Refusal::Accepted),
            (until_declined(), Refusal::Declined),
            (until_lapsed(), Refusal::Lapsed),
            (until_ended(), Refusal::Ended),
        ];
        for (history, refusal) in refusals {
            given(history).when(online(STAFF, accepting()), withdraw(REASON)).then_refused(refusal);
        }
    }

    #[test]
    fn a_reason_is_written() {
        assert_eq!(WithdrawOffer { reason: REASON.to_owned() }.malformed(), []);
        assert_eq!(WithdrawOffer { reason: " ".to_owned() }.malformed().len(), 1);
    }
}
