//! What the store keeps beside a run's events: that no part of a claim is in two runs. Decides
//! nothing, and waits for no timer.

use eventstore::{KeyChange, Room, TimerChange, UniqueKey};

use super::{Command, Event, PartOf, PaymentBatch, Refusal};

const BATCH_CLAIM: &str = "batch.claim";

impl Room for PaymentBatch {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Opened { .. }
            | Event::PartAdded { .. }
            | Event::Locked { .. }
            | Event::Exported { .. }
            | Event::PartPaid { .. }
            | Event::PartFailed { .. } => Vec::new(),
        }
    }

    /// Held for ever once it was paid, so that nothing is ever paid twice.
    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::PartAdded { claim, part, .. } => {
                vec![KeyChange::Claim(batch_claim(PartOf { claim: *claim, part: *part }))]
            }
            Event::PartFailed { claim, part, .. } => {
                vec![KeyChange::Release(batch_claim(PartOf { claim: *claim, part: *part }))]
            }
            Event::Opened { .. }
            | Event::Locked { .. }
            | Event::Exported { .. }
            | Event::PartPaid { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AlreadyInABatch
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

fn batch_claim(of: PartOf) -> UniqueKey {
    UniqueKey { scope: BATCH_CLAIM, value: format!("{}/{}", of.claim, of.part) }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    fn key(part: u8) -> UniqueKey {
        let value = format!("00000000-0000-0000-0000-9f3a22c41b07/{part}");
        UniqueKey { scope: "batch.claim", value }
    }

    #[test]
    fn a_part_is_in_one_run_at_a_time_and_free_again_when_its_payment_failed() {
        let added = PaymentBatch::unique_keys(&fee_added());
        assert_eq!(added, [KeyChange::Claim(key(2))]);
        assert_eq!(PaymentBatch::unique_keys(&failed(FEE)), [KeyChange::Release(key(2))]);
        assert_eq!(PaymentBatch::taken(&key(2)), Refusal::AlreadyInABatch);
    }

    #[test]
    fn what_was_paid_is_never_free_again() {
        for event in [opened(), locked(), exported(), paid(FEE)] {
            assert_eq!(PaymentBatch::unique_keys(&event), []);
        }
    }

    #[test]
    fn a_run_waits_for_no_timer() {
        for event in until_exported() {
            assert_eq!(PaymentBatch::timers(&event), []);
        }
        assert!(PaymentBatch::due("anything").is_none());
    }
}
