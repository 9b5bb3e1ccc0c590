//! Why a claim can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads, and never tells one person about another.

use jiff::civil::Date;

use crate::london::told;

/// An answer of the room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with a claim.
    #[error("There is no such claim.")]
    NotSubmitted,
    /// A claim is made once; what is to be corrected is asked for.
    #[error("This claim has been made already. To change it, withdraw it and make it again.")]
    AlreadySubmitted,
    /// What was withdrawn stays withdrawn; the activity can be claimed for anew.
    #[error("This claim was withdrawn. Please make a new one.")]
    Withdrawn,
    /// One activity is claimed for once by one person, until that claim is withdrawn or every line of
    /// it refused.
    #[error("There is a claim for this already.")]
    AlreadyClaimed,
    /// The person says that what they claim is right.
    #[error("Please confirm that this is accurate, and was needed to take part.")]
    NotDeclared,
    /// A claim asks for something, unless it only says no to a payment.
    #[error("Please say what you would like to be paid for.")]
    NothingClaimed,
    /// A claim is short enough to be read at one sitting.
    #[error("One claim has at most {lines_max} lines.")]
    TooManyLines {
        /// How many it may have.
        lines_max: usize,
    },
    /// A session is paid for where it is known that the person attended.
    #[error(
        "We have no record yet that you took part in this. Please ask us: it may not have been \
         written up."
    )]
    NotAttended,
    /// A piece of work is paid for once it was accepted.
    #[error("We have no record yet of this piece of work being finished. Please ask us about it.")]
    WorkNotAccepted,
    /// Nothing is claimed before it has happened.
    #[error("This is still to come. You can claim for it from {}.", told(*on))]
    NotYetHappened {
        /// The day of the activity.
        on: Date,
    },
    /// A claim comes in time. The clock stands still while a person is away, what came by post counts
    /// from when it was received, and staff may take a late one and say why.
    #[error(
        "The time to claim for this ended on {}. Please ask us: we can still take it where there is \
         a reason.",
        told(*last_day)
    )]
    WindowClosed {
        /// The last day.
        last_day: Date,
    },
    /// What is paid is what the rate card of the day of the activity says.
    #[error("There are no rates yet for {}. Please ask us about it.", told(*on))]
    NoRates {
        /// The day of the activity.
        on: Date,
    },
    /// A payment for time is made where one was offered.
    #[error("Expenses are paid for this, but no involvement payment was offered.")]
    NoPaymentOffered,
    /// It is made at the rate that was offered.
    #[error("There is no rate yet for this kind of activity. Please ask us about it.")]
    NoRateForActivity,
    /// No payment is owed without the person's own yes.
    #[error("Please say whether you want to take the involvement payment. You do not have to.")]
    PaymentNeedsYes,
    /// One activity has one payment.
    #[error("There is one involvement payment for this, so it has one line.")]
    OnePaymentOnly,
    /// Nobody is paid for more than is known.
    #[error(
        "Line {line} is for more than we have noted. Please ask us: our note may be wrong, and can \
         be put right."
    )]
    BeyondRecord {
        /// Which line.
        line: u8,
    },
    /// An amount is more than nothing.
    #[error("Line {line} comes to nothing. Please check the amount or the miles.")]
    NotPositive {
        /// Which line.
        line: u8,
    },
    /// An amount nobody spends was mistyped.
    #[error("Line {line} comes to a very large amount. Please check it.")]
    TooMuch {
        /// Which line.
        line: u8,
    },
    /// All of a claim is in the currency of its rate card.
    #[error("Line {line} is in another currency. Please ask us about it.")]
    OtherCurrency {
        /// Which line.
        line: u8,
    },
    /// Only the person, or who types for them, answers and withdraws.
    #[error("Only the person who is to be paid can do this.")]
    NotTheirs,
    /// What is decided is a line of the claim.
    #[error("There is no line {line}.")]
    NoSuchLine {
        /// Which was meant.
        line: u8,
    },
    /// A line has one open question at a time, and is paid before the answer only with a word on why.
    #[error("A question about line {line} is open. To pay it all the same, say why.")]
    QuestionOpen {
        /// Which line.
        line: u8,
    },
    /// Only what was asked is answered.
    #[error("There is no open question about line {line}.")]
    NotQueried {
        /// Which line.
        line: u8,
    },
    /// A correction puts the same sort of thing in a line's place.
    #[error("A corrected line has to be for the same sort of thing. Please say the rest in words.")]
    OtherSort,
    /// A decision about a line stands.
    #[error("Line {line} has been decided.")]
    LineDecided {
        /// Which line.
        line: u8,
    },
    /// What a second signature stands under is not taken back.
    #[error("This is about to be paid, and can no longer be changed.")]
    AlreadyAuthorised,
    /// The person paid, who typed for them, who approves and who authorises are different people, by
    /// whatever account and in whoever's name they act. Which of these it was is told to nobody.
    #[error("This approver cannot take it.")]
    CannotTakeIt,
    /// Only what was approved is authorised.
    #[error("Nothing here waits to be authorised.")]
    NothingToAuthorise,
    /// One claim is borne by one cost code.
    #[error("The rest of this claim is borne by {cost_code}.")]
    OtherCostCode {
        /// Which code.
        cost_code: String,
    },
    /// Only what was authorised is paid.
    #[error("There is no part {part} to be paid.")]
    NoSuchPart {
        /// Which was meant.
        part: u8,
    },
    /// A part is in one payment run at a time.
    #[error("Part {part} is in another payment run.")]
    InAnotherBatch {
        /// Which part.
        part: u8,
    },
    /// A run settles only what is in it.
    #[error("Part {part} is not in this payment run.")]
    NotInThatBatch {
        /// Which part.
        part: u8,
    },
    /// The day of a payment stands.
    #[error("Part {part} was paid on another day.")]
    PaidOnAnotherDay {
        /// Which part.
        part: u8,
    },
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotSubmitted => "claim.not_submitted",
            Self::AlreadySubmitted => "claim.already_submitted",
            Self::Withdrawn => "claim.withdrawn",
            Self::AlreadyClaimed => "claim.already_claimed",
            Self::NotDeclared => "claim.not_declared",
            Self::NothingClaimed => "claim.nothing_claimed",
            Self::TooManyLines { .. } => "claim.too_many_lines",
            Self::NotAttended => "claim.not_attended",
            Self::WorkNotAccepted => "claim.work_not_accepted",
            Self::NotYetHappened { .. } => "claim.not_yet_happened",
            Self::WindowClosed { .. } => "claim.window_closed",
            Self::NoRates { .. } => "claim.no_rates",
            Self::NoPaymentOffered => "claim.no_payment_offered",
            Self::NoRateForActivity => "claim.no_rate_for_activity",
            Self::PaymentNeedsYes => "claim.payment_needs_yes",
            Self::OnePaymentOnly => "claim.one_payment_only",
            Self::BeyondRecord { .. } => "claim.beyond_record",
            Self::NotPositive { .. } => "claim.not_positive",
            Self::TooMuch { .. } => "claim.too_much",
            Self::OtherCurrency { .. } => "claim.other_currency",
            Self::NotTheirs => "claim.not_theirs",
            Self::NoSuchLine { .. } => "claim.no_such_line",
            Self::QuestionOpen { .. } => "claim.question_open",
            Self::NotQueried { .. } => "claim.not_queried",
            Self::OtherSort => "claim.other_sort",
            Self::LineDecided { .. } => "claim.line_decided",
            Self::AlreadyAuthorised => "claim.already_authorised",
            Self::CannotTakeIt => "claim.cannot_take_it",
            Self::NothingToAuthorise => "claim.nothing_to_authorise",
            Self::OtherCostCode { .. } => "claim.other_cost_code",
            Self::NoSuchPart { .. } => "claim.no_such_part",
            Self::InAnotherBatch { .. } => "claim.in_another_batch",
            Self::NotInThatBatch { .. } => "claim.not_in_that_batch",
            Self::PaidOnAnotherDay { .. } => "claim.paid_on_another_day",
        }
    }
}
