//! What can have happened to a message. Stored names are permanent; each has a sample in `samples/`.
//! An event that others hear of names the person and the kind itself, so that it can be published
//! from what it holds.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::id::OpportunityId;
use contracts::notifications::Channel;
use contracts::recruitment::Format;
use cqrs_es::DomainEvent;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record_call::CallOutcome;
use super::request::Cause;
use super::ways::{FailureReason, HoldReason, KeptFile, Left, Way};
use crate::kinds::Content;

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Someone is to be told of something.
    #[serde(rename = "message.requested.v1")]
    Requested {
        /// Who.
        to: PersonId,
        /// Of what, whole.
        content: Box<Content>,
        /// The fact that asked for it.
        because: Cause,
    },
    /// From now on it may have left. Written before anything is handed over.
    #[serde(rename = "message.attempted.v1")]
    Attempted {
        /// Which attempt, from 1.
        attempt: u16,
        /// How the person wants to be told.
        channel: Channel,
        /// How it leaves.
        by: Way,
    },
    /// It has left.
    #[serde(rename = "message.sent.v1")]
    Sent {
        /// To whom.
        to: PersonId,
        /// The kind's name.
        kind: String,
        /// The opportunity it is about.
        about: Option<OpportunityId>,
        /// Which attempt.
        attempt: u16,
        /// How the person was told.
        channel: Channel,
        /// How it left.
        left: Left,
    },
    /// A letter lies ready; a human posts it.
    #[serde(rename = "message.letter_prepared.v1")]
    LetterPrepared {
        /// To whom.
        to: PersonId,
        /// The kind's name.
        kind: String,
        /// Which attempt.
        attempt: u16,
        /// Where it lies.
        file: KeptFile,
    },
    /// It certainly did not leave.
    #[serde(rename = "message.failed.v1")]
    Failed {
        /// To whom.
        to: PersonId,
        /// The kind's name.
        kind: String,
        /// The opportunity it is about.
        about: Option<OpportunityId>,
        /// Which attempt.
        attempt: u16,
        /// Why.
        reason: FailureReason,
        /// When it is tried again by itself; not at all where waiting does not help.
        try_again_at: Option<Timestamp>,
    },
    /// Nobody knows whether it has left. It is not sent again unless a human decides so.
    #[serde(rename = "message.became_unknown.v1")]
    BecameUnknown {
        /// Which attempt.
        attempt: u16,
    },
    /// It is for a human to give.
    #[serde(rename = "message.held.v1")]
    Held {
        /// To whom.
        to: PersonId,
        /// The kind's name.
        kind: String,
        /// The opportunity it is about.
        about: Option<OpportunityId>,
        /// Why.
        reason: HoldReason,
        /// How the person wants to be told, where that is known.
        channel: Option<Channel>,
        /// The formats they read or hear in.
        formats: BTreeSet<Format>,
        /// By when. Held a second time, it keeps its first clock.
        act_by: Timestamp,
    },
    /// What held it back may be gone; it is looked at anew.
    #[serde(rename = "message.released.v1")]
    Released {},
    /// It is to be sent once more.
    #[serde(rename = "message.to_be_sent_again.v1")]
    ToBeSentAgain {},
    /// Somebody rang, or tried to.
    #[serde(rename = "message.call_recorded.v1")]
    CallRecorded {
        /// To whom.
        to: PersonId,
        /// The kind's name.
        kind: String,
        /// The opportunity it is about.
        about: Option<OpportunityId>,
        /// What came of it.
        outcome: CallOutcome,
    },
    /// Somebody gave it to the person otherwise.
    #[serde(rename = "message.given_by_hand.v1")]
    GivenByHand {
        /// To whom.
        to: PersonId,
        /// The kind's name.
        kind: String,
        /// The opportunity it is about.
        about: Option<OpportunityId>,
        /// How.
        by: Channel,
        /// In which formats, plain print aside.
        formats: BTreeSet<Format>,
    },
    /// What it would tell was over before it was told; nobody gives it any more.
    #[serde(rename = "message.set_aside.v1")]
    SetAside {
        /// The fact that made it so.
        because: Cause,
    },
    /// A file's time in the exports folder is over.
    #[serde(rename = "message.file_expired.v1")]
    FileExpired {
        /// The attempt that made it.
        attempt: u16,
        /// Its name.
        file: String,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "message.requested.v1",
            Self::Attempted { .. } => "message.attempted.v1",
            Self::Sent { .. } => "message.sent.v1",
            Self::LetterPrepared { .. } => "message.letter_prepared.v1",
            Self::Failed { .. } => "message.failed.v1",
            Self::BecameUnknown { .. } => "message.became_unknown.v1",
            Self::Held { .. } => "message.held.v1",
            Self::Released {} => "message.released.v1",
            Self::ToBeSentAgain {} => "message.to_be_sent_again.v1",
            Self::CallRecorded { .. } => "message.call_recorded.v1",
            Self::GivenByHand { .. } => "message.given_by_hand.v1",
            Self::SetAside { .. } => "message.set_aside.v1",
            Self::FileExpired { .. } => "message.file_expired.v1",
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.name().rsplit_once(".v").map_or("1", |(_, version)| version).to_owned()
    }
}

#[cfg(test)]
mod stories {
    use std::path::PathBuf;

    use super::super::samples::*;
    use super::*;

    /// One event of each name. A new event breaks the build here until it has its place, and the
    /// stories below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Requested { .. } => Some(attempted(1, Way::Smtp)),
            Event::Attempted { .. } => Some(sent(1)),
            Event::Sent { .. } => Some(letter_prepared(1)),
            Event::LetterPrepared { .. } => Some(refused_for_good(1)),
            Event::Failed { .. } => Some(Event::BecameUnknown { attempt: 1 }),
            Event::BecameUnknown { .. } => Some(held(HoldReason::ToBeRung)),
            Event::Held { .. } => Some(Event::Released {}),
            Event::Released {} => Some(Event::ToBeSentAgain {}),
            Event::ToBeSentAgain {} => Some(called(CallOutcome::Reached)),
            Event::CallRecorded { .. } => Some(given(Channel::Letter)),
            Event::GivenByHand { .. } => Some(set_aside()),
            Event::SetAside { .. } => Some(file_expired(1)),
            Event::FileExpired { .. } => None,
        };
        std::iter::successors(Some(requested()), next).collect()
    }

    fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
    }

    fn sample(name: &str) -> serde_json::Value {
        let path = folder().join(format!("{name}.json"));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{} has no sample: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn every_event_is_stored_under_its_own_name_and_version_as_its_sample_says() {
        for event in one_of_each() {
            let (stored, payload) = contracts::fact::write(&event).unwrap();
            assert_eq!(stored, event.event_type());
            assert!(stored.ends_with(&format!(".v{}", event.event_version())));
            let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
            assert_eq!(payload, sample(&stored), "{stored} {payload}");
        }
    }

    #[test]
    fn every_sample_ever_stored_is_read_and_written_alike() {
        let mut n_samples = 0;
        for entry in std::fs::read_dir(folder()).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let Some(name) = file.strip_suffix(".json") else { continue };
            if !name.starts_with("message.") {
                continue;
            }
            let stored = sample(name);
            let event: Event = contracts::fact::read(name, &stored.to_string()).unwrap();
            let (written_name, payload) = contracts::fact::write(&event).unwrap();
            let written: serde_json::Value = serde_json::from_str(&payload).unwrap();
            assert_eq!((written_name.as_str(), written), (name, stored));
            n_samples += 1;
        }
        assert!(n_samples >= one_of_each().len());
    }
}
