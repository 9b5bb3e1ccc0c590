//! Who calls: an account, the person behind it, and what the issuer has granted. The person's name
//! is never here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::PersonId;
use eventstore::{Authority, Clock};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use uuid::Uuid;

use crate::role::Role;

/// Under which accounts are named; never changes, or nobody would be recognised.
const ACCOUNT_NAMESPACE: Uuid = Uuid::from_u128(0x6163_636f_756e_5074_a073_206f_6620_7573);
/// How long a link between account and person is taken from memory.
const LINK_KEPT: SignedDuration = SignedDuration::from_secs(5);
/// How many links are kept in memory.
const LINKS_MAX: usize = 10_000;

/// One role, where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The trust's localities for which it holds; empty means everywhere.
    pub localities: Vec<String>,
    /// For a supporter, the one person supported.
    pub person: Option<PersonId>,
}

/// Someone who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Derived from issuer and subject.
    pub account: Uuid,
    /// The person behind the account; two accounts of one person share it.
    pub person: PersonId,
    /// What the issuer has granted. Every caller is an involvee besides.
    pub grants: Arc<[Grant]>,
}

/// The account that an issuer's subject stands for here.
pub fn account_of(issuer: &str, subject: &str) -> Uuid {
    Uuid::new_v5(&ACCOUNT_NAMESPACE, format!("{issuer}\n{subject}").as_bytes())
}

impl Caller {
    /// Whether this is one of the caller's roles. Everyone is a visitor, and everyone who is signed
    /// in an involvee.
    pub fn has(&self, role: Role) -> bool {
        role == Role::Visitor
            || role == Role::Involvee
            || self.grants.iter().any(|grant| grant.role == role)
    }

    /// Whether the caller is the supporter of exactly this person.
    pub fn supports(&self, person: PersonId) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role == Role::Supporter && grant.person == Some(person))
    }

    /// The right that comes with a role, over everything it was granted for.
    pub fn authority(&self, role: Role) -> Option<Authority> {
        if !self.has(role) {
            return None;
        }
        let mut scope = Vec::new();
        for grant in self.grants.iter().filter(|grant| grant.role == role) {
            if grant.localities.is_empty() || role == Role::EngagementLead {
                scope.clear();
                break;
            }
            scope.extend(grant.localities.iter().cloned());
        }
        scope.sort();
        scope.dedup();
        Some(Authority { role: role.name().to_owned(), scope, delegation: None })
    }
}

/// Knows the person behind an account: from the service's own table, or, without one, the account
/// is its own person.
#[derive(Clone, Debug)]
pub struct Identities {
    links: Option<Links>,
}

#[derive(Clone, Debug)]
struct Links {
    pool: PgPool,
    clock: Clock,
    known: Arc<Mutex<HashMap<Uuid, (PersonId, Timestamp)>>>,
}

impl Identities {
    /// Every account is its own person.
    pub const fn own() -> Self {
        Self { links: None }
    }

    /// Accounts are linked to people in `views.account_link (account uuid primary key, person
    /// uuid)`; one that is not linked is its own person. A link is noticed after at most 5 seconds.
    pub fn linked(pool: PgPool, clock: Clock) -> Self {
        Self { links: Some(Links { pool, clock, known: Arc::default() }) }
    }

    /// The person behind the account. Without an answer of the database there is none: a person
    /// taken for someone else would be worse.
    pub async fn person_behind(&self, account: Uuid) -> Result<PersonId, sqlx::Error> {
        match &self.links {
            None => Ok(PersonId::new(account)),
            Some(links) => links.person_behind(account).await,
        }
    }
}

impl Links {
    async fn person_behind(&self, account: Uuid) -> Result<PersonId, sqlx::Error> {
        let now = self.clock.now();
        if let Some(person) = self.remembered(account, now) {
            return Ok(person);
        }
        let linked: Option<Uuid> =
            sqlx::query_scalar("select person from views.account_link where account = $1")
                .bind(account)
                .fetch_optional(&self.pool)
                .await?;
        let person = PersonId::new(linked.unwrap_or(account));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= LINKS_MAX {
            known.clear();
        }
        known.insert(account, (person, now));
        Ok(person)
    }

    fn remembered(&self, account: Uuid, now: Timestamp) -> Option<PersonId> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (person, since) = *known.get(&account)?;
        (now.duration_since(since) < LINK_KEPT).then_some(person)
    }
}

#[cfg(test)]
mod tests {
    use super::{Caller, Grant, Role, account_of};
    use contracts::PersonId;

    fn caller(grants: &[(Role, &[&str])]) -> Caller {
        let account = account_of("https://issuer.example", "someone");
        let grants = grants
            .iter()
            .map(|(role, localities)| Grant {
                role: *role,
                localities: localities.iter().map(|name| (*name).to_owned()).collect(),
                person: None,
            })
            .collect();
        Caller { account, person: PersonId::new(account), grants }
    }

    #[test]
    fn an_account_keeps_its_id_for_ever() {
        let account = account_of("https://issuer.example", "someone");
        assert_eq!(account.to_string(), "308e63e0-8598-5431-b6b2-0274c12300cf");
        assert_ne!(account, account_of("https://issuer.example", "someone else"));
        assert_ne!(account, account_of("https://other.example", "someone"));
    }

    #[test]
    fn grants_of_one_role_add_up_and_one_for_everywhere_covers_all() {
        let north = caller(&[(Role::Coordinator, &["south"]), (Role::Coordinator, &["north"])]);
        let authority = north.authority(Role::Coordinator).unwrap();
        assert_eq!(authority.scope, ["north", "south"]);
        let all = caller(&[(Role::Coordinator, &["south"]), (Role::Coordinator, &[])]);
        assert!(all.authority(Role::Coordinator).unwrap().scope.is_empty());
        assert_eq!(all.authority(Role::Finance), None);
    }

    #[test]
    fn whoever_is_signed_in_is_an_involvee() {
        assert_eq!(caller(&[]).authority(Role::Involvee).unwrap().role, "involvee");
    }
}
