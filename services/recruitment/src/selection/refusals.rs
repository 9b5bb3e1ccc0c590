//! Why a selection can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads, and never tells that a colleague uses services or has applied.

use jiff::Timestamp;

use crate::london::{ZONE, told};

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A panel works once applications have closed, and waits while they are taken again.
    #[error("Applications are still being taken. This can be done once they have closed.")]
    StillOpen,
    /// What is scored was fixed when it was published.
    #[error("This selection has begun, and what is scored can no longer be changed.")]
    AlreadyBegun,
    /// There is no work without a panel.
    #[error("The panel has not been formed yet.")]
    PanelNotFormed,
    /// A panel has as many members as the rules ask for, at least.
    #[error("A panel has at least {minimum} members.")]
    PanelTooSmall {
        /// How many.
        minimum: u8,
    },
    /// A panel has as many people involved as the rules ask for, at least.
    #[error("At least {minimum} of the panel must be people involved.")]
    InvolveesLacking {
        /// How many.
        minimum: u8,
    },
    /// A member is named once.
    #[error("Please name each member once.")]
    MemberTwice,
    /// Nobody decides on their own application. That is not said, as it would tell who applied.
    #[error("One of these people cannot sit on this panel.")]
    MemberCannotSit,
    /// Once scores have been seen, nobody is taken off the panel, lest their scores go with them.
    #[error("Scores have been seen, so nobody can be taken off the panel. Members can be added.")]
    ScoresSeen,
    /// Members score and decide, each for themselves.
    #[error("Only members of this panel can do this.")]
    NotOnThePanel,
    /// A panel decides on those who applied.
    #[error("There is no such application here.")]
    UnknownApplication,
    /// Nobody is decided on who withdrew.
    #[error("This application was withdrawn.")]
    ApplicantWithdrew,
    /// Whoever has a conflict of interest keeps out.
    #[error("You have said that you should not decide on this application, so others will.")]
    Conflicted,
    /// Only what was published is scored.
    #[error("This is not one of the published criteria.")]
    NotACriterion,
    /// Scores lie on the scale.
    #[error("Please give a score from 0 to {scale_max}.")]
    BeyondScale {
        /// The highest score.
        scale_max: u8,
    },
    /// What was locked stays as it was, as others have seen it or may have.
    #[error("You have locked your scores for this application, so they stay as they are.")]
    ScoresLocked,
    /// Scores are locked once all have been given.
    #[error("You have {missing} more to give before you can lock your scores.")]
    ScoresMissing {
        /// How many scores.
        missing: usize,
    },
    /// Each member judges alone first, so decisions wait until all have locked.
    #[error("Decisions can be recorded once every member has locked their scores.")]
    ScoresNotOpen,
    /// As many members as the rules ask for, at least, are free to decide on each application.
    #[error(
        "A decision needs {minimum} members without a conflict of interest. Add someone to the panel."
    )]
    QuorumLacking {
        /// How many.
        minimum: u8,
    },
    /// A reserve is kept until a day to come.
    #[error("The day until which someone is kept in reserve has passed.")]
    ReserveInThePast,
    /// Everyone is told why, whatever was decided.
    #[error("Please write for the person why this was decided.")]
    ReasonLacking,
    /// A decision outside the panel's advice has its reason on record.
    #[error("Please write down why this is decided outside the panel's advice.")]
    InternalReasonLacking,
    /// A place for someone who lacks what is essential, or before someone scored higher, is possible
    /// but is marked as what it is.
    #[error(
        "This goes against the panel's own scores. It can be recorded as a decision outside the \
         panel's advice, with the reason."
    )]
    AgainstPanelAdvice,
    /// Everyone who has not withdrawn is decided on before anyone is told.
    #[error("{}", still_undecided(*undecided))]
    Undecided {
        /// How many.
        undecided: usize,
    },
    /// Nobody approves what they had a hand in, nor a round they applied in.
    #[error("Someone else must approve this.")]
    SomeoneElseMustApprove,
    /// The morning of telling is chosen by a calendar that is known.
    #[error(
        "The bank holidays of {year} are not known yet. Put that year's calendar in force first."
    )]
    CalendarLacking {
        /// Which year.
        year: i16,
    },
    /// What was approved stays until it is told, unless more is to be decided.
    #[error("The outcome has been approved.")]
    AlreadyApproved,
    /// Nothing is told that was not approved.
    #[error("The outcome has not been approved yet.")]
    NotApproved,
    /// Nothing is told before its morning.
    #[error("Outcomes are told at {}.", told(*tell_at, ZONE))]
    NotYetTime {
        /// The morning.
        tell_at: Timestamp,
    },
    /// What people have been told stands.
    #[error("Everyone has been told the outcome.")]
    OutcomesTold,
    /// What was called off stays so.
    #[error("This opportunity was withdrawn, so nobody is selected for it.")]
    CalledOff,
}

fn still_undecided(applications: usize) -> String {
    if applications == 1 {
        "There is one application still to be decided on.".to_owned()
    } else {
        format!("There are {applications} applications still to be decided on.")
    }
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::StillOpen => "selection.still_open",
            Self::AlreadyBegun => "selection.already_begun",
            Self::PanelNotFormed => "selection.panel_not_formed",
            Self::PanelTooSmall { .. } => "selection.panel_too_small",
            Self::InvolveesLacking { .. } => "selection.involvees_lacking",
            Self::MemberTwice => "selection.member_twice",
            Self::MemberCannotSit => "selection.member_cannot_sit",
            Self::ScoresSeen => "selection.scores_seen",
            Self::NotOnThePanel => "selection.not_on_the_panel",
            Self::UnknownApplication => "selection.unknown_application",
            Self::ApplicantWithdrew => "selection.applicant_withdrew",
            Self::Conflicted => "selection.conflicted",
            Self::NotACriterion => "selection.not_a_criterion",
            Self::BeyondScale { .. } => "selection.beyond_scale",
            Self::ScoresLocked => "selection.scores_locked",
            Self::ScoresMissing { .. } => "selection.scores_missing",
            Self::ScoresNotOpen => "selection.scores_not_open",
            Self::QuorumLacking { .. } => "selection.quorum_lacking",
            Self::ReserveInThePast => "selection.reserve_in_the_past",
            Self::ReasonLacking => "selection.reason_lacking",
            Self::InternalReasonLacking => "selection.internal_reason_lacking",
            Self::AgainstPanelAdvice => "selection.against_panel_advice",
            Self::Undecided { .. } => "selection.undecided",
            Self::SomeoneElseMustApprove => "selection.someone_else_must_approve",
            Self::CalendarLacking { .. } => "selection.calendar_lacking",
            Self::AlreadyApproved => "selection.already_approved",
            Self::NotApproved => "selection.not_approved",
            Self::NotYetTime { .. } => "selection.not_yet_time",
            Self::OutcomesTold => "selection.outcomes_told",
            Self::CalledOff => "selection.called_off",
        }
    }
}
