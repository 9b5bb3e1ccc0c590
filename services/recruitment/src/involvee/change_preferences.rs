//! Change preferences: what to hear of, how often, and by which way. Asked whole, remembered as what
//! people did: one event for each thing that differs.

use eventstore::Occasion;

use super::{Event, HowToReach, Involvee, Preferences, Refusal};

/// Asked by the person, or for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePreferences {
    /// All of them, as they are to be.
    pub preferences: Preferences,
    /// Another way or address; `None` keeps the present one. What is sealed is sealed differently
    /// each time, so sending the present one again would count as another.
    pub how_to_reach: Option<HowToReach>,
}

impl ChangePreferences {
    /// At any time.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        let Preferences { interests, localities, constituencies, digest } = self.preferences;
        if constituencies.is_empty() {
            return Err(Refusal::ConstituencyLacking);
        }
        let mut events = Vec::new();
        if interests != profile.preferences.interests {
            events.push(Event::InterestsChosen { interests });
        }
        if localities != profile.preferences.localities {
            events.push(Event::LocalitiesChosen { localities });
        }
        if constituencies != profile.preferences.constituencies {
            events.push(Event::ConstituenciesStated { constituencies });
        }
        if digest != profile.preferences.digest {
            events.push(Event::DigestChosen { digest });
        }
        if let Some(how_to_reach) = self.how_to_reach
            && how_to_reach != profile.how_to_reach
        {
            events.push(Event::ChannelChosen { how_to_reach });
        }
        Ok(events)
    }
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::Constituency;

    use super::super::samples::*;
    use super::super::{Command, Digest};
    use super::*;
    use crate::story::online;

    fn change(preferences: Preferences, how_to_reach: Option<HowToReach>) -> Command {
        Command::ChangePreferences(ChangePreferences { preferences, how_to_reach })
    }

    fn others() -> Preferences {
        Preferences {
            interests: ["crisis care".to_owned(), "estates".to_owned()].into(),
            localities: ["South".to_owned()].into(),
            constituencies: [Constituency::Carer].into(),
            digest: Digest::Monthly,
        }
    }

    #[test]
    fn each_thing_that_differs_is_remembered_by_itself() {
        given(vec![registered()])
            .when(online(ANA, now()), change(others(), Some(by_e_mail())))
            .then_all(vec![
                Event::InterestsChosen { interests: others().interests },
                Event::LocalitiesChosen { localities: others().localities },
                Event::ConstituenciesStated { constituencies: others().constituencies },
                Event::DigestChosen { digest: Digest::Monthly },
                Event::ChannelChosen { how_to_reach: by_e_mail() },
            ]);
    }

    #[test]
    fn what_does_not_differ_is_left_alone() {
        let weekly = Preferences { digest: Digest::Weekly, ..registration().preferences };
        given(vec![registered()])
            .when(online(ANA, now()), change(weekly, None))
            .then(Event::DigestChosen { digest: Digest::Weekly });
    }

    #[test]
    fn told_twice_it_is_changed_once() {
        let command = || change(others(), Some(by_e_mail()));
        let first = given(vec![registered()]).when(online(ANA, now()), command()).events();
        given([vec![registered()], first].concat())
            .when(online(ANA, now()), command())
            .then_nothing();
    }

    #[test]
    fn someone_who_is_registered_takes_part_as_someone() {
        let nobody = Preferences { constituencies: [].into(), ..others() };
        given(vec![registered()])
            .when(online(ANA, now()), change(nobody, None))
            .then_refused(Refusal::ConstituencyLacking);
        given(vec![])
            .when(online(ANA, now()), change(others(), None))
            .then_refused(Refusal::NotRegistered);
    }
}
