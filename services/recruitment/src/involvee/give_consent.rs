//! Give consent: someone agrees to one thing, in the wording they were shown.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Consent, Event, Involvee, Refusal};
use crate::wording::Wording;

/// Asked by the person, or for them. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// To what.
    pub consent: Consent,
    /// In which wording.
    #[schema(max_length = 40)]
    pub wording_version: String,
}

impl GiveConsent {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("wording_version", &self.wording_version, 40);
        wording.found()
    }

    /// At any time; a newer wording replaces an older.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { consent, wording_version } = self;
        if state.registered()?.consents.get(&consent) == Some(&wording_version) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ConsentGiven { consent, wording_version }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn give(wording_version: &str) -> GiveConsent {
        GiveConsent { consent: Consent::NamedInPublic, wording_version: wording_version.to_owned() }
    }

    #[test]
    fn someone_agrees_to_one_thing() {
        given(vec![registered()])
            .when(online(ANA, now()), Command::GiveConsent(give("2027-1")))
            .then(consent_given());
    }

    #[test]
    fn told_twice_they_agreed_once() {
        given(vec![registered(), consent_given()])
            .when(online(ANA, now()), Command::GiveConsent(give("2027-1")))
            .then_nothing();
    }

    #[test]
    fn another_wording_is_agreed_to_anew() {
        given(vec![registered(), consent_given()])
            .when(online(ANA, now()), Command::GiveConsent(give("2027-2")))
            .then(Event::ConsentGiven {
                consent: Consent::NamedInPublic,
                wording_version: "2027-2".to_owned(),
            });
        assert_eq!(give("2027-2").malformed(), []);
        assert_eq!(give("").malformed().len(), 1);
    }

    #[test]
    fn whoever_agrees_is_registered() {
        given(vec![])
            .when(online(ANA, now()), Command::GiveConsent(give("2027-1")))
            .then_refused(Refusal::NotRegistered);
    }
}
