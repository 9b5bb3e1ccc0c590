//! Why an opportunity can say no: the policy. Each variant's comment is the rule; its text is what
//! the person reads, and never tells one person about another.

use contracts::opportunities::Closing;
use eventstore::append::Reason;
use jiff::Timestamp;

use super::lack::Lack;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with a draft.
    #[error("There is no such opportunity yet.")]
    NotDrafted,
    /// An opportunity is begun once; other words are a revision.
    #[error("This opportunity has been begun already. Revise it instead.")]
    AlreadyDrafted,
    /// While someone reviews the words, they stay as they are.
    #[error("This is being reviewed. It can be changed once it has been sent back.")]
    UnderReview,
    /// Only what was handed over for review is approved or sent back.
    #[error("This is not waiting to be reviewed.")]
    NotUnderReview,
    /// Words are fixed by approval, so that everyone is judged by what was advertised.
    #[error("This has been approved, and its words are fixed.")]
    AlreadyApproved,
    /// Nobody approves what they wrote, typed or revised, nor has it approved in their name.
    #[error("Someone else must approve this.")]
    SomeoneElseMustApprove,
    /// What is reviewed and approved says all that people need to decide whether to apply, and gives
    /// them time to.
    #[error("Before this can go further: {}.", sentences(lacking))]
    Incomplete {
        /// Everything that is missing or does not fit, in the order of the form.
        lacking: Vec<Lack>,
    },
    /// Only what was approved opens, closes, is extended, is made known or comes to an outcome.
    #[error("This has not been approved yet.")]
    NotApproved,
    /// Nothing opens before its opening, nor closes before its closing.
    #[error("It is not time for this yet: it can be done from {}.", told(*due_at, zone))]
    NotYetTime {
        /// From when it can be done.
        due_at: Timestamp,
        /// The zone in which people are told it.
        zone: String,
    },
    /// Only what has opened is closed or extended.
    #[error("This is not open yet.")]
    NotOpen,
    /// What has closed opens again only by an extension, which says until when and why.
    #[error("Applications have closed. To take them again, extend the closing time.")]
    AlreadyClosed,
    /// A closing is only ever moved later: people rely on the time they were told.
    #[error("The new closing time must be later than the present one, {}.", told(*closing_at, zone))]
    ClosingNotLater {
        /// The present closing.
        closing_at: Timestamp,
        /// The zone in which people are told it.
        zone: String,
    },
    /// A new closing is still to come.
    #[error("The new closing time has already passed.")]
    ClosingPassed,
    /// What is open until it is closed by hand has no closing time to move.
    #[error("This stays open until it is closed by hand, so there is no closing time to extend.")]
    Rolling,
    /// An outcome is recorded after applications have closed.
    #[error("The outcome can be recorded once applications have closed.")]
    NotClosed,
    /// An outcome stands; only what changed because of it may be added.
    #[error("The outcome has been recorded.")]
    OutcomeKnown,
    /// The outcome agrees with how many places were advertised and how many were taken.
    #[error("The outcome does not agree with the number of places: {places} were advertised.")]
    PlacesDoNotAgree {
        /// How many were advertised.
        places: u16,
    },
    /// Where places stay empty, it is said why.
    #[error("Say why places stayed empty.")]
    ReasonLacking,
    /// What was withdrawn stays withdrawn.
    #[error("This opportunity was withdrawn.")]
    Withdrawn,
    /// Before the outcome is recorded nobody knows which places stayed empty.
    #[error("Record the outcome first. Until then it is not known which places stayed empty.")]
    OutcomeUnknown,
    /// Only what left places empty is advertised again.
    #[error("Every place was filled, so there is nothing to advertise again.")]
    NothingToReadvertise,
    /// An opportunity is readvertised once at a time.
    #[error("This opportunity is being advertised again already.")]
    AlreadyReadvertised,
    /// A seat is advertised by one opportunity at a time.
    #[error("One of these seats is being advertised already.")]
    SeatAlreadyAdvertised,
    /// A record of publicity tells what was done, not what is planned.
    #[error("Record this once it has been done: its day is still to come.")]
    PublicityToCome,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotDrafted => "opportunity.not_drafted",
            Self::AlreadyDrafted => "opportunity.already_drafted",
            Self::UnderReview => "opportunity.under_review",
            Self::NotUnderReview => "opportunity.not_under_review",
            Self::AlreadyApproved => "opportunity.already_approved",
            Self::SomeoneElseMustApprove => "opportunity.someone_else_must_approve",
            Self::Incomplete { .. } => "opportunity.incomplete",
            Self::NotApproved => "opportunity.not_approved",
            Self::NotYetTime { .. } => "opportunity.not_yet_time",
            Self::NotOpen => "opportunity.not_open",
            Self::AlreadyClosed => "opportunity.already_closed",
            Self::ClosingNotLater { .. } => "opportunity.closing_not_later",
            Self::ClosingPassed => "opportunity.closing_passed",
            Self::Rolling => "opportunity.rolling",
            Self::NotClosed => "opportunity.not_closed",
            Self::OutcomeKnown => "opportunity.outcome_known",
            Self::PlacesDoNotAgree { .. } => "opportunity.places_do_not_agree",
            Self::ReasonLacking => "opportunity.reason_lacking",
            Self::Withdrawn => "opportunity.withdrawn",
            Self::OutcomeUnknown => "opportunity.outcome_unknown",
            Self::NothingToReadvertise => "opportunity.nothing_to_readvertise",
            Self::AlreadyReadvertised => "opportunity.already_readvertised",
            Self::SeatAlreadyAdvertised => "opportunity.seat_already_advertised",
            Self::PublicityToCome => "opportunity.publicity_to_come",
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        let Self::Incomplete { lacking } = self else { return Vec::new() };
        let reason = |lack: &Lack| Reason { code: lack.code().to_owned(), text: lack.to_string() };
        lacking.iter().map(reason).collect()
    }
}

fn sentences(lacking: &[Lack]) -> String {
    lacking.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn told(at: Timestamp, zone: &str) -> String {
    match at.in_tz(zone) {
        Ok(local) => local.strftime("%H:%M on %-d %B %Y").to_string(),
        Err(_) => at.to_string(),
    }
}

/// The zone in which people are told a closing; for a rolling advert, the country's.
pub(super) fn zone_of(closing: &Closing) -> &str {
    match closing {
        Closing::At { zone, .. } => zone,
        Closing::Rolling => "Europe/London",
    }
}
