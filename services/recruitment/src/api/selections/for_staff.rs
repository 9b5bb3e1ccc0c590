//! Staff's part of the board: how far each member has come, without a single score before all are
//! open and never one member's own; and what is decided, for the approver before it is told and for
//! staff afterwards. Who keeps out of what, and why, stays with the panel.

use contracts::{ApplicationId, PersonId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permit, Problem, Role};

use super::super::State;
use super::board::{AgreedScore, DecisionPart, Opened, agreed, code_of};
use super::reach::{APPROVERS, Seen, by_role};
use crate::opening::{Read, What};
use crate::selection::{MemberKind, Panel, Selection, Work};
use crate::views::selection_board::to_lock;

/// How far the work has come.
#[derive(Serialize, ToSchema)]
pub(super) struct PanelProgress {
    /// How many applications are to be decided on.
    applications: usize,
    /// How many of them are decided on.
    decided: usize,
    /// For how many too few members are free to decide.
    short_of_members: usize,
    /// Who decides, and how much each has yet to lock.
    members: Vec<MemberProgress>,
    /// What the scores come to, once all are open.
    scores: Vec<ScoredApplication>,
}

/// How far one member has come.
#[derive(Serialize, ToSchema)]
struct MemberProgress {
    member: PersonId,
    kind: MemberKind,
    /// How many applications they have yet to lock their scores for.
    to_lock: usize,
}

/// What the scores of one application come to.
#[derive(Serialize, ToSchema)]
struct ScoredApplication {
    application: ApplicationId,
    code: String,
    agreed: AgreedScore,
}

/// What is decided on each.
#[derive(Serialize, ToSchema)]
pub(super) struct OutcomePart {
    decisions: Vec<DecidedApplication>,
}

/// What is decided on one application.
#[derive(Serialize, ToSchema)]
struct DecidedApplication {
    application: ApplicationId,
    code: String,
    agreed: Option<AgreedScore>,
    decision: DecisionPart,
}

impl PanelProgress {
    pub(super) fn of(selection: &Selection) -> Self {
        let applicants = match selection {
            Selection::Gathering(applicants) => Some(applicants),
            Selection::UnderWay(work) | Selection::Approved(work, _) | Selection::Told(work, _) => {
                Some(&work.applicants)
            }
            Selection::CalledOff => None,
        };
        let applications = applicants.map_or(0, |it| it.live().count());
        let Some(work) = selection.work() else { return Self::without_panel(applications) };
        let decided = work.applicants.live().filter(|it| work.decisions.contains_key(&it.0));
        let decided = decided.count();
        let Some(panel) = &work.panel else { return Self::without_panel(applications) };
        let member = |(member, kind): (&PersonId, &MemberKind)| MemberProgress {
            member: *member,
            kind: *kind,
            to_lock: to_lock(work, panel, *member),
        };
        let scored = |(application, _)| {
            let agreed = agreed(selection, work, application)?;
            Some(ScoredApplication { application, code: code_of(application), agreed })
        };
        Self {
            applications,
            decided,
            short_of_members: short_of_members(work, panel),
            members: panel.members.iter().map(member).collect(),
            scores: work.applicants.live().filter_map(scored).collect(),
        }
    }

    fn without_panel(applications: usize) -> Self {
        let (members, scores) = (Vec::new(), Vec::new());
        Self { applications, decided: 0, short_of_members: 0, members, scores }
    }
}

fn short_of_members(work: &Work, panel: &Panel) -> usize {
    let minimum = usize::from(panel.rules.minimum_members);
    work.applicants.live().filter(|it| panel.free_to_decide(it.0).len() < minimum).count()
}

impl State {
    /// What is decided, with the reasons: all of them for the approver, what people read for staff
    /// once they have read it.
    pub(super) async fn outcome_part(
        &self,
        permit: &Permit,
        selection: &Selection,
        work: &Work,
        seen: Seen,
        locality: Option<&str>,
    ) -> Result<Option<OutcomePart>, Problem> {
        let opened = match selection {
            Selection::UnderWay(_) | Selection::Approved(..) | Selection::Told(..)
                if seen.by_approver =>
            {
                Opened::Everything
            }
            Selection::Told(..) if seen.by_staff => Opened::WhatThePersonReads,
            Selection::Gathering(_)
            | Selection::UnderWay(_)
            | Selection::Approved(..)
            | Selection::Told(..)
            | Selection::CalledOff => return Ok(None),
        };
        let roles = if seen.by_approver { &APPROVERS } else { &Role::STAFF };
        let authority = by_role(permit, roles, locality).ok_or_else(Problem::unknown)?;
        let decided = work.applicants.live().filter(|it| work.decisions.contains_key(&it.0));
        let read = decided.map(|(application, person)| Read {
            person,
            what: What::DecisionReasons { application },
        });
        self.note_reading(permit, authority, read).await?;
        let mut decisions = Vec::new();
        for (application, _) in work.applicants.live() {
            let Some(decided) = work.decisions.get(&application) else { continue };
            decisions.push(DecidedApplication {
                application,
                code: code_of(application),
                agreed: agreed(selection, work, application),
                decision: self.decision_part(decided, opened).await?,
            });
        }
        Ok(Some(OutcomePart { decisions }))
    }
}
