//! Whose messages a caller reaches: on the staff, those of the people of their localities. That
//! somebody is written to is told to nobody else, so what is out of reach is not there.

use contracts::PersonId;
use eventstore::Authority;
use web::{Permit, Problem};

use super::State;
use crate::access::STAFF_READERS;
use crate::views::locality::{self, Within};

impl State {
    /// The rights by which a caller reaches this person's messages, at least one, or 404.
    pub(super) async fn rights_over(
        &self,
        permit: &Permit,
        person: PersonId,
    ) -> Result<Rights, Problem> {
        let chosen = locality::of(&self.pool, person).await?;
        Rights::over(staff_rights(permit), chosen.as_deref()).ok_or_else(Problem::unknown)
    }
}

/// The rights by which somebody is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rights {
    /// The one that is recorded unless another is needed.
    pub(super) first: Authority,
    others: Vec<Authority>,
}

impl Rights {
    fn over(rights: Vec<Authority>, chosen: Option<&[String]>) -> Option<Self> {
        let mut reaching = rights.into_iter().filter(|right| reaches(right, chosen));
        Some(Self { first: reaching.next()?, others: reaching.collect() })
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Authority> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// The localities whose people a caller may list.
pub(super) fn within(permit: &Permit) -> Within {
    within_all(staff_rights(permit))
}

/// What a caller's roles on the staff give them, of those that the route's rule lists.
fn staff_rights(permit: &Permit) -> Vec<Authority> {
    STAFF_READERS.iter().filter_map(|role| permit.authority_as(*role)).collect()
}

/// Who chose no locality belongs to all. Of whom nothing is known yet, nobody can say where they
/// belong: only who reaches everywhere reaches them.
fn reaches(right: &Authority, chosen: Option<&[String]>) -> bool {
    right.scope.is_empty()
        || chosen.is_some_and(|chosen| {
            chosen.is_empty() || chosen.iter().any(|locality| right.scope.contains(locality))
        })
}

fn within_all(rights: Vec<Authority>) -> Within {
    if rights.iter().any(|right| right.scope.is_empty()) {
        return Within::Everywhere;
    }
    Within::These(rights.into_iter().flat_map(|right| right.scope).collect())
}

#[cfg(test)]
mod stories {
    use super::*;

    fn right(role: &str, localities: &[&str]) -> Authority {
        let scope = names(localities);
        Authority { role: role.to_owned(), scope, delegation: None }
    }

    fn names(localities: &[&str]) -> Vec<String> {
        localities.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The role by which someone of these localities is reached.
    fn role_over(rights: &[Authority], chosen: Option<&[&str]>) -> Option<String> {
        let chosen = chosen.map(names);
        Rights::over(rights.to_vec(), chosen.as_deref()).map(|rights| rights.first.role)
    }

    #[test]
    fn a_coordinator_reaches_people_of_their_localities_and_those_who_chose_none() {
        let bristol = [right("coordinator", &["Bristol"])];
        for (chosen, reached) in [
            (&["Bristol"][..], true),
            (&["Bath", "Bristol"], true),
            (&["Bath"], false),
            (&[], true),
        ] {
            assert_eq!(role_over(&bristol, Some(chosen)).is_some(), reached, "{chosen:?}");
        }
    }

    #[test]
    fn of_whom_nothing_is_known_yet_is_reached_from_everywhere_alone() {
        assert_eq!(role_over(&[right("coordinator", &["Bristol"])], None), None);
        assert_eq!(role_over(&[right("coordinator", &[])], None).unwrap(), "coordinator");
    }

    #[test]
    fn the_right_is_one_that_reaches_the_person() {
        let both = [right("coordinator", &["Bristol"]), right("engagement_lead", &[])];
        assert_eq!(role_over(&both, Some(&["Bristol"])).unwrap(), "coordinator");
        assert_eq!(role_over(&both, Some(&["Bath"])).unwrap(), "engagement_lead");
        assert_eq!(role_over(&[], Some(&[])), None);
    }

    #[test]
    fn a_list_holds_the_people_of_all_localities_somebody_has_a_right_over() {
        let two = [right("coordinator", &["Bristol"]), right("auditor", &["Bath"])];
        assert_eq!(within_all(two.to_vec()), Within::These(names(&["Bristol", "Bath"])));
        let lead = [right("coordinator", &["Bristol"]), right("engagement_lead", &[])];
        assert_eq!(within_all(lead.to_vec()), Within::Everywhere);
        assert_eq!(within_all(Vec::new()), Within::These(Vec::new()), "no right lists nobody");
    }
}
