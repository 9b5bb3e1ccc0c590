//! Link an account: staff let one more account act for a person, on two different pieces of
//! evidence. It can be undone.

use std::collections::BTreeSet;

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccountId, Event, Evidence, Involvee, Refusal, WhyLinked};

/// How many different pieces of evidence it takes.
const EVIDENCE_MIN: usize = 2;

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkAccount {
    /// Which.
    pub account: AccountId,
    /// Why.
    pub why: WhyLinked,
    /// What showed whose it is; never the content.
    pub evidence: BTreeSet<Evidence>,
}

impl LinkAccount {
    /// Nobody links an account to themselves, nor their own to another. That it acts for nobody else,
    /// and is nobody else's own, the store checks by its key.
    pub fn decide(self, state: &Involvee, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let profile = state.registered()?;
        let Self { account, why, evidence } = self;
        if account.uuid() == profile.person.uuid() || profile.accounts.contains(&account) {
            return Ok(Vec::new());
        }
        let involved = [Some(profile.person), profile.supporter];
        if involved.contains(&Some(occasion.actor)) || account.uuid() == occasion.actor.uuid() {
            return Err(Refusal::AccountCannotBeLinked);
        }
        if evidence.len() < EVIDENCE_MIN {
            return Err(Refusal::EvidenceLacking);
        }
        Ok(vec![Event::AccountLinked { account, why, evidence }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::online;

    fn link_on(account: AccountId, evidence: &[Evidence]) -> Command {
        Command::LinkAccount(LinkAccount {
            account,
            why: WhyLinked::FirstAccount,
            evidence: evidence.iter().copied().collect(),
        })
    }

    fn link(account: AccountId) -> Command {
        link_on(account, &[Evidence::MetInPerson, Evidence::PhotographicIdentity])
    }

    #[test]
    fn staff_link_an_account_on_two_pieces_of_evidence() {
        given(vec![registered()])
            .when(online(COORDINATOR, now()), link(ACCOUNT_OF_ANA))
            .then(linked());
    }

    #[test]
    fn told_twice_it_is_linked_once_and_one_s_own_is_linked_already() {
        given(vec![registered(), linked()])
            .when(online(COORDINATOR, now()), link(ACCOUNT_OF_ANA))
            .then_nothing();
        given(vec![registered()])
            .when(online(COORDINATOR, now()), link(AccountId::new(ANA.uuid())))
            .then_nothing();
    }

    #[test]
    fn one_piece_of_evidence_is_too_little_however_often_it_is_named() {
        for evidence in
            [&[][..], &[Evidence::Signature], &[Evidence::Signature, Evidence::Signature]]
        {
            given(vec![registered()])
                .when(online(COORDINATOR, now()), link_on(ACCOUNT_OF_ANA, evidence))
                .then_refused(Refusal::EvidenceLacking);
        }
    }

    #[test]
    fn nobody_links_an_account_to_themselves_nor_their_own_to_another() {
        let history = vec![registered(), Event::SupporterNamed { supporter: BEN }];
        for who in [ANA, BEN] {
            given(history.clone())
                .when(online(who, now()), link(ACCOUNT_OF_ANA))
                .then_refused(Refusal::AccountCannotBeLinked);
        }
        given(history)
            .when(online(COORDINATOR, now()), link(AccountId::new(COORDINATOR.uuid())))
            .then_refused(Refusal::AccountCannotBeLinked);
    }

    #[test]
    fn an_account_is_linked_to_someone_registered() {
        given(vec![])
            .when(online(COORDINATOR, now()), link(ACCOUNT_OF_ANA))
            .then_refused(Refusal::NotRegistered);
    }
}
