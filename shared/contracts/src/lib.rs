//! What services tell each other, for ever: facts, the ids that cross a border, money, sealed values.
//! Nothing here decides anything, reads a clock or opens a sealed value; what stands here is only
//! ever added to.
#![warn(missing_docs, unreachable_pub)]

pub mod id;
pub mod money;
pub mod sealed;
pub mod personal;
pub mod fact;
pub mod notifications;
pub mod opportunities;
pub mod recruitment;
pub mod reimbursements;

pub use id::{
    ApplicationId, AppointmentId, ClaimId, GroupId, Id, MessageId, OpportunityId, PaymentBatchId,
    PersonId, RateCardId, SeatId, SelectionId, SessionId, WorkId,
};
pub use money::Money;
pub use sealed::{Class, Personal, Sealed};
