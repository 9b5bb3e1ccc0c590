//! Tell of an opportunity: where it suits what someone chose, they are told of it, once. What fits
//! whom is decided here alone, from what people chose; care data has no part in it.

use contracts::OpportunityId;
use contracts::opportunities::{Advert, Closing};
use eventstore::Occasion;

use super::{AgeBand, Consent, Event, Involvee, MatchReason, Preferences, Profile, Refusal};

/// The age from which everyone of the upper band is.
const ADULT_YEARS: u8 = 18;

/// Asked by a policy when an opportunity opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellOfOpportunity {
    /// Which.
    pub opportunity: OpportunityId,
    /// Its advert.
    pub advert: Box<Advert>,
}

impl TellOfOpportunity {
    /// Nobody is told twice, nor without their consent, nor while they are away, nor of what they
    /// could not apply for. That is silence, not a refusal: nobody has asked.
    pub fn decide(self, state: &Involvee, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        let wants_news =
            profile.consents.contains_key(&Consent::OpportunityNews) && profile.away.is_none();
        let over = match &self.advert.closing {
            Closing::At { at, .. } => *at < occasion.taken_at,
            Closing::Rolling => false,
        };
        let told = profile.told_of.contains(&self.opportunity);
        if !wants_news || over || told || !old_enough(profile, self.advert.minimum_age_years) {
            return Ok(Vec::new());
        }
        let Some(reasons) = reasons(&profile.preferences, &self.advert) else {
            return Ok(Vec::new());
        };
        let Advert { title, closing, .. } = *self.advert;
        Ok(vec![Event::OpportunityMatched {
            opportunity: self.opportunity,
            title,
            closing,
            reasons,
        }])
    }
}

fn old_enough(profile: &Profile, minimum_age_years: u8) -> bool {
    match profile.age_band {
        AgeBand::Adult => true,
        AgeBand::SixteenOrSeventeen => minimum_age_years < ADULT_YEARS,
    }
}

/// Why it suits; `None` where it does not.
fn reasons(wanted: &Preferences, advert: &Advert) -> Option<Vec<MatchReason>> {
    let mut reasons: Vec<MatchReason> = wanted
        .constituencies
        .iter()
        .filter(|it| advert.open_to.contains(it))
        .map(|it| MatchReason::Constituency { constituency: *it })
        .collect();
    if reasons.is_empty() {
        return None;
    }
    if let Some(locality) = &advert.locality
        && !wanted.localities.is_empty()
    {
        if !wanted.localities.contains(locality) {
            return None;
        }
        reasons.push(MatchReason::Locality { locality: locality.clone() });
    }
    let shared: Vec<MatchReason> = wanted
        .interests
        .iter()
        .filter(|it| advert.interests.contains(it))
        .map(|it| MatchReason::Interest { interest: it.clone() })
        .collect();
    let choosy = !wanted.interests.is_empty() && !advert.interests.is_empty();
    if choosy && shared.is_empty() {
        return None;
    }
    reasons.extend(shared);
    Some(reasons)
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::Constituency;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online};

    fn tell(change: impl FnOnce(&mut Advert)) -> Command {
        let mut advert = advert();
        change(&mut advert);
        Command::TellOfOpportunity(TellOfOpportunity {
            opportunity: OPPORTUNITY,
            advert: Box::new(advert),
        })
    }

    fn told(history: Vec<Event>, change: impl FnOnce(&mut Advert)) -> Vec<MatchReason> {
        let events = given(history).when(online(SYSTEM, now()), tell(change)).events();
        match events.as_slice() {
            [] => Vec::new(),
            [Event::OpportunityMatched { reasons, .. }] => reasons.clone(),
            _ => panic!("{events:?}"),
        }
    }

    #[test]
    fn someone_is_told_of_what_suits_them_and_why() {
        given(vec![registered()]).when(online(SYSTEM, now()), tell(|_| ())).then(matched());
    }

    #[test]
    fn nobody_is_told_twice() {
        given(vec![registered(), matched()])
            .when(online(SYSTEM, now()), tell(|it| it.title = "Another title".to_owned()))
            .then_nothing();
    }

    #[test]
    fn nobody_is_told_without_their_consent_and_withdrawing_it_holds_at_once() {
        assert_eq!(told(vec![registered(), consent_withdrawn()], |_| ()), []);
    }

    #[test]
    fn nobody_is_disturbed_while_they_are_away_but_hears_of_it_after() {
        assert_eq!(told(vec![registered(), went_away()], |_| ()), []);
        assert_ne!(told(vec![registered(), went_away(), Event::CameBack {}], |_| ()), []);
    }

    #[test]
    fn nobody_is_told_of_what_they_could_not_apply_for() {
        let carers_only = |it: &mut Advert| it.open_to = vec![Constituency::Carer];
        assert_eq!(told(vec![registered()], carers_only), []);
        assert_eq!(told(vec![registered_at_16()], |_| ()), []);
        assert_ne!(told(vec![registered_at_16()], |it| it.minimum_age_years = 17), []);
        given(vec![registered()])
            .when(online(SYSTEM, at("2027-01-29T12:00:01Z")), tell(|_| ()))
            .then_nothing();
    }

    #[test]
    fn what_is_open_until_closed_by_hand_is_told_at_any_time() {
        let events = given(vec![registered()])
            .when(
                online(SYSTEM, at("2029-01-01T00:00:00Z")),
                tell(|it| it.closing = Closing::Rolling),
            )
            .events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn another_area_or_topic_does_not_suit() {
        assert_eq!(told(vec![registered()], |it| it.locality = Some("South".to_owned())), []);
        assert_eq!(told(vec![registered()], |it| it.interests = vec!["estates".to_owned()]), []);
    }

    #[test]
    fn what_is_for_everywhere_or_about_everything_suits() {
        let only = [MatchReason::Constituency { constituency: Constituency::ServiceUser }];
        let reasons = told(vec![registered()], |it| {
            it.locality = None;
            it.interests.clear();
        });
        assert_eq!(reasons, only);
        let open = vec![
            registered(),
            Event::InterestsChosen { interests: [].into() },
            Event::LocalitiesChosen { localities: [].into() },
        ];
        assert_eq!(told(open, |_| ()), only);
    }

    #[test]
    fn nobody_unknown_is_told() {
        given(vec![])
            .when(online(SYSTEM, now()), tell(|_| ()))
            .then_refused(Refusal::NotRegistered);
    }
}
