//! The personal values this system keeps. A value exists in clear only between the request that
//! brings it and the seal, or between the seal and the page, letter or payment that needs it: it
//! cannot be serialised, printed or cloned, and it is wiped when dropped.

mod invalid;
mod text;
mod contact;
mod written;
mod bank_account;

use crate::sealed::Personal;
use zeroize::Zeroizing;

pub use bank_account::BankAccount;
pub use contact::{
    Email, EmailKind, PersonName, PersonNameKind, Phone, PhoneKind, PostalAddress,
    PostalAddressKind,
};
pub use invalid::Invalid;
pub use text::{Kind, Lines, Text};
pub use written::{
    AccessNeed, AccessNeedKind, ApplicationText, ApplicationTextKind, AwayReason, AwayReasonKind,
    CostNote, CostNoteKind, GuardianContact, GuardianContactKind, OutcomeReason, OutcomeReasonKind,
    PanelNote, PanelNoteKind, ReasonForException, ReasonForExceptionKind, ReasonForSteppingDown,
    ReasonForSteppingDownKind, WithdrawalReason, WithdrawalReasonKind, WordsOnLeaving,
    WordsOnLeavingKind,
};

/// A personal value that can be turned into bytes and back. The bytes' form is permanent, as what
/// was sealed years ago must still open.
pub trait Sealable: Personal + Sized {
    /// What is sealed.
    fn to_plain(&self) -> Zeroizing<Vec<u8>>;
    /// The value again. Applies no rule of form or length: those are for what comes in, and may
    /// have been other ones when this was sealed.
    fn from_plain(plain: &[u8]) -> Result<Self, Unreadable>;
}

/// What was sealed is not in the form its kind is sealed in. Says nothing of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the opened bytes are not in their kind's form")]
pub struct Unreadable;
