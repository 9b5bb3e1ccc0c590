//! Record paid: the claim notes that one of its parts was paid. Asked by the policy that hears of it
//! from the payment run.

use contracts::id::PaymentBatchId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Claim, Event, PartStanding, Refusal};

/// Asked by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPaid {
    /// Which part.
    pub part: u8,
    /// In which run.
    pub batch: PaymentBatchId,
    /// On which day.
    pub paid_on: Date,
}

impl RecordPaid {
    /// While the part is in that run.
    pub fn decide(self, state: &Claim, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { part, batch, paid_on } = self;
        let it = state.claimed()?;
        let payable = it.payable(part)?;
        match payable.standing {
            PartStanding::InBatch { batch: its } if its == batch => Ok(vec![Event::Paid {
                person: it.submitted.person,
                activity: it.submitted.activity,
                activity_on: it.submitted.evidence.on,
                part: payable.part.clone(),
                payable_on: payable.payable_on,
                paid_on,
                batch,
            }]),
            PartStanding::Paid { batch: its, on } if its == batch && on == paid_on => {
                Ok(Vec::new())
            }
            PartStanding::Paid { batch: its, .. } if its == batch => {
                Err(Refusal::PaidOnAnotherDay { part })
            }
            PartStanding::Ready | PartStanding::InBatch { .. } | PartStanding::Paid { .. } => {
                Err(Refusal::NotInThatBatch { part })
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn record(part: u8, batch: PaymentBatchId) -> Command {
        Command::RecordPaid(RecordPaid { part, batch, paid_on: date(2027, 5, 20) })
    }

    #[test]
    fn a_payment_tells_what_it_was_for_when_it_was_due_and_when_it_was_made() {
        given(until_in_batch()).when(by(SYSTEM), record(1, BATCH)).then(paid(1, BATCH));
        given(until_in_batch()).when(by(SYSTEM), record(2, BATCH)).then(paid(2, BATCH));
    }

    #[test]
    fn told_twice_it_is_paid_once() {
        given(until_paid()).when(by(SYSTEM), record(1, BATCH)).then_nothing();
    }

    #[test]
    fn the_day_of_a_payment_stands() {
        let another_day = RecordPaid { part: 1, batch: BATCH, paid_on: date(2027, 5, 21) };
        given(until_paid())
            .when(by(SYSTEM), Command::RecordPaid(another_day))
            .then_refused(Refusal::PaidOnAnotherDay { part: 1 });
    }

    #[test]
    fn a_run_pays_only_what_is_in_it() {
        for (history, batch) in [
            (until_authorised(), BATCH),
            (until_in_batch(), LATER_BATCH),
            (until_paid(), LATER_BATCH),
            (until_failed(), BATCH),
        ] {
            given(history)
                .when(by(SYSTEM), record(1, batch))
                .then_refused(Refusal::NotInThatBatch { part: 1 });
        }
        given(until_in_batch())
            .when(by(SYSTEM), record(3, BATCH))
            .then_refused(Refusal::NoSuchPart { part: 3 });
        given(vec![]).when(by(SYSTEM), record(1, BATCH)).then_refused(Refusal::NotSubmitted);
    }
}
