//! ROOM: one panel's work on one opportunity, from the applications to the morning on which all
//! outcomes are told. Nothing here ranks, chooses or refuses a person by itself: it keeps a panel to
//! its own rules. No rule uses care data, and nothing here opens what was written.
//!
//! ```text
//! Gathering -- begin --> UnderWay -- approve_outcome --> Approved -- tell --> Told
//!                        UnderWay <-- take_in, put_off -- Approved
//!
//! UnderWay: form_panel, declare_conflict, score, lock_scores, decide
//! until told: take_in, withdraw_applicant, put_off / begin again, call_off --> CalledOff
//! ```

pub mod events;
pub mod refusals;
pub mod decision;
pub mod panel;
pub mod advice;
pub mod telling;
pub mod take_in;
pub mod withdraw_applicant;
pub mod begin;
pub mod put_off;
pub mod call_off;
pub mod form_panel;
pub mod declare_conflict;
pub mod score;
pub mod lock_scores;
pub mod decide;
pub mod approve_outcome;
pub mod tell;
mod timers;
#[cfg(test)]
mod samples;

use std::collections::{BTreeMap, BTreeSet};

use contracts::opportunities::Criterion;
use contracts::{ApplicationId, OpportunityId, PersonId, SelectionId};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use advice::Advice;
pub use approve_outcome::ApproveOutcome;
pub use begin::Begin;
pub use call_off::CallOff;
pub use decide::Decide;
pub use decision::{ApprovedDecision, Decided, Decision};
pub use declare_conflict::{Conflict, DeclareConflict};
pub use events::Event;
pub use form_panel::FormPanel;
pub use lock_scores::LockScores;
pub use panel::{Member, MemberKind, Panel, Score, Sheet};
pub use put_off::PutOff;
pub use refusals::Refusal;
pub use score::GiveScore;
pub use take_in::TakeIn;
pub use tell::Tell;
pub use withdraw_applicant::WithdrawApplicant;

/// The state: how far the work has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// Applications come in.
    Gathering(Applicants),
    /// A panel is formed, scores and decides.
    UnderWay(Box<Work>),
    /// The outcome is approved and waits for its morning.
    Approved(Box<Work>, Approval),
    /// Everyone has been told.
    Told(Box<Work>, Approval),
    /// The opportunity does not go ahead.
    CalledOff,
}

impl Default for Selection {
    fn default() -> Self {
        Self::Gathering(Applicants::default())
    }
}

/// Who applied, and who withdrew. One may be heard of before the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicants {
    /// Everyone who ever applied.
    pub people: BTreeMap<ApplicationId, PersonId>,
    /// Who withdrew.
    pub withdrawn: BTreeSet<ApplicationId>,
}

impl Applicants {
    /// Who is to be decided on.
    pub fn live(&self) -> impl Iterator<Item = (ApplicationId, PersonId)> {
        let live = self.people.iter().filter(|(id, _)| !self.withdrawn.contains(id));
        live.map(|(id, person)| (*id, *person))
    }

    /// Whose application this is, if it is to be decided on.
    pub fn applicant(&self, application: ApplicationId) -> Result<PersonId, Refusal> {
        if self.withdrawn.contains(&application) {
            return Err(Refusal::ApplicantWithdrew);
        }
        self.people.get(&application).copied().ok_or(Refusal::UnknownApplication)
    }

    /// Whether someone ever applied.
    pub fn include(&self, person: PersonId) -> bool {
        self.people.values().any(|it| *it == person)
    }
}

/// The panel's work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// For what.
    pub opportunity: OpportunityId,
    /// What is scored, as published.
    pub criteria: Vec<Criterion>,
    /// Who applied.
    pub applicants: Applicants,
    /// Whether applications are taken again, so that decisions wait.
    pub put_off: bool,
    /// Who decides.
    pub panel: Option<Panel>,
    /// Everyone who was ever on the panel.
    pub had_a_hand: BTreeSet<PersonId>,
    /// What was decided so far.
    pub decisions: BTreeMap<ApplicationId, Decided>,
}

/// That an outcome is approved, and when it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Whose approval it is.
    pub approved_by: PersonId,
    /// Who can be reached on that day.
    pub reachable: PersonId,
    /// The morning.
    pub tell_at: Timestamp,
    /// Days on and before which nothing is told.
    pub bank_holidays: BTreeSet<Date>,
}

/// What can be asked of a selection.
#[derive(Clone, Debug)]
pub enum Command {
    /// Take an application in.
    TakeIn(TakeIn),
    /// Decide no more on someone who withdrew.
    WithdrawApplicant(WithdrawApplicant),
    /// Applications have closed.
    Begin(Begin),
    /// Applications are taken again.
    PutOff(PutOff),
    /// The opportunity does not go ahead.
    CallOff(CallOff),
    /// Say who decides.
    FormPanel(FormPanel),
    /// Keep out of the decision on one application.
    DeclareConflict(DeclareConflict),
    /// Score one application on one criterion.
    GiveScore(GiveScore),
    /// Change one's scores no more.
    LockScores(LockScores),
    /// Record what the panel decided on one application.
    Decide(Decide),
    /// Let the outcome be told.
    ApproveOutcome(ApproveOutcome),
    /// Tell it.
    Tell(Tell),
}

impl Aggregate for Selection {
    const TYPE: &'static str = "selection";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::TakeIn(it) => it.decide(self, &occasion),
            Command::WithdrawApplicant(it) => it.decide(self, &occasion),
            Command::Begin(it) => it.decide(self, &occasion),
            Command::PutOff(it) => it.decide(self, &occasion),
            Command::CallOff(it) => it.decide(self, &occasion),
            Command::FormPanel(it) => it.decide(self, &occasion),
            Command::DeclareConflict(it) => it.decide(self, &occasion),
            Command::GiveScore(it) => it.decide(self, &occasion),
            Command::LockScores(it) => it.decide(self, &occasion),
            Command::Decide(it) => it.decide(self, &occasion),
            Command::ApproveOutcome(it) => it.decide(self, &occasion),
            Command::Tell(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        *self = std::mem::take(self).after(event);
        self.change(Work::note_whether_scores_were_seen);
    }
}

impl Selection {
    /// The selection of an opportunity; there is one.
    pub fn of(opportunity: OpportunityId) -> SelectionId {
        Uuid::new_v5(&opportunity.uuid(), b"selection").into()
    }

    /// Whether members may see each other's scores: once all have locked theirs, and not before.
    pub fn scores_are_open(&self) -> bool {
        self.work().is_some_and(Work::scores_are_open)
    }

    /// Whether what was decided on an application has been told.
    pub fn has_told(&self, application: ApplicationId) -> bool {
        match self {
            Self::Told(work, _) => work.decisions.contains_key(&application),
            Self::Gathering(_) | Self::UnderWay(_) | Self::Approved(..) | Self::CalledOff => false,
        }
    }

    /// The panel's work, from the closing on.
    pub fn work(&self) -> Option<&Work> {
        match self {
            Self::UnderWay(work) | Self::Approved(work, _) | Self::Told(work, _) => Some(work),
            Self::Gathering(_) | Self::CalledOff => None,
        }
    }

    fn under_way(&self) -> Result<&Work, Refusal> {
        match self {
            Self::Gathering(_) => Err(Refusal::StillOpen),
            Self::UnderWay(work) => Ok(work),
            Self::Approved(..) => Err(Refusal::AlreadyApproved),
            Self::Told(..) => Err(Refusal::OutcomesTold),
            Self::CalledOff => Err(Refusal::CalledOff),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Work)) {
        match self {
            Self::UnderWay(work) | Self::Approved(work, _) | Self::Told(work, _) => change(work),
            Self::Gathering(_) | Self::CalledOff => {}
        }
    }

    fn changed(mut self, change: impl FnOnce(&mut Work)) -> Self {
        self.change(change);
        self
    }

    fn after(self, event: Event) -> Self {
        match (event, self) {
            (Event::ApplicationTakenIn { application, applicant }, mut stage) => {
                if let Some(applicants) = stage.applicants_mut() {
                    applicants.people.insert(application, applicant);
                }
                stage
            }
            (Event::ApplicantWithdrawn { application }, mut stage) => {
                if let Some(applicants) = stage.applicants_mut() {
                    applicants.withdrawn.insert(application);
                }
                stage
            }
            (Event::Begun { opportunity, criteria }, Self::Gathering(applicants)) => {
                Self::UnderWay(Box::new(Work {
                    opportunity,
                    criteria,
                    applicants,
                    put_off: false,
                    panel: None,
                    had_a_hand: BTreeSet::new(),
                    decisions: BTreeMap::new(),
                }))
            }
            (Event::PutOff {}, stage) => stage.changed(|it| it.put_off = true),
            (Event::Resumed {}, stage) => stage.changed(|it| it.put_off = false),
            (Event::CalledOff {}, _) => Self::CalledOff,
            (
                Event::OutcomeApproved { approved_by, reachable, tell_at, bank_holidays, .. },
                Self::UnderWay(work),
            ) => Self::Approved(work, Approval { approved_by, reachable, tell_at, bank_holidays }),
            (Event::ApprovalSetAside {}, Self::Approved(work, _)) => Self::UnderWay(work),
            (Event::TellingPutOff { tell_at }, Self::Approved(work, approval)) => {
                Self::Approved(work, Approval { tell_at, ..approval })
            }
            (Event::OutcomesTold { .. }, Self::Approved(work, approval)) => {
                Self::Told(work, approval)
            }
            // What happens within the work changes no stage; nor does a history that no rule allows.
            (
                event @ (Event::Begun { .. }
                | Event::PanelFormed { .. }
                | Event::MemberStoodDown { .. }
                | Event::ConflictDeclared { .. }
                | Event::Scored { .. }
                | Event::ScoresLocked { .. }
                | Event::DecisionRecorded { .. }
                | Event::OutcomeApproved { .. }
                | Event::ApprovalSetAside {}
                | Event::TellingPutOff { .. }
                | Event::OutcomeReleased { .. }
                | Event::OutcomesTold { .. }),
                stage,
            ) => stage.changed(|work| work.after(event)),
        }
    }

    fn applicants_mut(&mut self) -> Option<&mut Applicants> {
        match self {
            Self::Gathering(applicants) => Some(applicants),
            Self::UnderWay(work) | Self::Approved(work, _) | Self::Told(work, _) => {
                Some(&mut work.applicants)
            }
            Self::CalledOff => None,
        }
    }
}

impl Work {
    fn after(&mut self, event: Event) {
        match event {
            Event::PanelFormed { members, rules, rules_version } => {
                self.had_a_hand.extend(members.iter().map(|it| it.person));
                let formed = Panel::of(&members, rules, rules_version, self.panel.take());
                self.panel = Some(formed);
            }
            Event::MemberStoodDown { member } => self.with_panel(|it| it.take_off(member)),
            Event::ConflictDeclared { member, application, conflict } => {
                // What was decided with their scores is to be decided again without them.
                self.decisions.remove(&application);
                self.with_panel(|it| it.note_conflict(member, application, conflict));
            }
            Event::Scored { member, application, criterion, points, evidence } => {
                let score = Score { points, evidence };
                self.with_panel(|it| it.note_score(member, application, criterion, score));
            }
            Event::ScoresLocked { member, applications } => {
                self.with_panel(|it| it.lock(member, &applications));
            }
            Event::DecisionRecorded { application, decided, .. } => {
                self.decisions.insert(application, *decided);
            }
            // One moves the stage and stands there; the other tells others what is decided here.
            Event::Begun { .. }
            | Event::ApplicationTakenIn { .. }
            | Event::ApplicantWithdrawn { .. }
            | Event::PutOff {}
            | Event::Resumed {}
            | Event::CalledOff {}
            | Event::OutcomeApproved { .. }
            | Event::ApprovalSetAside {}
            | Event::TellingPutOff { .. }
            | Event::OutcomeReleased { .. }
            | Event::OutcomesTold { .. } => {}
        }
    }

    fn with_panel(&mut self, change: impl FnOnce(&mut Panel)) {
        if let Some(panel) = &mut self.panel {
            change(panel);
        }
    }

    fn panel(&self) -> Result<&Panel, Refusal> {
        self.panel.as_ref().ok_or(Refusal::PanelNotFormed)
    }

    /// Without applicants there is nothing to see.
    fn scores_are_open(&self) -> bool {
        let mut live = self.applicants.live().peekable();
        let Some(panel) = &self.panel else { return false };
        live.peek().is_some() && live.all(|(application, _)| panel.all_have_locked(application))
    }

    fn note_whether_scores_were_seen(&mut self) {
        let open = self.scores_are_open();
        self.with_panel(|it| it.scores_seen |= open);
    }
}
