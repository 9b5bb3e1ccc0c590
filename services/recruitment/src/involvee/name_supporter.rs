//! Name a supporter: a person says who may act for them here.

use contracts::PersonId;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Involvee, Refusal};

/// Asked by the person, or for them by staff. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameSupporter {
    /// Who.
    pub supporter: PersonId,
}

impl NameSupporter {
    /// Whoever is named last supports. A supporter names neither a successor nor themselves.
    pub fn decide(self, state: &Involvee, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        if profile.supporter == Some(self.supporter) {
            return Ok(Vec::new());
        }
        let by_supporter =
            occasion.actor == self.supporter || profile.supporter == Some(occasion.actor);
        if by_supporter || self.supporter == profile.person {
            return Err(Refusal::SupporterNotTheirsToName);
        }
        Ok(vec![Event::SupporterNamed { supporter: self.supporter }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{online, typed};

    fn name(supporter: PersonId) -> Command {
        Command::NameSupporter(NameSupporter { supporter })
    }

    #[test]
    fn a_person_says_who_supports_them() {
        given(vec![registered()]).when(online(ANA, now()), name(BEN)).then(supporter_named());
        given(vec![registered()])
            .when(typed(COORDINATOR, ANA, now(), now()), name(BEN))
            .then(supporter_named());
    }

    #[test]
    fn told_twice_the_supporter_is_named_once() {
        given(vec![registered(), supporter_named()])
            .when(online(ANA, now()), name(BEN))
            .then_nothing();
    }

    #[test]
    fn someone_else_may_support_them_from_now_on() {
        given(vec![registered(), supporter_named()])
            .when(online(ANA, now()), name(CLEO))
            .then(Event::SupporterNamed { supporter: CLEO });
    }

    #[test]
    fn nobody_names_themselves_and_no_supporter_a_successor() {
        for (who, supporter) in [(ANA, ANA), (BEN, CLEO), (CLEO, CLEO)] {
            given(vec![registered(), supporter_named()])
                .when(typed(who, ANA, now(), now()), name(supporter))
                .then_refused(Refusal::SupporterNotTheirsToName);
        }
    }

    #[test]
    fn whoever_is_supported_is_registered() {
        given(vec![]).when(online(ANA, now()), name(BEN)).then_refused(Refusal::NotRegistered);
    }
}
