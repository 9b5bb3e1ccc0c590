//! What can have happened to a person's entry. Stored names are permanent; each has a sample in
//! `samples/`. Who acted, when and under which authority stands in the envelope.

use std::collections::BTreeSet;

use contracts::opportunities::{Closing, Constituency};
use contracts::{OpportunityId, PersonId, Sealed};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{
    AccountId, Consent, Digest, Evidence, Format, HowToReach, MatchReason, Registration, WhyLinked,
    WhyUnlinked,
};
use crate::personal::{AccessNeed, AwayReason, PersonName};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Someone registered, or staff did it for them; the envelope says which.
    #[serde(rename = "involvee.registered.v1")]
    Registered {
        /// The person; the stream's own id.
        person: PersonId,
        /// All they said.
        registration: Box<Registration>,
    },
    /// They chose other topics.
    #[serde(rename = "involvee.interests_chosen.v1")]
    InterestsChosen {
        /// All of them from now on; none means any.
        interests: BTreeSet<String>,
    },
    /// They chose other areas.
    #[serde(rename = "involvee.localities_chosen.v1")]
    LocalitiesChosen {
        /// All of them from now on; none means anywhere.
        localities: BTreeSet<String>,
    },
    /// They said anew as whom they take part.
    #[serde(rename = "involvee.constituencies_stated.v1")]
    ConstituenciesStated {
        /// All of them from now on.
        constituencies: BTreeSet<Constituency>,
    },
    /// They want to hear more or less often.
    #[serde(rename = "involvee.digest_chosen.v1")]
    DigestChosen {
        /// How often.
        digest: Digest,
    },
    /// They are to be reached another way, or at another address.
    #[serde(rename = "involvee.channel_chosen.v1")]
    ChannelChosen {
        /// How.
        how_to_reach: HowToReach,
    },
    /// They are called something else. Holds for every view of the past as well.
    #[serde(rename = "involvee.renamed.v1")]
    Renamed {
        /// What.
        name: Sealed<PersonName>,
    },
    /// They said what they need in order to take part, or that they need nothing any more.
    #[serde(rename = "involvee.access_need_recorded.v1")]
    AccessNeedRecorded {
        /// In their own words.
        need: Option<Sealed<AccessNeed>>,
        /// What follows for what is sent to them.
        formats: BTreeSet<Format>,
    },
    /// They have turned 18.
    #[serde(rename = "involvee.came_of_age.v1")]
    CameOfAge {},
    /// They agreed to something.
    #[serde(rename = "involvee.consent_given.v1")]
    ConsentGiven {
        /// To what.
        consent: Consent,
        /// In which wording.
        wording_version: String,
    },
    /// They agree to it no longer; it stops at once.
    #[serde(rename = "involvee.consent_withdrawn.v1")]
    ConsentWithdrawn {
        /// To what.
        consent: Consent,
    },
    /// One more account acts for them.
    #[serde(rename = "involvee.account_linked.v1")]
    AccountLinked {
        /// Which.
        account: AccountId,
        /// Why.
        why: WhyLinked,
        /// What showed whose it is; never the content.
        evidence: BTreeSet<Evidence>,
    },
    /// That account acts for them no longer.
    #[serde(rename = "involvee.account_unlinked.v1")]
    AccountUnlinked {
        /// Which.
        account: AccountId,
        /// Why.
        why: WhyUnlinked,
    },
    /// They said who supports them.
    #[serde(rename = "involvee.supporter_named.v1")]
    SupporterNamed {
        /// Who.
        supporter: PersonId,
    },
    /// That support has ended; nobody has to say why.
    #[serde(rename = "involvee.support_ended.v1")]
    SupportEnded {
        /// Whose.
        supporter: PersonId,
    },
    /// They are away. Clocks that run against them stand still.
    #[serde(rename = "involvee.went_away.v1")]
    WentAway {
        /// Why, if they wished to say; for the coordinator alone.
        reason: Option<Sealed<AwayReason>>,
    },
    /// They are back.
    #[serde(rename = "involvee.came_back.v1")]
    CameBack {},
    /// An opportunity suits what they chose; they are told of it, once.
    #[serde(rename = "involvee.opportunity_matched.v1")]
    OpportunityMatched {
        /// Which.
        opportunity: OpportunityId,
        /// Its title.
        title: String,
        /// Until when they may apply.
        closing: Closing,
        /// Why it suits them.
        reasons: Vec<MatchReason>,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "involvee.registered.v1",
            Self::InterestsChosen { .. } => "involvee.interests_chosen.v1",
            Self::LocalitiesChosen { .. } => "involvee.localities_chosen.v1",
            Self::ConstituenciesStated { .. } => "involvee.constituencies_stated.v1",
            Self::DigestChosen { .. } => "involvee.digest_chosen.v1",
            Self::ChannelChosen { .. } => "involvee.channel_chosen.v1",
            Self::Renamed { .. } => "involvee.renamed.v1",
            Self::AccessNeedRecorded { .. } => "involvee.access_need_recorded.v1",
            Self::CameOfAge {} => "involvee.came_of_age.v1",
            Self::ConsentGiven { .. } => "involvee.consent_given.v1",
            Self::ConsentWithdrawn { .. } => "involvee.consent_withdrawn.v1",
            Self::AccountLinked { .. } => "involvee.account_linked.v1",
            Self::AccountUnlinked { .. } => "involvee.account_unlinked.v1",
            Self::SupporterNamed { .. } => "involvee.supporter_named.v1",
            Self::SupportEnded { .. } => "involvee.support_ended.v1",
            Self::WentAway { .. } => "involvee.went_away.v1",
            Self::CameBack {} => "involvee.came_back.v1",
            Self::OpportunityMatched { .. } => "involvee.opportunity_matched.v1",
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.name().rsplit_once(".v").map_or("1", |(_, version)| version).to_owned()
    }
}

#[cfg(test)]
mod stories {
    use super::super::Involvee;
    use super::super::samples::one_of_each;
    use crate::story::stored_as_sampled;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Involvee>(one_of_each());
    }
}
