//! Put in batch: the claim notes that one of its parts was taken into a payment run. Asked by the
//! policy that hears of it from the run.

use contracts::id::PaymentBatchId;
use eventstore::Occasion;

use super::{Claim, Event, PartStanding, Refusal};

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutInBatch {
    /// Which part.
    pub part: u8,
    /// Which run.
    pub batch: PaymentBatchId,
}

impl PutInBatch {
    /// Once for each run.
    pub fn decide(self, state: &Claim, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { part, batch } = self;
        let payable = state.claimed()?.payable(part)?;
        if payable.failed_in.contains(&batch) {
            return Ok(Vec::new());
        }
        match payable.standing {
            PartStanding::Ready => Ok(vec![Event::PutInBatch { part, batch }]),
            PartStanding::InBatch { batch: its } | PartStanding::Paid { batch: its, .. }
                if its == batch =>
            {
                Ok(Vec::new())
            }
            PartStanding::InBatch { .. } | PartStanding::Paid { .. } => {
                Err(Refusal::InAnotherBatch { part })
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn put(part: u8, batch: PaymentBatchId) -> Command {
        Command::PutInBatch(PutInBatch { part, batch })
    }

    #[test]
    fn each_part_goes_into_a_run_for_itself() {
        given(until_authorised()).when(by(SYSTEM), put(1, BATCH)).then(put_in_batch(1, BATCH));
        given([until_authorised(), vec![put_in_batch(1, BATCH)]].concat())
            .when(by(SYSTEM), put(2, LATER_BATCH))
            .then(put_in_batch(2, LATER_BATCH));
    }

    #[test]
    fn told_twice_it_is_in_the_run_once() {
        for history in [until_in_batch(), until_paid(), until_failed()] {
            given(history).when(by(SYSTEM), put(1, BATCH)).then_nothing();
        }
    }

    #[test]
    fn what_did_not_arrive_goes_into_another_run() {
        given(until_failed())
            .when(by(SYSTEM), put(1, LATER_BATCH))
            .then(put_in_batch(1, LATER_BATCH));
    }

    #[test]
    fn a_part_is_in_one_run_at_a_time() {
        for history in [until_in_batch(), until_paid()] {
            given(history)
                .when(by(SYSTEM), put(1, LATER_BATCH))
                .then_refused(Refusal::InAnotherBatch { part: 1 });
        }
    }

    #[test]
    fn only_what_was_authorised_is_paid() {
        given(until_part_refused())
            .when(by(SYSTEM), put(1, BATCH))
            .then_refused(Refusal::NoSuchPart { part: 1 });
        given(vec![]).when(by(SYSTEM), put(1, BATCH)).then_refused(Refusal::NotSubmitted);
        given(until_withdrawn()).when(by(SYSTEM), put(1, BATCH)).then_refused(Refusal::Withdrawn);
    }
}
