//! Why a payment run can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads, and never tells one person about another.

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with a run that is planned.
    #[error("There is no such payment run.")]
    NotOpened,
    /// A run is planned once, for one day.
    #[error("This payment run is planned for another day already.")]
    AlreadyOpened,
    /// No run is planned for a day that has passed.
    #[error("The day of this payment run has passed.")]
    RunDayPassed,
    /// What is locked stays as it is, so that the file agrees with what was checked.
    #[error("This payment run is locked. Please use the next one.")]
    Locked,
    /// A payment is of more than nothing.
    #[error("There is nothing to pay here.")]
    NothingToPay,
    /// A run is in one currency.
    #[error("This amount is in another currency than the rest of the payment run.")]
    OtherCurrency,
    /// Two involvement payments in one run may cost someone more than they are paid, so they are
    /// asked first. Expenses wait for nobody's answer.
    #[error(
        "Another involvement payment to this person is in this run. Please ask them first whether \
         both may be paid together."
    )]
    AskFirst,
    /// A part of a claim is in one run at a time.
    #[error("This is in a payment run already.")]
    AlreadyInABatch,
    /// A run without payments is not locked.
    #[error("There is nothing in this payment run.")]
    Empty,
    /// Only what is locked is exported.
    #[error("Lock this payment run first.")]
    NotLocked,
    /// The file adds up to what was locked, kind by kind.
    #[error("The file does not add up to what is in this payment run. Nothing was exported.")]
    FileDoesNotAgree,
    /// One run goes to the bank as one file.
    #[error("This payment run has been exported as another file.")]
    AlreadyExported,
    /// The bank can have said nothing of a file it was not given.
    #[error("This payment run has not been exported yet.")]
    NotExported,
    /// Only what is in the run is paid by it.
    #[error("This is not in the payment run.")]
    NotInThisBatch,
    /// A record of a payment tells what was done, not what is planned.
    #[error("Record this once it has been paid: its day is still to come.")]
    PaymentToCome,
    /// The day of a payment stands.
    #[error("This was paid on another day.")]
    PaidOnAnotherDay,
    /// What did not arrive is paid by another run.
    #[error("This payment did not arrive. Please put it in another payment run.")]
    DidNotArrive,
    /// The reason stands.
    #[error("It is noted already, with another reason, that this payment did not arrive.")]
    FailedOtherwise,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOpened => "payment_batch.not_opened",
            Self::AlreadyOpened => "payment_batch.already_opened",
            Self::RunDayPassed => "payment_batch.run_day_passed",
            Self::Locked => "payment_batch.locked",
            Self::NothingToPay => "payment_batch.nothing_to_pay",
            Self::OtherCurrency => "payment_batch.other_currency",
            Self::AskFirst => "payment_batch.ask_first",
            Self::AlreadyInABatch => "payment_batch.already_in_a_batch",
            Self::Empty => "payment_batch.empty",
            Self::NotLocked => "payment_batch.not_locked",
            Self::FileDoesNotAgree => "payment_batch.file_does_not_agree",
            Self::AlreadyExported => "payment_batch.already_exported",
            Self::NotExported => "payment_batch.not_exported",
            Self::NotInThisBatch => "payment_batch.not_in_this_batch",
            Self::PaymentToCome => "payment_batch.payment_to_come",
            Self::PaidOnAnotherDay => "payment_batch.paid_on_another_day",
            Self::DidNotArrive => "payment_batch.did_not_arrive",
            Self::FailedOtherwise => "payment_batch.failed_otherwise",
        }
    }
}
