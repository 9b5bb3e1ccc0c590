//! Unlink an account: it acts for the person no longer.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccountId, Event, Involvee, Refusal, WhyUnlinked};

/// Asked by staff, or by the person. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlinkAccount {
    /// Which.
    pub account: AccountId,
    /// Why.
    pub why: WhyUnlinked,
}

impl UnlinkAccount {
    /// At any time, but for the account the person registered with.
    pub fn decide(self, state: &Involvee, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        let Self { account, why } = self;
        if account.uuid() == profile.person.uuid() {
            return Err(Refusal::OwnAccount);
        }
        if profile.accounts.contains(&account) {
            Ok(vec![Event::AccountUnlinked { account, why }])
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

    fn unlink(account: AccountId) -> Command {
        Command::UnlinkAccount(UnlinkAccount { account, why: WhyUnlinked::LinkedInError })
    }

    #[test]
    fn a_link_can_be_undone() {
        given(vec![registered(), linked()])
            .when(online(COORDINATOR, now()), unlink(ACCOUNT_OF_ANA))
            .then(unlinked());
    }

    #[test]
    fn told_twice_it_is_undone_once() {
        given(vec![registered(), linked(), unlinked()])
            .when(online(COORDINATOR, now()), unlink(ACCOUNT_OF_ANA))
            .then_nothing();
    }

    #[test]
    fn the_account_someone_registered_with_stays_theirs() {
        given(vec![registered()])
            .when(online(COORDINATOR, now()), unlink(AccountId::new(ANA.uuid())))
            .then_refused(Refusal::OwnAccount);
    }

    #[test]
    fn an_account_is_unlinked_from_someone_registered() {
        given(vec![])
            .when(online(COORDINATOR, now()), unlink(ACCOUNT_OF_ANA))
            .then_refused(Refusal::NotRegistered);
    }
}
