//! What can have happened to an opportunity. Stored names are permanent; each has a sample in
//! `samples/`. Who acted, when and under which authority stands in the envelope; a person is named
//! here only where a later rule asks for them.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::id::{OpportunityId, SeatId};
use contracts::opportunities::{Advert, Closing, Outcome};
use cqrs_es::DomainEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::advert::{Content, Internal, Origin};

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The advert was begun, complete or not.
    #[serde(rename = "opportunity.drafted.v1")]
    Drafted {
        /// All that was known.
        content: Box<Content>,
        /// How it came to be begun.
        origin: Origin,
        /// Whose draft it is; for one begun by a policy, the system's own person.
        owner: PersonId,
        /// Everyone who had a hand in it: the owner, and who typed for them. None may approve it.
        authors: BTreeSet<PersonId>,
    },
    /// Its words were replaced.
    #[serde(rename = "opportunity.revised.v1")]
    Revised {
        /// The whole draft as it now stands.
        content: Box<Content>,
        /// Everyone who had a hand in this revision. None may approve it.
        authors: BTreeSet<PersonId>,
    },
    /// It was complete, and handed over to be reviewed.
    #[serde(rename = "opportunity.submitted_for_review.v1")]
    SubmittedForReview {},
    /// It went back to its writers.
    #[serde(rename = "opportunity.returned.v1")]
    Returned {
        /// What they are asked to change.
        reason: String,
    },
    /// Its words are fixed, and it opens at its time.
    #[serde(rename = "opportunity.approved.v1")]
    Approved {
        /// The advert, whole and as frozen. Where the planned opening had passed, it opens at the
        /// moment of approval, and says so.
        advert: Box<Advert>,
        /// What belongs to it and is never published.
        internal: Box<Internal>,
        /// Whose approval it is.
        approved_by: PersonId,
        /// What the approver noted; never published.
        note: Option<String>,
    },
    /// Applications may be made.
    #[serde(rename = "opportunity.opened.v1")]
    Opened {
        /// The advert, whole, so that whoever hears of the opening needs nothing else.
        advert: Box<Advert>,
    },
    /// No more applications.
    #[serde(rename = "opportunity.closed.v1")]
    Closed {
        /// From when it counts as closed: the advertised instant, however late it was noticed; for
        /// a rolling advert, when it was closed by hand.
        closed_at: Timestamp,
    },
    /// The closing moved later; if applications had closed, they may be made again.
    #[serde(rename = "opportunity.closing_extended.v1")]
    ClosingExtended {
        /// The new closing.
        closing: Closing,
        /// Why, in words for applicants.
        reason: String,
    },
    /// It will not go ahead.
    #[serde(rename = "opportunity.withdrawn.v1")]
    Withdrawn {
        /// Why, in words for applicants.
        reason: String,
        /// Whether it had been approved, and so anyone outside had heard of it.
        was_approved: bool,
        /// Seats that others may advertise from now on.
        seats: Vec<SeatId>,
        /// The earlier opportunity that may be readvertised anew, if this was its readvertisement.
        readvertised_from: Option<OpportunityId>,
    },
    /// How it ended is known. Recorded again when what changed because of it is told later.
    #[serde(rename = "opportunity.outcome_recorded.v1")]
    OutcomeRecorded {
        /// Whether its places were taken.
        outcome: Outcome,
        /// How many were.
        places_filled: u16,
        /// Why places stayed empty, where some did.
        reason: Option<String>,
        /// What changed because people took part, in words for them.
        what_changed: Option<String>,
        /// Seats that others may advertise from now on.
        seats: Vec<SeatId>,
    },
    /// It was made known somewhere.
    #[serde(rename = "opportunity.publicity_recorded.v1")]
    PublicityRecorded {
        /// By what, such as a newsletter or a poster.
        channel: String,
        /// On which day.
        on: Date,
        /// To whom.
        audience: String,
        /// Where it can be seen, if anywhere.
        link: Option<String>,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Drafted { .. } => "opportunity.drafted.v1",
            Self::Revised { .. } => "opportunity.revised.v1",
            Self::SubmittedForReview {} => "opportunity.submitted_for_review.v1",
            Self::Returned { .. } => "opportunity.returned.v1",
            Self::Approved { .. } => "opportunity.approved.v1",
            Self::Opened { .. } => "opportunity.opened.v1",
            Self::Closed { .. } => "opportunity.closed.v1",
            Self::ClosingExtended { .. } => "opportunity.closing_extended.v1",
            Self::Withdrawn { .. } => "opportunity.withdrawn.v1",
            Self::OutcomeRecorded { .. } => "opportunity.outcome_recorded.v1",
            Self::PublicityRecorded { .. } => "opportunity.publicity_recorded.v1",
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

    /// One event of each name, in the order of a life. A new event breaks the build here until it
    /// has its place, and the stories below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Drafted { .. } => {
                Some(Event::Revised { content: Box::new(content()), authors: [REVISER].into() })
            }
            Event::Revised { .. } => Some(Event::SubmittedForReview {}),
            Event::SubmittedForReview {} => Some(returned()),
            Event::Returned { .. } => Some(approved(advert())),
            Event::Approved { .. } => Some(opened(advert())),
            Event::Opened { .. } => Some(publicised()),
            Event::PublicityRecorded { .. } => Some(closed()),
            Event::Closed { .. } => Some(extended()),
            Event::ClosingExtended { .. } => {
                Some(part_filled(Some("The crisis line now answers until midnight.")))
            }
            Event::OutcomeRecorded { .. } => Some(withdrawn(true)),
            Event::Withdrawn { .. } => None,
        };
        std::iter::successors(Some(drafted(content())), next).collect()
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
    fn every_event_is_stored_under_its_own_name_and_version() {
        for event in one_of_each() {
            let (stored, _) = contracts::fact::write(&event).unwrap();
            assert_eq!(stored, event.event_type());
            assert!(stored.ends_with(&format!(".v{}", event.event_version())));
        }
    }

    #[test]
    fn every_event_has_a_sample() {
        for event in one_of_each() {
            let stored = sample(event.name()).to_string();
            let read: Event = contracts::fact::read(event.name(), &stored).unwrap();
            assert_eq!(read.name(), event.name());
        }
    }

    #[test]
    fn every_sample_ever_stored_is_read_and_written_alike() {
        let mut n_samples = 0;
        for entry in std::fs::read_dir(folder()).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let Some(name) = file.strip_suffix(".json") else { continue };
            if !name.starts_with("opportunity.") {
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
