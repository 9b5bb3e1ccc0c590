//! What can have happened in a panel's work. Stored names are permanent; each has a sample in
//! `samples/`. Conflicts and single members' scores are for the panel's own eyes: what is given to
//! applicants holds agreed scores and reasons only.

use std::collections::BTreeSet;

use contracts::opportunities::Criterion;
use contracts::{ApplicationId, OpportunityId, PersonId, Sealed};
use cqrs_es::DomainEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ApprovedDecision, Conflict, Decided, Decision, Member};
use crate::personal::{OutcomeReason, PanelNote};
use crate::setting::SelectionRules;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// An application is among those to be decided on.
    #[serde(rename = "selection.application_taken_in.v1")]
    ApplicationTakenIn {
        /// Which.
        application: ApplicationId,
        /// Whose.
        applicant: PersonId,
    },
    /// Someone withdrew and is not decided on.
    #[serde(rename = "selection.applicant_withdrawn.v1")]
    ApplicantWithdrawn {
        /// Which application.
        application: ApplicationId,
    },
    /// Applications have closed, and a panel may be formed.
    #[serde(rename = "selection.begun.v1")]
    Begun {
        /// For what.
        opportunity: OpportunityId,
        /// What is scored, as published; nothing else ever is.
        criteria: Vec<Criterion>,
    },
    /// Applications are taken again, so that decisions wait.
    #[serde(rename = "selection.put_off.v1")]
    PutOff {},
    /// They have closed again.
    #[serde(rename = "selection.resumed.v1")]
    Resumed {},
    /// The opportunity does not go ahead.
    #[serde(rename = "selection.called_off.v1")]
    CalledOff {},
    /// It is known who decides.
    #[serde(rename = "selection.panel_formed.v1")]
    PanelFormed {
        /// Everyone on the panel from now on.
        members: Vec<Member>,
        /// The rules the panel works under; they stay those it was first formed under.
        rules: SelectionRules,
        /// Which version of the setting they are.
        rules_version: u32,
    },
    /// Someone had to leave the panel. Their scores do not count.
    #[serde(rename = "selection.member_stood_down.v1")]
    MemberStoodDown {
        /// Who.
        member: PersonId,
    },
    /// A member keeps out of the decision on one application. Their scores for it do not count.
    #[serde(rename = "selection.conflict_declared.v1")]
    ConflictDeclared {
        /// Who.
        member: PersonId,
        /// On which.
        application: ApplicationId,
        /// Of what kind.
        conflict: Conflict,
    },
    /// A member scored an application on a criterion, for the first time or again.
    #[serde(rename = "selection.scored.v1")]
    Scored {
        /// Who.
        member: PersonId,
        /// Which.
        application: ApplicationId,
        /// On what.
        criterion: String,
        /// How many points.
        points: u8,
        /// On what evidence; under the applicant's key.
        evidence: Sealed<PanelNote>,
    },
    /// A member changes their scores no more.
    #[serde(rename = "selection.scores_locked.v1")]
    ScoresLocked {
        /// Who.
        member: PersonId,
        /// For which.
        applications: BTreeSet<ApplicationId>,
    },
    /// The panel's decision on an application, which may be recorded anew until it is approved.
    #[serde(rename = "selection.decision_recorded.v1")]
    DecisionRecorded {
        /// On which.
        application: ApplicationId,
        /// On whom.
        applicant: PersonId,
        /// What, and why.
        decided: Box<Decided>,
        /// Whose scores counted.
        counted: BTreeSet<PersonId>,
    },
    /// Someone outside the panel approved, and the morning of telling is set.
    #[serde(rename = "selection.outcome_approved.v1")]
    OutcomeApproved {
        /// For what.
        opportunity: OpportunityId,
        /// What was decided on each.
        decisions: Vec<ApprovedDecision>,
        /// Whose approval it is.
        approved_by: PersonId,
        /// Who can be reached on the day of telling.
        reachable: PersonId,
        /// The morning.
        tell_at: Timestamp,
        /// Days on and before which nothing is told.
        bank_holidays: BTreeSet<Date>,
    },
    /// More is to be decided before anything is told; the approval does not hold.
    #[serde(rename = "selection.approval_set_aside.v1")]
    ApprovalSetAside {},
    /// The morning passed unused, and another is set.
    #[serde(rename = "selection.telling_put_off.v1")]
    TellingPutOff {
        /// The new morning.
        tell_at: Timestamp,
    },
    /// One person may know. All of a round follow one another at one moment.
    #[serde(rename = "selection.outcome_released.v1")]
    OutcomeReleased {
        /// For what.
        opportunity: OpportunityId,
        /// Which application.
        application: ApplicationId,
        /// Whose.
        applicant: PersonId,
        /// What was decided.
        decision: Decision,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
        /// Whom they can reach today.
        reachable: PersonId,
    },
    /// Everyone may know.
    #[serde(rename = "selection.outcomes_told.v1")]
    OutcomesTold {
        /// For what.
        opportunity: OpportunityId,
        /// Whom people can reach today.
        reachable: PersonId,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ApplicationTakenIn { .. } => "selection.application_taken_in.v1",
            Self::ApplicantWithdrawn { .. } => "selection.applicant_withdrawn.v1",
            Self::Begun { .. } => "selection.begun.v1",
            Self::PutOff {} => "selection.put_off.v1",
            Self::Resumed {} => "selection.resumed.v1",
            Self::CalledOff {} => "selection.called_off.v1",
            Self::PanelFormed { .. } => "selection.panel_formed.v1",
            Self::MemberStoodDown { .. } => "selection.member_stood_down.v1",
            Self::ConflictDeclared { .. } => "selection.conflict_declared.v1",
            Self::Scored { .. } => "selection.scored.v1",
            Self::ScoresLocked { .. } => "selection.scores_locked.v1",
            Self::DecisionRecorded { .. } => "selection.decision_recorded.v1",
            Self::OutcomeApproved { .. } => "selection.outcome_approved.v1",
            Self::ApprovalSetAside {} => "selection.approval_set_aside.v1",
            Self::TellingPutOff { .. } => "selection.telling_put_off.v1",
            Self::OutcomeReleased { .. } => "selection.outcome_released.v1",
            Self::OutcomesTold { .. } => "selection.outcomes_told.v1",
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.name().rsplit_once(".v").map_or("1", |(_, version)| version).to_owned()
    }
}

#[cfg(test)]
mod stories {
    use super::super::Selection;
    use super::super::samples::one_of_each;
    use crate::story::stored_as_sampled;

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Selection>(one_of_each());
    }
}
