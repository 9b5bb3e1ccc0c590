//! Mark failed: finance notes that a payment did not arrive, so that it can go in another run. It may
//! have counted as paid: banks send money back days later.

use contracts::ClaimId;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{EntryStanding, Event, PartOf, PaymentBatch, Refusal};
use crate::payment::PaymentFailure;

/// Asked by finance. The body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkFailed {
    /// Which claim.
    pub claim: ClaimId,
    /// Which part of it.
    pub part: u8,
    /// Why, as far as the bank says.
    pub reason: PaymentFailure,
}

impl MarkFailed {
    /// Once the file went to the bank.
    pub fn decide(self, state: &PaymentBatch, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let run = state.exported()?;
        let Self { claim, part, reason } = self;
        match run.entry(PartOf { claim, part }).ok_or(Refusal::NotInThisBatch)?.standing {
            EntryStanding::Pending | EntryStanding::Paid { .. } => {
                Ok(vec![Event::PartFailed { claim, part, reason }])
            }
            EntryStanding::Failed { reason: known } if known == reason => Ok(Vec::new()),
            EntryStanding::Failed { .. } => Err(Refusal::FailedOtherwise),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn mark(of: PartOf, reason: PaymentFailure) -> Command {
        let PartOf { claim, part } = of;
        Command::MarkFailed(MarkFailed { claim, part, reason })
    }

    #[test]
    fn a_payment_that_did_not_arrive_is_noted_with_the_bank_s_reason() {
        given(until_exported())
            .when(afterwards(), mark(FEE, PaymentFailure::AccountClosed))
            .then(failed(FEE));
    }

    #[test]
    fn money_that_comes_back_after_days_was_not_paid() {
        given([until_exported(), vec![paid(FEE)]].concat())
            .when(afterwards(), mark(FEE, PaymentFailure::AccountClosed))
            .then(failed(FEE));
    }

    #[test]
    fn told_twice_it_failed_once_and_for_one_reason() {
        let history = [until_exported(), vec![failed(FEE)]].concat();
        given(history.clone())
            .when(afterwards(), mark(FEE, PaymentFailure::AccountClosed))
            .then_nothing();
        given(history)
            .when(afterwards(), mark(FEE, PaymentFailure::SentBack))
            .then_refused(Refusal::FailedOtherwise);
    }

    #[test]
    fn only_what_is_in_an_exported_run_can_fail() {
        for (history, refusal) in [
            (vec![], Refusal::NotOpened),
            (until_locked(), Refusal::NotExported),
            (until_exported(), Refusal::NotInThisBatch),
        ] {
            given(history)
                .when(afterwards(), mark(ANOTHER_FEE, PaymentFailure::SentBack))
                .then_refused(refusal);
        }
    }
}
