//! A member's own part of the board: what applicants answered, what they have scored, and, once all
//! have locked, what others have. No name, no need, no equality answer; nothing at all of an
//! application they keep out of, and nobody's words once everyone has been told.

use std::collections::BTreeMap;

use contracts::{ApplicationId, OpportunityId, PersonId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permit, Problem};

use super::super::State;
use super::board::{AgreedScore, DecisionPart, Opened, agreed, code_of};
use super::reach::as_member;
use crate::application::Form;
use crate::opening::{Read, What};
use crate::selection::{Conflict, Panel, Selection, Sheet, Work};
use crate::views::{application, selection_board};

/// What a member has before them.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberPart {
    /// How many applications they have yet to lock their scores for.
    to_lock: usize,
    /// Every application that is decided on, in no order that tells anything.
    applications: Vec<PanelApplication>,
}

/// One application as a member of the panel sees it.
#[derive(Serialize, ToSchema)]
struct PanelApplication {
    application: ApplicationId,
    /// What it is called at the table.
    code: String,
    /// Set where the member keeps out of it; nothing else is then shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Conflict>,
    /// What was answered to each criterion, while the panel works.
    answers: Vec<PanelAnswer>,
    /// Why they are interested, as much as they wished to say, while the panel works.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The member's own scores.
    own_scores: Option<ScoreSheet>,
    /// Those of the others who are free to decide on it, once every member has locked.
    other_scores: Vec<ScoreSheet>,
    /// What all scores come to, from then on.
    agreed: Option<AgreedScore>,
    decision: Option<DecisionPart>,
}

/// What was answered to one criterion.
#[derive(Serialize, ToSchema)]
struct PanelAnswer {
    criterion: String,
    /// Missing where it is no longer kept.
    text: Option<String>,
}

/// What one member scored for one application.
#[derive(Serialize, ToSchema)]
struct ScoreSheet {
    member: PersonId,
    /// Whether it stays as it is.
    locked: bool,
    scores: Vec<GivenScore>,
}

/// One score.
#[derive(Serialize, ToSchema)]
struct GivenScore {
    criterion: String,
    points: u8,
    /// On what evidence.
    evidence: Option<String>,
}

/// Who looks, and at what.
struct Look<'a> {
    member: PersonId,
    selection: &'a Selection,
    work: &'a Work,
    panel: &'a Panel,
    forms: BTreeMap<ApplicationId, Form>,
}

impl State {
    /// What the caller, a member of the panel, has before them.
    pub(super) async fn member_part(
        &self,
        permit: &Permit,
        selection: &Selection,
        work: &Work,
    ) -> Result<Option<MemberPart>, Problem> {
        let Some(panel) = &work.panel else { return Ok(None) };
        let forms = match selection {
            Selection::UnderWay(_) => self.forms(work.opportunity).await?,
            Selection::Gathering(_)
            | Selection::Approved(..)
            | Selection::Told(..)
            | Selection::CalledOff => BTreeMap::new(),
        };
        let member = permit.caller.person;
        let mut applications = Vec::new();
        let free = work.applicants.live().filter(|it| panel.conflict(member, it.0).is_none());
        let read = free.filter_map(|(application, person)| {
            read_by_member(selection, application).map(|what| Read { person, what })
        });
        self.note_reading(permit, as_member(work.opportunity), read).await?;
        let look = Look { member, selection, work, panel, forms };
        for (id, _) in work.applicants.live() {
            applications.push(match panel.conflict(member, id) {
                Some(conflict) => {
                    PanelApplication { conflict: Some(conflict), ..PanelApplication::bare(id) }
                }
                None => self.panel_application(&look, id).await?,
            });
        }
        let to_lock = selection_board::to_lock(work, panel, permit.caller.person);
        Ok(Some(MemberPart { to_lock, applications }))
    }

    async fn forms(
        &self,
        opportunity: OpportunityId,
    ) -> Result<BTreeMap<ApplicationId, Form>, Problem> {
        let rows = application::for_opportunity(&self.pool, opportunity, None, i64::MAX).await?;
        Ok(rows.into_iter().map(|row| (row.application, row.submission.form)).collect())
    }

    async fn panel_application(
        &self,
        look: &Look<'_>,
        id: ApplicationId,
    ) -> Result<PanelApplication, Problem> {
        let Look { member: own, selection, work, panel, .. } = look;
        let mut shown = PanelApplication::bare(id);
        let decided = work.decisions.get(&id);
        if let Selection::Told(..) = selection {
            shown.decision = match decided {
                Some(decided) => Some(self.decision_part(decided, Opened::Nothing).await?),
                None => None,
            };
            return Ok(shown);
        }
        if let Some(form) = look.forms.get(&id) {
            for answer in &form.answers {
                let text = self.open(&answer.text).await?;
                shown.answers.push(PanelAnswer { criterion: answer.criterion.clone(), text });
            }
            shown.why = self.open_if_given(form.why.as_ref()).await?;
        }
        for member in panel.free_to_decide(id) {
            let Some(sheet) = panel.sheet(member, id) else { continue };
            if member == *own {
                shown.own_scores = Some(self.score_sheet(member, sheet).await?);
            } else if selection.scores_are_open() {
                shown.other_scores.push(self.score_sheet(member, sheet).await?);
            }
        }
        shown.agreed = agreed(selection, work, id);
        if let Some(decided) = decided {
            shown.decision = Some(self.decision_part(decided, Opened::Everything).await?);
        }
        Ok(shown)
    }

    async fn score_sheet(&self, member: PersonId, sheet: &Sheet) -> Result<ScoreSheet, Problem> {
        let mut scores = Vec::with_capacity(sheet.scores.len());
        for (criterion, score) in &sheet.scores {
            let evidence = self.open(&score.evidence).await?;
            scores.push(GivenScore {
                criterion: criterion.clone(),
                points: score.points,
                evidence,
            });
        }
        Ok(ScoreSheet { member, locked: sheet.locked, scores })
    }
}

/// What of an application its panel reads at this stage.
fn read_by_member(selection: &Selection, application: ApplicationId) -> Option<What> {
    match selection {
        Selection::UnderWay(_) => Some(What::ApplicationOnPanel { application }),
        Selection::Approved(..) => Some(What::DecisionReasons { application }),
        Selection::Gathering(_) | Selection::Told(..) | Selection::CalledOff => None,
    }
}

impl PanelApplication {
    fn bare(application: ApplicationId) -> Self {
        Self {
            application,
            code: code_of(application),
            conflict: None,
            answers: Vec::new(),
            why: None,
            own_scores: None,
            other_scores: Vec::new(),
            agreed: None,
            decision: None,
        }
    }
}
