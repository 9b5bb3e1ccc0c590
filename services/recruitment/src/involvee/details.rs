//! What people say of themselves when they register, and later. Whatever could tell who someone is,
//! or what ails them, stands here sealed; what stands here in clear is what rules work on.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Sealed;
use contracts::opportunities::Constituency;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::personal::{GuardianContact, PersonName};
use crate::wording::Wording;

pub use contracts::recruitment::{Format, HowToReach, MatchReason};

/// How often a person wants to hear of opportunities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Digest {
    /// Each as it opens.
    AtOnce,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
    /// Once a month.
    Monthly,
}

/// What a person wants to hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// Topics, from the trust's own list; none chosen means any.
    #[schema(max_items = 50, max_length = 80)]
    pub interests: BTreeSet<String>,
    /// Areas, from the trust's own list; none chosen means anywhere.
    #[schema(max_items = 50, max_length = 80)]
    pub localities: BTreeSet<String>,
    /// As whom they take part; at least one.
    pub constituencies: BTreeSet<Constituency>,
    /// How often they want to hear.
    pub digest: Digest,
}

/// How old someone is, as far as anyone needs to know. No birthday is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgeBand {
    /// At least 18.
    Adult,
    /// 16 or 17.
    SixteenOrSeventeen,
}

/// What someone says of their age when they register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "band", rename_all = "snake_case")]
pub enum AgeStatement {
    /// They are at least 18.
    Adult,
    /// They are 16 or 17.
    SixteenOrSeventeen {
        /// That a parent or guardian agrees; nobody under 18 is registered without.
        guardian_consent: Option<GuardianConsent>,
    },
}

impl AgeStatement {
    /// The band alone.
    pub fn band(&self) -> AgeBand {
        match self {
            Self::Adult => AgeBand::Adult,
            Self::SixteenOrSeventeen { .. } => AgeBand::SixteenOrSeventeen,
        }
    }
}

/// That a parent or guardian agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianConsent {
    /// Who, and how to reach them.
    pub guardian: Sealed<GuardianContact>,
    /// Since when.
    pub given_on: Date,
}

/// What people can agree to, each by itself and each to be taken back at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// To be told of opportunities.
    OpportunityNews,
    /// To be named on public pages of groups.
    NamedInPublic,
}

/// What someone says when they register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// What they are called.
    pub name: Sealed<PersonName>,
    /// How to reach them.
    pub how_to_reach: HowToReach,
    /// What they want to hear of.
    pub preferences: Preferences,
    /// How old they are.
    pub age: AgeStatement,
    /// What they agree to, and in which wording.
    pub consents: BTreeMap<Consent, String>,
    /// The version of the privacy notice they were given.
    pub privacy_notice_version: String,
    /// How they heard of us, from the trust's own list.
    pub heard_from: Option<String>,
}

impl Preferences {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.choices("preferences.interests", &self.interests);
        wording.choices("preferences.localities", &self.localities);
        wording.found()
    }
}

impl Registration {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut found = self.preferences.malformed();
        let mut wording = Wording::default();
        for wording_version in self.consents.values() {
            wording.line("consents", wording_version, 40);
        }
        wording.line("privacy_notice_version", &self.privacy_notice_version, 40);
        if let Some(heard_from) = &self.heard_from {
            wording.line("heard_from", heard_from, 80);
        }
        found.extend(wording.found());
        found
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;

    #[test]
    fn a_registration_is_taken_as_it_is_or_the_field_is_named() {
        assert_eq!(registration().malformed(), []);
        assert_eq!(registration().preferences.malformed(), []);
        let mut odd = registration();
        odd.preferences.interests.insert("crisis\ncare".to_owned());
        odd.preferences.localities.insert("n".repeat(81));
        odd.consents.values_mut().for_each(String::clear);
        odd.privacy_notice_version = String::new();
        odd.heard_from = Some("\u{7}".to_owned());
        let fields: Vec<String> = odd.malformed().into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            [
                "preferences.interests",
                "preferences.localities",
                "consents",
                "privacy_notice_version",
                "heard_from"
            ]
        );
        assert_eq!(odd.preferences.malformed().len(), 2);
    }
}
