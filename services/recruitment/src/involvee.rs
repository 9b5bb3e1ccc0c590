//! ROOM: the life of one person's entry: who they are, how to reach them, what they want to hear of.
//! Names, addresses and needs are carried sealed; no rule here opens one, and nobody is ever taken
//! off by the passing of time.
//!
//! ```text
//! (nothing) -- register --> Registered
//!
//! Registered: change_preferences, rename, record_access_need, come_of_age,
//!             give_consent / withdraw_consent, link_account / unlink_account,
//!             name_supporter / end_support, go_away / come_back, tell_of_opportunity
//! ```

pub mod events;
pub mod refusals;
pub mod details;
pub mod accounts;
pub mod register;
pub mod change_preferences;
pub mod rename;
pub mod record_access_need;
pub mod come_of_age;
pub mod give_consent;
pub mod withdraw_consent;
pub mod link_account;
pub mod unlink_account;
pub mod name_supporter;
pub mod end_support;
pub mod go_away;
pub mod come_back;
pub mod tell_of_opportunity;
#[cfg(test)]
mod samples;

use std::collections::{BTreeMap, BTreeSet};

use contracts::{OpportunityId, PersonId, Sealed};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use serde::{Deserialize, Serialize};

use crate::personal::{AccessNeed, AwayReason, PersonName};

pub use accounts::{AccountId, Evidence, WhyLinked, WhyUnlinked};
pub use change_preferences::ChangePreferences;
pub use come_back::ComeBack;
pub use come_of_age::ComeOfAge;
pub use details::{
    AgeBand, AgeStatement, Consent, Digest, Format, GuardianConsent, HowToReach, MatchReason,
    Preferences, Registration,
};
pub use end_support::EndSupport;
pub use events::Event;
pub use give_consent::GiveConsent;
pub use go_away::GoAway;
pub use link_account::LinkAccount;
pub use name_supporter::NameSupporter;
pub use record_access_need::RecordAccessNeed;
pub use refusals::Refusal;
pub use register::Register;
pub use rename::Rename;
pub use tell_of_opportunity::TellOfOpportunity;
pub use unlink_account::UnlinkAccount;
pub use withdraw_consent::WithdrawConsent;

/// The state: what the rules need to know of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Involvee {
    /// Nobody has registered under this id.
    #[default]
    NotRegistered,
    /// Someone has.
    Registered(Box<Profile>),
}

/// A registered person as they now are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The person; the stream's own id.
    pub person: PersonId,
    /// What they said when they registered.
    pub registration: Registration,
    /// What they are called.
    pub name: Sealed<PersonName>,
    /// How to reach them.
    pub how_to_reach: HowToReach,
    /// What they want to hear of.
    pub preferences: Preferences,
    /// How old they are, as far as anyone needs to know.
    pub age_band: AgeBand,
    /// What they agreed to, and in which wording.
    pub consents: BTreeMap<Consent, String>,
    /// What they need in order to take part, in their own words.
    pub access_need: Option<Sealed<AccessNeed>>,
    /// In which formats they read.
    pub formats: BTreeSet<Format>,
    /// Accounts that act for them, besides the one of their own id.
    pub accounts: BTreeSet<AccountId>,
    /// Who supports them, if anyone.
    pub supporter: Option<PersonId>,
    /// Set while they are away.
    pub away: Option<Away>,
    /// What they have been told of.
    pub told_of: BTreeSet<OpportunityId>,
}

/// That someone is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Why, if they wished to say.
    pub reason: Option<Sealed<AwayReason>>,
}

/// What can be asked of an involvee's entry.
#[derive(Clone, Debug)]
pub enum Command {
    /// Begin it.
    Register(Register),
    /// Choose what to hear of, how often and by which way.
    ChangePreferences(ChangePreferences),
    /// Be called something else from now on.
    Rename(Rename),
    /// Say what is needed in order to take part.
    RecordAccessNeed(RecordAccessNeed),
    /// Have turned 18.
    ComeOfAge(ComeOfAge),
    /// Agree to something.
    GiveConsent(GiveConsent),
    /// Agree to it no longer.
    WithdrawConsent(WithdrawConsent),
    /// Let one more account act for the person.
    LinkAccount(LinkAccount),
    /// Let it act for them no longer.
    UnlinkAccount(UnlinkAccount),
    /// Say who supports them.
    NameSupporter(NameSupporter),
    /// Have that support no longer.
    EndSupport(EndSupport),
    /// Be away for a while.
    GoAway(GoAway),
    /// Be back.
    ComeBack(ComeBack),
    /// Tell them of an opportunity that suits them.
    TellOfOpportunity(TellOfOpportunity),
}

impl Aggregate for Involvee {
    const TYPE: &'static str = "involvee";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::Register(it) => it.decide(self, &occasion),
            Command::ChangePreferences(it) => it.decide(self, &occasion),
            Command::Rename(it) => it.decide(self, &occasion),
            Command::RecordAccessNeed(it) => it.decide(self, &occasion),
            Command::ComeOfAge(it) => it.decide(self, &occasion),
            Command::GiveConsent(it) => it.decide(self, &occasion),
            Command::WithdrawConsent(it) => it.decide(self, &occasion),
            Command::LinkAccount(it) => it.decide(self, &occasion),
            Command::UnlinkAccount(it) => it.decide(self, &occasion),
            Command::NameSupporter(it) => it.decide(self, &occasion),
            Command::EndSupport(it) => it.decide(self, &occasion),
            Command::GoAway(it) => it.decide(self, &occasion),
            Command::ComeBack(it) => it.decide(self, &occasion),
            Command::TellOfOpportunity(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Registered { person, registration } => {
                *self = Self::Registered(Box::new(Profile::new(person, *registration)));
            }
            Event::InterestsChosen { interests } => {
                self.change(|it| it.preferences.interests = interests);
            }
            Event::LocalitiesChosen { localities } => {
                self.change(|it| it.preferences.localities = localities);
            }
            Event::ConstituenciesStated { constituencies } => {
                self.change(|it| it.preferences.constituencies = constituencies);
            }
            Event::DigestChosen { digest } => self.change(|it| it.preferences.digest = digest),
            Event::ChannelChosen { how_to_reach } => {
                self.change(|it| it.how_to_reach = how_to_reach);
            }
            Event::Renamed { name } => self.change(|it| it.name = name),
            Event::AccessNeedRecorded { need, formats } => self.change(|it| {
                it.access_need = need;
                it.formats = formats;
            }),
            Event::CameOfAge {} => self.change(|it| it.age_band = AgeBand::Adult),
            Event::ConsentGiven { consent, wording_version } => {
                self.change(|it| drop(it.consents.insert(consent, wording_version)));
            }
            Event::ConsentWithdrawn { consent } => {
                self.change(|it| drop(it.consents.remove(&consent)));
            }
            Event::AccountLinked { account, .. } => self.change(|it| {
                it.accounts.insert(account);
            }),
            Event::AccountUnlinked { account, .. } => self.change(|it| {
                it.accounts.remove(&account);
            }),
            Event::SupporterNamed { supporter } => {
                self.change(|it| it.supporter = Some(supporter));
            }
            Event::SupportEnded { .. } => self.change(|it| it.supporter = None),
            Event::WentAway { reason } => self.change(|it| it.away = Some(Away { reason })),
            Event::CameBack {} => self.change(|it| it.away = None),
            Event::OpportunityMatched { opportunity, .. } => self.change(|it| {
                it.told_of.insert(opportunity);
            }),
        }
    }
}

impl Involvee {
    fn registered(&self) -> Result<&Profile, Refusal> {
        match self {
            Self::NotRegistered => Err(Refusal::NotRegistered),
            Self::Registered(profile) => Ok(profile),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Profile)) {
        match self {
            // The rules produce no such history; it changes nothing.
            Self::NotRegistered => {}
            Self::Registered(profile) => change(profile),
        }
    }
}

impl Profile {
    fn new(person: PersonId, registration: Registration) -> Self {
        Self {
            person,
            name: registration.name.clone(),
            how_to_reach: registration.how_to_reach.clone(),
            preferences: registration.preferences.clone(),
            age_band: registration.age.band(),
            consents: registration.consents.clone(),
            access_need: None,
            formats: BTreeSet::new(),
            accounts: BTreeSet::new(),
            supporter: None,
            away: None,
            told_of: BTreeSet::new(),
            registration,
        }
    }
}
