//! Whom a caller reaches: themselves, whom they act for, and, for staff, people of their localities.
//! That someone is registered here is told to nobody else, so what is out of reach is not there.

use std::collections::BTreeSet;

use contracts::PersonId;
use eventstore::Authority;
use web::{Permit, Problem, Role};

use super::State;
use crate::involvee::{Involvee, Profile};

impl State {
    /// A person's entry as it stands now, or 404.
    pub(super) async fn profile(&self, person: PersonId) -> Result<Profile, Problem> {
        let loaded = self.edge.executor().load::<Involvee>(person.uuid()).await?;
        match loaded.room {
            Involvee::Registered(profile) => Ok(*profile),
            Involvee::NotRegistered => Err(Problem::unknown()),
        }
    }

    /// The right to act as this person: their own, or that of staff or of a supporter who act for
    /// them now. A supporter is one as long as the person names them here, whatever a token says.
    pub(super) async fn acts_as(
        &self,
        permit: &Permit,
        person: PersonId,
    ) -> Result<Authority, Problem> {
        let authority = permit.authority_for_person(person).ok_or_else(Problem::unknown)?;
        let Some(behalf) = &permit.behalf else { return Ok(authority) };
        let profile = self.profile(person).await?;
        if behalf.roles.contains(&Role::Supporter) {
            let named = profile.supporter == Some(permit.caller.person);
            return if named { Ok(authority) } else { Err(Problem::unknown()) };
        }
        over(permit, &profile.preferences.localities).ok_or_else(Problem::unknown)
    }

    /// The right of staff over a person of their localities.
    pub(super) async fn staff_over(
        &self,
        permit: &Permit,
        person: PersonId,
    ) -> Result<Authority, Problem> {
        let profile = self.profile(person).await?;
        over(permit, &profile.preferences.localities).ok_or_else(Problem::unknown)
    }
}

/// The staff role by which a caller reaches someone who chose these localities. Who chose none
/// belongs to all of them.
pub(super) fn over(permit: &Permit, localities: &BTreeSet<String>) -> Option<Authority> {
    if localities.is_empty() {
        return Role::STAFF.into_iter().find_map(|role| permit.authority_as(role));
    }
    localities.iter().find_map(|locality| permit.authority_for_locality(Some(locality)))
}

/// The localities that limit whom a caller may list; none where some role reaches everywhere.
pub(super) fn scope(permit: &Permit) -> Vec<String> {
    let authorities: Vec<Authority> =
        Role::STAFF.into_iter().filter_map(|role| permit.authority_as(role)).collect();
    if authorities.iter().any(|authority| authority.scope.is_empty()) {
        return Vec::new();
    }
    authorities.into_iter().flat_map(|authority| authority.scope).collect()
}
