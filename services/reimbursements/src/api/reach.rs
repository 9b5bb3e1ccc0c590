//! For whom a caller acts: themselves, whom they support, and, on the staff, people of their
//! localities. That somebody claims is told to nobody else, so who is out of reach is not there.

use contracts::PersonId;
use eventstore::Authority;
use web::{Permit, Problem, Role};

use super::State;
use crate::views::locality;

impl State {
    /// The right to act for this person, or 404: their own, that of their supporter, or that of staff
    /// of their localities who act for them now.
    pub(super) async fn acts_as(
        &self,
        permit: &Permit,
        person: PersonId,
    ) -> Result<Authority, Problem> {
        let authority = permit.authority_for_person(person).ok_or_else(Problem::unknown)?;
        let by_staff = |it: &web::permit::Behalf| !it.roles.contains(&Role::Supporter);
        if !permit.behalf.as_ref().is_some_and(by_staff) {
            return Ok(authority);
        }
        let chosen = locality::of(&self.pool, person).await?;
        let rights = Role::STAFF.into_iter().filter_map(|role| permit.authority_as(role));
        let mut reaching = rights.filter(|right| reaches(right, chosen.as_deref()));
        reaching.next().ok_or_else(Problem::unknown)
    }
}

/// Who chose no locality belongs to all. Of whom nothing is known yet, nobody can say where they
/// belong: only who reaches everywhere reaches them.
fn reaches(right: &Authority, chosen: Option<&[String]>) -> bool {
    right.scope.is_empty()
        || chosen.is_some_and(|chosen| {
            chosen.is_empty() || chosen.iter().any(|locality| right.scope.contains(locality))
        })
}
