//! The one door out: from what this service remembers to what others may rely on. Total, so that a
//! new event has to say here whether anybody outside hears of it.

use contracts::MessageId;
use contracts::fact::Unreadable;
use contracts::notifications::{Channel, Fact};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;

use crate::message::{CallOutcome, Event, Message};
use crate::opening::{self, Opening};

/// The facts an event means, each as its name and body. An event of a room that is not named here
/// stops the relay, which says so, rather than stay at home unnoticed.
pub fn publish(event: &StoredEvent) -> Result<Vec<(String, String)>, Unreadable> {
    let fact = match event.stream.kind.as_str() {
        Message::TYPE => fact_of(event.id(), event.decode()?),
        Opening::TYPE => of_opening(&event.decode()?),
        _ => return Err(Unreadable::NotNamed),
    };
    fact.iter().map(contracts::fact::write).collect()
}

fn fact_of(message: MessageId, event: Event) -> Option<Fact> {
    match event {
        Event::Sent { to: person, kind, about, channel, attempt: _, left: _ }
        | Event::GivenByHand { to: person, kind, about, by: channel, formats: _ } => {
            Some(Fact::Sent { message, person, kind, channel, about })
        }
        Event::CallRecorded { to: person, kind, about, outcome: CallOutcome::Reached } => {
            Some(Fact::Sent { message, person, kind, channel: Channel::Phone, about })
        }
        // What is tried again by itself is nobody's concern yet.
        Event::Failed { to: person, kind, about, reason, try_again_at: None, attempt: _ } => {
            Some(Fact::Failed { message, person, kind, reason: reason.code().to_owned(), about })
        }
        Event::Held { to: person, kind, about, act_by, reason: _, channel: _, formats: _ } => {
            Some(Fact::Held { message, person, kind, about, act_by })
        }
        Event::CallRecorded {
            outcome: CallOutcome::NotReached | CallOutcome::MessageLeft, ..
        }
        | Event::Failed { try_again_at: Some(_), .. }
        | Event::Requested { .. }
        | Event::Attempted { .. }
        | Event::LetterPrepared { .. }
        | Event::BecameUnknown { .. }
        | Event::Released {}
        | Event::ToBeSentAgain {}
        | Event::SetAside { .. }
        | Event::FileExpired { .. } => None,
    }
}

/// Who read what is told to the person alone.
fn of_opening(event: &opening::Event) -> Option<Fact> {
    match event {
        opening::Event::Recorded { .. } => None,
    }
}

#[cfg(test)]
mod stories {
    use std::path::PathBuf;

    use uuid::Uuid;

    use super::*;
    use crate::message::{FailureReason, HoldReason};

    fn fact(name: &str, change: impl FnOnce(&mut Event)) -> Option<Fact> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.json"));
        let mut event =
            contracts::fact::read(name, &std::fs::read_to_string(path).unwrap()).unwrap();
        change(&mut event);
        fact_of(MessageId::new(Uuid::from_u128(7)), event)
    }

    fn name_of(sample: &str) -> Option<String> {
        fact(sample, |_| {}).map(|fact| contracts::fact::write(&fact).unwrap().0)
    }

    #[test]
    fn every_sample_means_what_others_hear() {
        for (sample, heard) in [
            ("message.sent.v1", Some("message.sent.v1")),
            ("message.given_by_hand.v1", Some("message.sent.v1")),
            ("message.call_recorded.v1", Some("message.sent.v1")),
            ("message.failed.v1", Some("message.failed.v1")),
            ("message.held.v1", Some("message.held.v1")),
            ("message.requested.v1", None),
            ("message.attempted.v1", None),
            ("message.letter_prepared.v1", None),
            ("message.became_unknown.v1", None),
            ("message.released.v1", None),
            ("message.to_be_sent_again.v1", None),
            ("message.set_aside.v1", None),
            ("message.file_expired.v1", None),
        ] {
            assert_eq!(name_of(sample).as_deref(), heard, "{sample}");
        }
    }

    #[test]
    fn a_call_that_reached_nobody_and_a_failure_that_may_pass_are_told_to_nobody() {
        let unreached = fact("message.call_recorded.v1", |event| {
            let Event::CallRecorded { outcome, .. } = event else { panic!() };
            *outcome = CallOutcome::MessageLeft;
        });
        let passing = fact("message.failed.v1", |event| {
            let Event::Failed { reason, try_again_at, .. } = event else { panic!() };
            *reason = FailureReason::ServerUnavailable;
            *try_again_at = Some(jiff::Timestamp::UNIX_EPOCH);
        });
        assert_eq!((unreached, passing), (None, None));
    }

    #[test]
    fn why_a_message_is_held_stays_here_since_it_tells_what_someone_needs() {
        let held = |because: HoldReason| {
            fact("message.held.v1", |event| {
                let Event::Held { reason, .. } = event else { panic!() };
                *reason = because;
            })
        };
        assert_eq!(held(HoldReason::ToBeRung), held(HoldReason::FormatToBeMade));
    }

    #[test]
    fn who_read_a_message_is_told_to_nobody_here() {
        let name = "opening.recorded.v1";
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.json"));
        let event = contracts::fact::read(name, &std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(of_opening(&event), None);
    }
}
