//! What someone is to one round: a member of its panel, staff of its locality, its approver, or
//! nothing at all. Whoever applied in a round does no staff's part in it. Members are known by the
//! room alone; no token says who sits where.

use contracts::{OpportunityId, PersonId};
use eventstore::Authority;
use web::{Permit, Problem, Role};

use super::super::State;
use super::in_force;
use crate::selection::Selection;
use crate::views::known_opportunity;

pub(super) const APPROVERS: [Role; 2] = [Role::Approver, Role::EngagementLead];

/// The right to a command in one round, and the rules it is judged by.
pub(super) struct Standing {
    /// The right.
    pub(super) authority: Authority,
    /// The version of the rules the panel works under, once it has been formed.
    pub(super) rule_version: Option<String>,
}

impl State {
    /// The right of staff over a round in their locality, or 403.
    pub(super) async fn as_staff(
        &self,
        permit: &Permit,
        opportunity: OpportunityId,
    ) -> Result<Standing, Problem> {
        let (selection, locality) = self.round(opportunity).await?;
        let authority = staff(permit, &selection, locality.as_deref());
        Ok(standing(authority.ok_or_else(Problem::forbidden)?, &selection))
    }

    /// The right of whoever approves in the round's locality, or 403. That it is nobody who had a
    /// hand in it, the room says.
    pub(super) async fn as_approver(
        &self,
        permit: &Permit,
        opportunity: OpportunityId,
    ) -> Result<Standing, Problem> {
        let (selection, locality) = self.round(opportunity).await?;
        let authority = by_role(permit, &APPROVERS, locality.as_deref());
        Ok(standing(authority.ok_or_else(Problem::forbidden)?, &selection))
    }

    /// The right of a member of the panel, or of staff who type in what a member gave them on paper;
    /// 404 for anybody else. Staff who speak for themselves are told by the room that they are none.
    pub(super) async fn as_member(
        &self,
        permit: &Permit,
        opportunity: OpportunityId,
    ) -> Result<Standing, Problem> {
        let (selection, locality) = self.round(opportunity).await?;
        let authority = if permit.behalf.is_none() && is_member(&selection, permit.caller.person) {
            Some(as_member(opportunity))
        } else {
            staff(permit, &selection, locality.as_deref())
        };
        Ok(standing(authority.ok_or_else(Problem::unknown)?, &selection))
    }

    async fn round(
        &self,
        opportunity: OpportunityId,
    ) -> Result<(Selection, Option<String>), Problem> {
        let known = known_opportunity::one(&self.pool, opportunity).await?;
        let known = known.ok_or_else(Problem::unknown)?;
        let selection = Selection::of(opportunity).uuid();
        let loaded = self.edge.executor().load::<Selection>(selection).await?;
        Ok((loaded.room, known.advert.locality))
    }
}

/// The right of a member of the panel, in this one round.
pub(super) fn as_member(opportunity: OpportunityId) -> Authority {
    let scope = vec![Selection::of(opportunity).to_string()];
    Authority { role: Role::PanelMember.name().to_owned(), scope, delegation: None }
}

/// As whom someone sees a round; whoever is nothing to it sees nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// A member of the panel as it is now.
    pub(super) by_member: bool,
    /// Staff of the locality.
    pub(super) by_staff: bool,
    /// Whoever may approve, and has had no hand in it.
    pub(super) by_approver: bool,
}

impl Seen {
    /// As whom the caller sees it; `None` where they do not.
    pub(super) fn by(
        permit: &Permit,
        selection: &Selection,
        locality: Option<&str>,
    ) -> Option<Self> {
        let person = permit.caller.person;
        let may_approve = by_role(permit, &APPROVERS, locality).is_some();
        let seen = Self {
            by_member: is_member(selection, person),
            by_staff: staff(permit, selection, locality).is_some(),
            by_approver: may_approve && !had_a_hand(selection, person),
        };
        (seen.by_member || seen.by_staff || seen.by_approver).then_some(seen)
    }
}

/// The right of staff by locality. None where they applied themselves: nobody sees who decides on
/// them, and how, before they are told.
fn staff(permit: &Permit, selection: &Selection, locality: Option<&str>) -> Option<Authority> {
    let authority = by_role(permit, &Role::STAFF, locality)?;
    (!applied(selection, permit.caller.person)).then_some(authority)
}

/// The right over a locality by one of these roles, where the route lists them.
pub(in crate::api) fn by_role(
    permit: &Permit,
    roles: &[Role],
    locality: Option<&str>,
) -> Option<Authority> {
    roles.iter().filter_map(|role| permit.authority_as(*role)).find(|authority| {
        let scope = &authority.scope;
        scope.is_empty() || locality.is_some_and(|it| scope.iter().any(|name| name == it))
    })
}

fn standing(authority: Authority, selection: &Selection) -> Standing {
    let panel = selection.work().and_then(|work| work.panel.as_ref());
    let rule_version = panel.map(|panel| in_force::cited(panel.rules_version));
    Standing { authority, rule_version }
}

fn is_member(selection: &Selection, person: PersonId) -> bool {
    let panel = selection.work().and_then(|work| work.panel.as_ref());
    panel.is_some_and(|panel| panel.members.contains_key(&person))
}

fn had_a_hand(selection: &Selection, person: PersonId) -> bool {
    selection.work().is_some_and(|work| work.had_a_hand.contains(&person))
        || applied(selection, person)
}

fn applied(selection: &Selection, person: PersonId) -> bool {
    match selection {
        Selection::Gathering(applicants) => applicants.include(person),
        Selection::UnderWay(work) | Selection::Approved(work, _) | Selection::Told(work, _) => {
            work.applicants.include(person)
        }
        Selection::CalledOff => false,
    }
}
