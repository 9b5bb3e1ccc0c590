//! A panel's members, what each has scored and locked, and where each keeps out. Members are kept
//! from each other's scores by who may read, which asks here; nothing here compares applicants.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{ApplicationId, PersonId, Sealed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Conflict, Refusal};
use crate::personal::PanelNote;
use crate::setting::SelectionRules;

/// One member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// As what they sit on it.
    pub kind: MemberKind,
}

/// As what someone sits on a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// Employed by the trust.
    Staff,
    /// Someone involved.
    Involvee,
}

/// A panel at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// Who is on it.
    pub members: BTreeMap<PersonId, MemberKind>,
    /// The rules it works under.
    pub rules: SelectionRules,
    /// Which version of the setting they are.
    pub rules_version: u32,
    /// What each member has scored, application by application.
    pub sheets: BTreeMap<ApplicationId, BTreeMap<PersonId, Sheet>>,
    /// Who keeps out of which decision.
    pub conflicts: BTreeMap<ApplicationId, BTreeMap<PersonId, Conflict>>,
    /// Whether members could see each other's scores at any time.
    pub scores_seen: bool,
}

/// What one member has scored for one application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// By criterion.
    pub scores: BTreeMap<String, Score>,
    /// Whether it stays as it is.
    pub locked: bool,
}

/// One score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// How many points.
    pub points: u8,
    /// On what evidence.
    pub evidence: Sealed<PanelNote>,
}

impl Panel {
    /// A panel as it is from now on. What remaining members have done stays; what others have does
    /// not count.
    pub(super) fn of(
        members: &[Member],
        rules: SelectionRules,
        rules_version: u32,
        before: Option<Self>,
    ) -> Self {
        let mut panel = Self {
            members: BTreeMap::new(),
            rules,
            rules_version,
            sheets: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            scores_seen: false,
        };
        if let Some(before) = before {
            panel = before;
        }
        panel.members = members.iter().map(|it| (it.person, it.kind)).collect();
        panel
    }

    /// Refuses who is not on it.
    pub(super) fn includes(&self, person: PersonId) -> Result<(), Refusal> {
        if self.members.contains_key(&person) { Ok(()) } else { Err(Refusal::NotOnThePanel) }
    }

    /// Whether a member keeps out of the decision on an application.
    pub fn conflict(&self, member: PersonId, application: ApplicationId) -> Option<Conflict> {
        self.conflicts.get(&application)?.get(&member).copied()
    }

    /// Who is free to decide on an application.
    pub fn free_to_decide(&self, application: ApplicationId) -> BTreeSet<PersonId> {
        let free = self.members.keys().filter(|it| self.conflict(**it, application).is_none());
        free.copied().collect()
    }

    /// Refuses where too few are.
    pub(super) fn quorum(&self, application: ApplicationId) -> Result<(), Refusal> {
        let minimum = self.rules.minimum_members;
        if self.free_to_decide(application).len() < usize::from(minimum) {
            return Err(Refusal::QuorumLacking { minimum });
        }
        Ok(())
    }

    /// What a member has scored for an application, if anything.
    pub fn sheet(&self, member: PersonId, application: ApplicationId) -> Option<&Sheet> {
        self.sheets.get(&application)?.get(&member)
    }

    /// Whether everyone who is free to decide on an application has locked their scores for it.
    pub fn all_have_locked(&self, application: ApplicationId) -> bool {
        let locked = |member| self.sheet(member, application).is_some_and(|it| it.locked);
        self.free_to_decide(application).into_iter().all(locked)
    }

    pub(super) fn take_off(&mut self, member: PersonId) {
        self.members.remove(&member);
    }

    pub(super) fn note_conflict(
        &mut self,
        member: PersonId,
        application: ApplicationId,
        conflict: Conflict,
    ) {
        self.conflicts.entry(application).or_default().insert(member, conflict);
    }

    pub(super) fn note_score(
        &mut self,
        member: PersonId,
        application: ApplicationId,
        criterion: String,
        score: Score,
    ) {
        self.sheet_mut(member, application).scores.insert(criterion, score);
    }

    pub(super) fn lock(&mut self, member: PersonId, applications: &BTreeSet<ApplicationId>) {
        for application in applications {
            self.sheet_mut(member, *application).locked = true;
        }
    }

    fn sheet_mut(&mut self, member: PersonId, application: ApplicationId) -> &mut Sheet {
        self.sheets.entry(application).or_default().entry(member).or_default()
    }
}
