//! Withdraw consent: someone agrees to a thing no longer. It stops at once, and nobody has to say
//! why.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Consent, Event, Involvee, Refusal};

/// Asked by the person, or for them. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConsent {
    /// To what.
    pub consent: Consent,
}

impl WithdrawConsent {
    /// At any time.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        if state.registered()?.consents.contains_key(&self.consent) {
            Ok(vec![Event::ConsentWithdrawn { consent: self.consent }])
        } else {
            Ok(Vec::new())
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn withdraw() -> Command {
        Command::WithdrawConsent(WithdrawConsent { consent: Consent::OpportunityNews })
    }

    #[test]
    fn someone_agrees_no_longer() {
        given(vec![registered()]).when(online(ANA, now()), withdraw()).then(consent_withdrawn());
    }

    #[test]
    fn told_twice_it_is_withdrawn_once() {
        given(vec![registered(), consent_withdrawn()])
            .when(online(ANA, now()), withdraw())
            .then_nothing();
    }

    #[test]
    fn whoever_withdraws_is_registered() {
        given(vec![]).when(online(ANA, now()), withdraw()).then_refused(Refusal::NotRegistered);
    }
}
