//! Accounts that act for a person, and on what evidence. Evidence is named, its content never kept;
//! a shared address, number or mailbox is none, as carers and those they care for share them.

use contracts::Id;
use contracts::id::Kind;
use eventstore::{KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Command, Event, Involvee, Refusal};

const ACCOUNT: &str = "account";

/// An account with the identity provider.
#[derive(Debug)]
pub enum Account {}
impl Kind for Account {
    const NAME: &'static str = "AccountId";
}
/// Names an account; derived from issuer and subject. Whoever registers online gets the id of their
/// account as the id of their person.
pub type AccountId = Id<Account>;

/// What staff have seen or heard that shows whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// They met the person.
    MetInPerson,
    /// They saw a document with a photograph.
    PhotographicIdentity,
    /// The person told their date of birth, and it was the one on a document.
    DateOfBirth,
    /// The person told what they had done with us before.
    EarlierInvolvement,
    /// The signature is the one on an earlier form.
    Signature,
    /// A member of staff who knows the person vouches for them.
    VouchedForByStaff,
}

/// Why an account is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyLinked {
    /// They registered on paper, by phone or face to face, and now have an account.
    FirstAccount,
    /// They cannot get into the one they had.
    LostAccount,
    /// They have more than one.
    FurtherAccount,
}

/// Why a link is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnlinked {
    /// It is someone else's account.
    LinkedInError,
    /// The person has lost it, or someone else has got into it.
    LostAccount,
    /// The person wants it so.
    AskedByPerson,
}

impl Room for Involvee {
    type Ask = Command;

    fn timers(_: &Event) -> Vec<TimerChange> {
        // Nothing happens to a person's entry by the passing of time.
        Vec::new()
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Registered { person, .. } => {
                vec![KeyChange::Claim(account(AccountId::new(person.uuid())))]
            }
            Event::AccountLinked { account: id, .. } => vec![KeyChange::Claim(account(*id))],
            Event::AccountUnlinked { account: id, .. } => vec![KeyChange::Release(account(*id))],
            Event::InterestsChosen { .. }
            | Event::LocalitiesChosen { .. }
            | Event::ConstituenciesStated { .. }
            | Event::DigestChosen { .. }
            | Event::ChannelChosen { .. }
            | Event::Renamed { .. }
            | Event::AccessNeedRecorded { .. }
            | Event::CameOfAge {}
            | Event::ConsentGiven { .. }
            | Event::ConsentWithdrawn { .. }
            | Event::SupporterNamed { .. }
            | Event::SupportEnded { .. }
            | Event::WentAway { .. }
            | Event::CameBack {}
            | Event::OpportunityMatched { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AccountCannotBeLinked
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

fn account(id: AccountId) -> UniqueKey {
    UniqueKey { scope: ACCOUNT, value: id.to_string() }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn an_account_acts_for_one_person() {
        let key = UniqueKey { scope: "account", value: ACCOUNT_OF_ANA.to_string() };
        assert_eq!(Involvee::unique_keys(&linked()), [KeyChange::Claim(key.clone())]);
        assert_eq!(Involvee::unique_keys(&unlinked()), [KeyChange::Release(key.clone())]);
        assert_eq!(Involvee::taken(&key), Refusal::AccountCannotBeLinked);
    }

    #[test]
    fn whoever_registers_holds_the_account_of_their_own_id() {
        let own = UniqueKey { scope: "account", value: ANA.to_string() };
        assert_eq!(Involvee::unique_keys(&registered()), [KeyChange::Claim(own)]);
    }

    #[test]
    fn nothing_else_is_unique_and_nothing_happens_by_the_passing_of_time() {
        for event in one_of_each() {
            assert_eq!(Involvee::timers(&event), []);
        }
        let claiming =
            one_of_each().iter().filter(|it| !Involvee::unique_keys(it).is_empty()).count();
        assert_eq!(claiming, 3);
        assert!(Involvee::due("anything").is_none());
    }
}
