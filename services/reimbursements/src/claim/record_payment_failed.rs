//! Record that a payment failed: the claim notes that a part's payment did not arrive, so that it can
//! be put in another run. Asked by the policy that hears of it from the payment run.

use contracts::id::PaymentBatchId;
use eventstore::Occasion;

use super::{Claim, Event, PartStanding, Refusal};
use crate::payment::PaymentFailure;

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPaymentFailed {
    /// Which part.
    pub part: u8,
    /// In which run.
    pub batch: PaymentBatchId,
    /// Why.
    pub reason: PaymentFailure,
}

impl RecordPaymentFailed {
    /// While the part is in that run; also after it counted as paid, as banks send money back.
    pub fn decide(self, state: &Claim, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { part, batch, reason } = self;
        let it = state.claimed()?;
        let payable = it.payable(part)?;
        match payable.standing {
            PartStanding::InBatch { batch: its } | PartStanding::Paid { batch: its, .. }
                if its == batch =>
            {
                Ok(vec![Event::PaymentFailed {
                    person: it.submitted.person,
                    activity: it.submitted.activity,
                    activity_on: it.submitted.evidence.on,
                    part: payable.part.clone(),
                    batch,
                    reason,
                }])
            }
            PartStanding::Ready | PartStanding::InBatch { .. } | PartStanding::Paid { .. }
                if payable.failed_in.contains(&batch) =>
            {
                Ok(Vec::new())
            }
            PartStanding::Ready | PartStanding::InBatch { .. } | PartStanding::Paid { .. } => {
                Err(Refusal::NotInThatBatch { part })
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::after;

    fn record(part: u8, batch: PaymentBatchId) -> Command {
        let reason = PaymentFailure::AccountClosed;
        Command::RecordPaymentFailed(RecordPaymentFailed { part, batch, reason })
    }

    #[test]
    fn what_did_not_arrive_can_be_paid_again_and_nothing_else_is_touched() {
        given(until_in_batch()).when(by(SYSTEM), record(1, BATCH)).then(payment_failed(1, BATCH));
        let state = after::<Claim>(until_failed());
        let standings: Vec<_> =
            state.claimed().unwrap().parts.iter().map(|it| it.standing).collect();
        assert_eq!(standings, [PartStanding::Ready, PartStanding::InBatch { batch: BATCH }]);
    }

    #[test]
    fn money_that_the_bank_sent_back_was_not_paid() {
        given(until_paid()).when(by(SYSTEM), record(1, BATCH)).then(payment_failed(1, BATCH));
    }

    #[test]
    fn told_twice_it_failed_once_even_after_it_was_paid_by_another_run() {
        let again = vec![put_in_batch(1, LATER_BATCH), paid(1, LATER_BATCH)];
        for history in [until_failed(), [until_failed(), again].concat()] {
            given(history).when(by(SYSTEM), record(1, BATCH)).then_nothing();
        }
    }

    #[test]
    fn only_a_payment_that_was_in_the_run_can_fail() {
        for (history, batch) in [
            (until_authorised(), BATCH),
            (until_in_batch(), LATER_BATCH),
            (until_paid(), LATER_BATCH),
        ] {
            given(history)
                .when(by(SYSTEM), record(1, batch))
                .then_refused(Refusal::NotInThatBatch { part: 1 });
        }
        given(until_in_batch())
            .when(by(SYSTEM), record(3, BATCH))
            .then_refused(Refusal::NoSuchPart { part: 3 });
    }
}
