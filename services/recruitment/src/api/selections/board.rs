//! The board of one round. Each part of it is there for whoever needs it and missing for all others:
//! members see answers and scores, staff how far the work has come, the approver what is decided.

use axum::Json;
use axum::extract::State as Shared;
use contracts::opportunities::Criterion;
use contracts::{ApplicationId, OpportunityId, PersonId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Address, Permit, Problem, ReadAfter};

use super::super::State;
use super::for_members::MemberPart;
use super::for_staff::{OutcomePart, PanelProgress};
use super::reach::Seen;
use crate::selection::{Advice, Approval, Decided, Decision, Selection, Work};
use crate::views::{known_opportunity, selection_board};

/// One round, as far as the reader has a part in it.
#[derive(Serialize, ToSchema)]
#[schema(as = SelectionPage)]
pub(super) struct Board {
    opportunity: OpportunityId,
    /// What the opportunity is called.
    title: String,
    version: i64,
    /// `gathering`, `under_way`, `approved`, `told` or `called_off`.
    stage: &'static str,
    /// Whether decisions wait because applications are taken again.
    put_off: bool,
    /// What is scored, as published.
    criteria: Vec<Criterion>,
    /// The highest score, once there is a panel.
    scale_max: Option<u8>,
    /// Whether every member has locked their scores, so that all may see them.
    scores_are_open: bool,
    /// The morning on which everyone is told, or was.
    tell_at: Option<Timestamp>,
    /// Whom people can reach on that day.
    reachable: Option<PersonId>,
    /// For a member of the panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    panel: Option<MemberPart>,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<PanelProgress>,
    /// For the approver, and for staff once everyone has been told.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomePart>,
}

/// What the members' scores come to; never one member's own.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(super) struct AgreedScore {
    /// All points given.
    points: u64,
    /// By how many members.
    members: u64,
    /// Whether each essential criterion has the least score on average.
    essentials_met: bool,
}

impl AgreedScore {
    pub(super) fn of(advice: Advice) -> Self {
        let Advice { essentials_met, points, members } = advice;
        Self { points, members, essentials_met }
    }
}

/// What was decided on one application.
#[derive(Serialize, ToSchema)]
pub(super) struct DecisionPart {
    pub(super) decision: Decision,
    /// Whether it goes against the panel's own scores, and says so.
    pub(super) outside_panel_advice: bool,
    /// Why, in words for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// What else is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) internal_reason: Option<String>,
}

/// How much of what was written about a decision is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Nothing.
    Nothing,
    /// What the person is told.
    WhatThePersonReads,
    /// All of it.
    Everything,
}

impl State {
    pub(super) async fn decision_part(
        &self,
        decided: &Decided,
        opened: Opened,
    ) -> Result<DecisionPart, Problem> {
        let reason = decided.reason.as_ref().filter(|_| opened != Opened::Nothing);
        let internal = decided.internal_reason.as_ref().filter(|_| opened == Opened::Everything);
        Ok(DecisionPart {
            decision: decided.decision,
            outside_panel_advice: decided.outside_panel_advice,
            reason: self.open_if_given(reason).await?,
            internal_reason: self.open_if_given(internal).await?,
        })
    }
}

/// What an application is called at the table: it tells nothing of whose it is.
pub(super) fn code_of(application: ApplicationId) -> String {
    application.uuid().simple().to_string().chars().take(8).collect::<String>().to_uppercase()
}

/// One round: who has yet to score what, what is decided, when it is told. Whoever has no part in it
/// is not told that there is one.
#[utoipa::path(get, path = "/v1/opportunities/{opportunity}/selection", tag = "selection",
    params(("opportunity" = OpportunityId, Path, description = "For what")),
    responses((status = 200, body = Board)))]
pub(super) async fn board(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(opportunity): Address<OpportunityId>,
) -> Result<Json<Board>, Problem> {
    let known = known_opportunity::one(&state.pool, opportunity).await?;
    let advert = known.ok_or_else(Problem::unknown)?.advert;
    let row = selection_board::one(&state.pool, opportunity).await?;
    let (version, selection) =
        row.map_or_else(|| (0, Selection::default()), |row| (row.version, row.state));
    let locality = advert.locality.as_deref();
    let seen = Seen::by(&permit, &selection, locality);
    let seen = seen.ok_or_else(Problem::unknown)?;
    let work = selection.work();
    let panel = work.and_then(|work| work.panel.as_ref());
    let approval = approval(&selection);
    Ok(Json(Board {
        opportunity,
        title: advert.title.clone(),
        version,
        stage: selection_board::stage(&selection),
        put_off: work.is_some_and(|work| work.put_off),
        criteria: work.map_or_else(|| advert.criteria.clone(), |work| work.criteria.clone()),
        scale_max: panel.map(|panel| panel.rules.scale_max),
        scores_are_open: selection.scores_are_open(),
        tell_at: approval.map(|approval| approval.tell_at),
        reachable: approval.map(|approval| approval.reachable),
        panel: match work {
            Some(work) if seen.by_member => state.member_part(&permit, &selection, work).await?,
            Some(_) | None => None,
        },
        progress: seen.by_staff.then(|| PanelProgress::of(&selection)),
        outcome: match work {
            Some(work) => state.outcome_part(&permit, &selection, work, seen, locality).await?,
            None => None,
        },
    }))
}

fn approval(selection: &Selection) -> Option<&Approval> {
    match selection {
        Selection::Approved(_, approval) | Selection::Told(_, approval) => Some(approval),
        Selection::Gathering(_) | Selection::UnderWay(_) | Selection::CalledOff => None,
    }
}

/// What the scores come to, once all may see them.
pub(super) fn agreed(
    selection: &Selection,
    work: &Work,
    application: ApplicationId,
) -> Option<AgreedScore> {
    selection.scores_are_open().then(|| work.advice(application)).flatten().map(AgreedScore::of)
}
