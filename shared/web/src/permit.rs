//! What a caller was let in with. A route asks it the questions that only the route can put: is this
//! your locality, is this you, do you act for this person. It knows nothing of the things asked about.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use contracts::PersonId;
use eventstore::Authority;
use http::request::Parts;

pub use crate::behalf::Behalf;

use crate::access::AccessRule;
use crate::caller::Caller;
use crate::fault;
use crate::problem::Problem;
use crate::role::Role;

/// The right with which a signed-in caller uses a route.
///
/// As an argument of a route it answers 401 to visitors; a route that is open to visitors takes
/// `Option<Permit>`.
#[derive(Clone, Debug)]
pub struct Permit {
    /// Who calls.
    pub caller: Caller,
    /// For whom, where it is not for themselves.
    pub behalf: Option<Behalf>,
    /// The rule that let them in.
    pub rule: &'static AccessRule,
}

#[derive(Clone, Debug)]
pub(crate) enum Admitted {
    Visitor,
    Person(Permit),
}

impl Permit {
    /// Whether the caller is this person, which decides conflicts of interest: the one at the
    /// keyboard, whoever it is for.
    pub fn is_person(&self, person: PersonId) -> bool {
        self.caller.person == person
    }

    /// Whose doing it is in the eyes of the rules: the person acted for, else the caller.
    pub fn acts_for(&self) -> PersonId {
        self.behalf.as_ref().map_or(self.caller.person, |behalf| behalf.person)
    }

    /// Whether this is one of the caller's roles, listed for the route or not.
    pub fn has(&self, role: Role) -> bool {
        self.caller.has(role)
    }

    /// The roles that count here: those of the acting for someone, else those of the rule that the
    /// caller has, in the rule's order.
    fn roles(&self) -> Vec<Role> {
        match &self.behalf {
            Some(behalf) => behalf.roles.clone(),
            None => self.rule.roles.iter().copied().filter(|role| self.has(*role)).collect(),
        }
    }

    /// The right that is recorded unless the route asks for another: the first role that counts.
    pub fn authority(&self) -> Authority {
        let role = self.roles().first().copied().unwrap_or(Role::Visitor);
        self.caller.authority(role).unwrap_or_default()
    }

    /// The right that comes with a role, if it counts here.
    pub fn authority_as(&self, role: Role) -> Option<Authority> {
        if self.roles().contains(&role) { self.caller.authority(role) } else { None }
    }

    /// The right over something in this locality, by a role that reaches by locality. `None` as
    /// locality means something that belongs to no single one: only a grant for everywhere reaches
    /// it. Roles that need a relation (owner, chair, panel member) never count here.
    pub fn authority_for_locality(&self, locality: Option<&str>) -> Option<Authority> {
        self.roles()
            .into_iter()
            .filter(|role| !role.needs_relation())
            .filter_map(|role| self.caller.authority(role))
            .find(|authority| covers(authority, locality))
    }

    /// The right over what belongs to this person: their own, that of whoever acts for them now, or
    /// that of their supporter where the rule lists supporters.
    pub fn authority_for_person(&self, person: PersonId) -> Option<Authority> {
        if let Some(behalf) = &self.behalf {
            return (behalf.person == person).then(|| self.authority());
        }
        if self.is_person(person) {
            return self.authority_as(Role::Involvee);
        }
        let supporter = self.authority_as(Role::Supporter)?;
        self.caller.supports(person).then_some(supporter)
    }

    /// As [`Permit::authority_for_locality`], or 403. Where even that something exists must not be
    /// told, answer `.ok_or_else(Problem::unknown)` instead.
    pub fn require_locality(&self, locality: Option<&str>) -> Result<Authority, Problem> {
        self.authority_for_locality(locality).ok_or_else(Problem::forbidden)
    }

    /// As [`Permit::authority_for_person`], or 403.
    pub fn require_person(&self, person: PersonId) -> Result<Authority, Problem> {
        self.authority_for_person(person).ok_or_else(Problem::forbidden)
    }

    /// As [`Permit::authority_as`], or 403.
    pub fn require_role(&self, role: Role) -> Result<Authority, Problem> {
        self.authority_as(role).ok_or_else(Problem::forbidden)
    }
}

fn covers(authority: &Authority, locality: Option<&str>) -> bool {
    authority.scope.is_empty()
        || locality.is_some_and(|locality| authority.scope.iter().any(|name| name == locality))
}

impl<S: Sync> FromRequestParts<S> for Permit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        admitted(parts)?.ok_or_else(Problem::sign_in)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Permit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        admitted(parts)
    }
}

/// The permit of a request; nothing for a visitor.
pub(crate) fn admitted(parts: &Parts) -> Result<Option<Permit>, Problem> {
    match parts.extensions.get::<Admitted>() {
        Some(Admitted::Person(permit)) => Ok(Some(permit.clone())),
        Some(Admitted::Visitor) => Ok(None),
        None => Err(fault::told("a route stands outside the access table")),
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessRule, Behalf, Caller, Permit, Role};
    use crate::access::OnBehalf;
    use crate::caller::Grant;
    use contracts::PersonId;
    use eventstore::Taken;
    use uuid::Uuid;

    const ME: PersonId = PersonId::new(Uuid::from_u128(1));
    const ANA: PersonId = PersonId::new(Uuid::from_u128(2));

    static RULE: AccessRule = AccessRule {
        method: "POST",
        path: "/v1/things",
        roles: &[Role::Coordinator, Role::GroupChair, Role::Supporter, Role::Involvee],
        on_behalf: OnBehalf::Staff,
    };

    fn permit(grants: &[(Role, &[&str])]) -> Permit {
        let grants = grants
            .iter()
            .map(|(role, localities)| Grant {
                role: *role,
                localities: localities.iter().map(|name| (*name).to_owned()).collect(),
                person: (*role == Role::Supporter).then_some(ANA),
            })
            .collect();
        Permit {
            caller: Caller { account: ME.uuid(), person: ME, grants },
            behalf: None,
            rule: &RULE,
        }
    }

    #[test]
    fn a_coordinator_reaches_their_localities_and_what_belongs_to_none_only_from_everywhere() {
        let north = permit(&[(Role::Coordinator, &["north"])]);
        assert_eq!(north.authority_for_locality(Some("north")).unwrap().scope, ["north"]);
        assert_eq!(north.authority_for_locality(Some("south")), None);
        assert_eq!(north.authority_for_locality(None), None);
        let everywhere = permit(&[(Role::Coordinator, &[])]);
        assert_eq!(everywhere.authority_for_locality(None).unwrap().role, "coordinator");
    }

    #[test]
    fn a_role_that_the_rule_does_not_list_gives_no_right() {
        let lead = permit(&[(Role::EngagementLead, &[])]);
        assert_eq!(lead.authority_for_locality(Some("north")), None);
        assert_eq!(lead.require_role(Role::EngagementLead).unwrap_err().body().status, 403);
        assert_eq!(lead.authority().role, "involvee");
    }

    #[test]
    fn a_chair_has_no_locality() {
        assert_eq!(permit(&[(Role::GroupChair, &[])]).authority_for_locality(Some("north")), None);
    }

    #[test]
    fn people_reach_what_is_their_own_and_supporters_what_is_hers() {
        assert_eq!(permit(&[]).authority_for_person(ME).unwrap().role, "involvee");
        assert_eq!(permit(&[]).authority_for_person(ANA), None);
        let supporter = permit(&[(Role::Supporter, &[])]);
        assert_eq!(supporter.authority_for_person(ANA).unwrap().role, "supporter");
        assert_eq!(supporter.authority_for_person(PersonId::new(Uuid::from_u128(3))), None);
    }

    #[test]
    fn acting_for_someone_counts_for_that_person_alone_and_by_the_role_that_allows_it() {
        let mut staff = permit(&[(Role::Coordinator, &["north"]), (Role::GroupChair, &[])]);
        staff.behalf = Some(Behalf {
            person: ANA,
            roles: vec![Role::Coordinator],
            received_at: None,
            taken: Taken::Paper,
        });
        assert_eq!(staff.authority().role, "coordinator");
        assert_eq!(staff.acts_for(), ANA);
        assert!(staff.is_person(ME) && !staff.is_person(ANA));
        assert_eq!(staff.authority_for_person(ANA).unwrap().role, "coordinator");
        assert_eq!(staff.authority_for_person(ME), None);
        assert_eq!(staff.authority_as(Role::GroupChair), None);
    }
}
