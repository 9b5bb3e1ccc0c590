//! Why an appointment can say no: the policy. Each variant's comment is the rule; its text is what
//! the person reads, and never tells one person about another.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::london::{ZONE, told};

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with an offer.
    #[error("Nothing has been offered here yet.")]
    NotOffered,
    /// An offer stands as it was made; another is another offer.
    #[error("This offer has been made already.")]
    OfferedAlready,
    /// An opportunity that does not go ahead leads to no place.
    #[error("This opportunity was withdrawn, so no place is offered through it.")]
    OpportunityWithdrawn,
    /// A seat is offered to one person at a time, and not while someone holds it.
    #[error("This place has been offered or is held already.")]
    SeatTaken,
    /// Whoever is asked has a day to answer.
    #[error("The day by which an answer is hoped for has passed.")]
    AnswerByPassed,
    /// A term that is over is neither offered nor accepted.
    #[error("This term has ended.")]
    TermOver,
    /// Once someone's terms are used up, a break comes before standing again.
    #[error("There is a break before standing again. A new term can begin on {free_from}.")]
    OnBreak {
        /// The first day on which a term may begin.
        free_from: Date,
    },
    /// Only the person says yes or no, or leaves.
    #[error("Only the person this place was offered to can say this.")]
    NotTheirs,
    /// What was accepted is left by resigning.
    #[error("This place has been accepted. To leave it, resign; no reason is needed.")]
    Accepted,
    /// A no stands.
    #[error("This offer was declined.")]
    Declined,
    /// An offer that lapsed is made anew.
    #[error("This offer has lapsed. Please ask whether the place is still free.")]
    Lapsed,
    /// An offer that was taken back is made anew.
    #[error("This offer was taken back.")]
    OfferWithdrawn,
    /// While the person may still answer, nobody lets the offer lapse.
    #[error("The person has until the end of {answer_by} to answer.")]
    StillToAnswer {
        /// The last day.
        answer_by: Date,
    },
    /// A record that someone was reached tells what was done, not what is planned.
    #[error("Record this once the person has been reached: its day is still to come.")]
    ContactToCome,
    /// Nothing lapses, ends or goes on for someone by itself.
    #[error("A person has to decide this.")]
    HumanMustDecide,
    /// Nobody decides about their own place.
    #[error("Someone else must decide this.")]
    SomeoneElseMustDecide,
    /// Only what was accepted is held.
    #[error("This place has not been accepted.")]
    NotAccepted,
    /// Nothing comes due before its time.
    #[error("It is not time for this yet: it comes at {}.", told(*due_at, ZONE))]
    NotYetTime {
        /// When it comes.
        due_at: Timestamp,
    },
    /// Reminders are those of the rule the term was given under.
    #[error("There is no such reminder for this term.")]
    NoSuchReminder,
    /// What has ended stays so.
    #[error("This place has ended.")]
    Ended,
    /// Once it is settled that someone leaves, it is not settled otherwise over their head.
    #[error("It is settled already that this place ends; the last day is {last_day}.")]
    LeavingAlready {
        /// The last day.
        last_day: Date,
    },
    /// While a term runs, its end is confirmed rather than set.
    #[error("This term ends on {ends_on}. Confirm that it ends then.")]
    TermNotOver {
        /// Its last day.
        ends_on: Date,
    },
    /// Once a term has run out, someone says which day is the last.
    #[error("This term has ended already, and the person stays on. Say which day is the last.")]
    TermRanOut,
    /// Nobody's last day is taken from them afterwards.
    #[error("The last day has to be today or later.")]
    LastDayPassed,
    /// Leaving is never later than the place would end anyway.
    #[error("This place ends on {ends_on} already.")]
    LastDayAfterEnd {
        /// The last day as it stands.
        ends_on: Date,
    },
    /// Whoever is asked to leave hears it face to face first.
    #[error("The person has to be told this face to face first.")]
    NotToldInPerson,
    /// Whoever is asked to leave has time to reply and to ask for a review.
    #[error("The person needs a day to come by which they can ask for a review.")]
    ReviewOver,
    /// Nobody is given another term who has not agreed to it.
    #[error("The person has to agree to another term first.")]
    NotAgreed,
    /// Terms are limited, so that others get their turn.
    #[error(
        "This would be more than {terms_max} terms one after another. An exception needs a reason \
         and someone who authorises it."
    )]
    TermsUsedUp {
        /// How many are allowed.
        terms_max: u8,
    },
    /// A renewal names the term it follows, so that none is renewed twice by mistake.
    #[error("The present term ends on {ends_on}. Please look again.")]
    OtherTerm {
        /// Its last day.
        ends_on: Date,
    },
    /// Dates have to be on the calendar.
    #[error("These dates are too far away to be reckoned with.")]
    BeyondTheCalendar,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOffered => "appointment.not_offered",
            Self::OpportunityWithdrawn => "appointment.opportunity_withdrawn",
            Self::OfferedAlready => "appointment.offered_already",
            Self::SeatTaken => "appointment.seat_taken",
            Self::AnswerByPassed => "appointment.answer_by_passed",
            Self::TermOver => "appointment.term_over",
            Self::OnBreak { .. } => "appointment.on_break",
            Self::NotTheirs => "appointment.not_theirs",
            Self::Accepted => "appointment.accepted",
            Self::Declined => "appointment.declined",
            Self::Lapsed => "appointment.lapsed",
            Self::OfferWithdrawn => "appointment.offer_withdrawn",
            Self::StillToAnswer { .. } => "appointment.still_to_answer",
            Self::ContactToCome => "appointment.contact_to_come",
            Self::HumanMustDecide => "appointment.human_must_decide",
            Self::SomeoneElseMustDecide => "appointment.someone_else_must_decide",
            Self::NotAccepted => "appointment.not_accepted",
            Self::NotYetTime { .. } => "appointment.not_yet_time",
            Self::NoSuchReminder => "appointment.no_such_reminder",
            Self::Ended => "appointment.ended",
            Self::LeavingAlready { .. } => "appointment.leaving_already",
            Self::TermNotOver { .. } => "appointment.term_not_over",
            Self::TermRanOut => "appointment.term_ran_out",
            Self::LastDayPassed => "appointment.last_day_passed",
            Self::LastDayAfterEnd { .. } => "appointment.last_day_after_end",
            Self::NotToldInPerson => "appointment.not_told_in_person",
            Self::ReviewOver => "appointment.review_over",
            Self::NotAgreed => "appointment.not_agreed",
            Self::TermsUsedUp { .. } => "appointment.terms_used_up",
            Self::OtherTerm { .. } => "appointment.other_term",
            Self::BeyondTheCalendar => "appointment.beyond_the_calendar",
        }
    }
}
