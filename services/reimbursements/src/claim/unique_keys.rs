//! What the store keeps beside a claim's events: that nobody claims twice for one activity. Decides
//! nothing, and waits for no timer.

use contracts::PersonId;
use eventstore::{KeyChange, Room, TimerChange, UniqueKey};

use super::events::Submitted;
use super::{Activity, Claim, Command, Event, Refusal};

const CLAIM_FOR: &str = "claim.for";

impl Room for Claim {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Submitted(_)
            | Event::Queried { .. }
            | Event::QueryAnswered { .. }
            | Event::LinesDecided { .. }
            | Event::Authorised { .. }
            | Event::Withdrawn { .. }
            | Event::PutInBatch { .. }
            | Event::Paid { .. }
            | Event::PaymentFailed { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Submitted(it) => {
                let Submitted { person, activity, .. } = &**it;
                vec![KeyChange::Claim(claim_for(*person, *activity))]
            }
            Event::Withdrawn { person, activity }
            | Event::LinesDecided { person, activity, frees_activity: true, .. } => {
                vec![KeyChange::Release(claim_for(*person, *activity))]
            }
            Event::LinesDecided { frees_activity: false, .. }
            | Event::Queried { .. }
            | Event::QueryAnswered { .. }
            | Event::Authorised { .. }
            | Event::PutInBatch { .. }
            | Event::Paid { .. }
            | Event::PaymentFailed { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AlreadyClaimed
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

fn claim_for(person: PersonId, activity: Activity) -> UniqueKey {
    UniqueKey { scope: CLAIM_FOR, value: format!("{person}/{}", activity.uuid()) }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    fn key() -> UniqueKey {
        let value = "00000000-0000-0000-0000-000000000001/00000000-0000-0000-0000-00000000000a";
        UniqueKey { scope: "claim.for", value: value.to_owned() }
    }

    #[test]
    fn an_activity_is_claimed_for_once_by_one_person() {
        assert_eq!(Claim::unique_keys(&submitted()), [KeyChange::Claim(key())]);
        assert_eq!(Claim::taken(&key()), Refusal::AlreadyClaimed);
    }

    #[test]
    fn it_may_be_claimed_for_anew_after_a_withdrawal_or_where_every_line_was_refused() {
        for event in [withdrawn(), wholly_refused()] {
            assert_eq!(Claim::unique_keys(&event), [KeyChange::Release(key())]);
        }
        assert_eq!(Claim::unique_keys(&part_refused()), []);
    }

    #[test]
    fn a_payment_that_failed_frees_nothing() {
        for event in [paid(1, BATCH), payment_failed(1, BATCH), authorised()] {
            assert_eq!(Claim::unique_keys(&event), []);
        }
    }

    #[test]
    fn a_claim_waits_for_no_timer() {
        for event in until_paid() {
            assert_eq!(Claim::timers(&event), []);
        }
        assert!(Claim::due("anything").is_none());
    }
}
