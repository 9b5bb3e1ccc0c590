//! What can have happened when somebody read what a person wrote. Stored names are permanent; each has
//! a sample in `samples/`. Who read, when and in which role stands in the envelope.

use contracts::{ApplicationId, AppointmentId, PersonId};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// All that is kept of the person: how to reach them, what they need, why they are away.
    Record,
    /// What they wrote when they applied.
    Application {
        /// Which application.
        application: ApplicationId,
    },
    /// The same, as a panel reads it: without a name, a need or an equality answer.
    ApplicationOnPanel {
        /// Which application.
        application: ApplicationId,
    },
    /// What was written about the decision on their application.
    DecisionReasons {
        /// Which application.
        application: ApplicationId,
    },
    /// What was written about their place: their own words, and reasons of an exception.
    Appointment {
        /// Which place of theirs.
        appointment: AppointmentId,
    },
}

/// An event of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// What a person gave us was about to be opened for somebody else.
    #[serde(rename = "opening.recorded.v1")]
    Recorded {
        /// Whose it is.
        person: PersonId,
        /// What.
        #[serde(flatten)]
        what: What,
    },
}

impl Event {
    /// The stored name, the same that serde writes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Recorded { .. } => "opening.recorded.v1",
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
    use super::super::Opening;
    use super::super::samples::*;
    use super::*;
    use crate::story::stored_as_sampled;

    /// One event of each name. A new event breaks the build here until it has its place, and the
    /// story below until it has its sample.
    fn one_of_each() -> Vec<Event> {
        let next = |event: &Event| match event {
            Event::Recorded { .. } => None,
        };
        std::iter::successors(Some(recorded(application_of(ANA))), next).collect()
    }

    #[test]
    fn every_event_is_stored_as_its_sample_says() {
        stored_as_sampled::<Opening>(one_of_each());
    }

    #[test]
    fn whatever_is_read_is_told_by_its_own_permanent_name() {
        let of = |what| serde_json::to_value(what).unwrap()["what"].clone();
        assert_eq!(of(What::Record), "record");
        assert_eq!(of(What::Application { application: APPLICATION }), "application");
        let on_panel = What::ApplicationOnPanel { application: APPLICATION };
        assert_eq!(of(on_panel), "application_on_panel");
        let reasons = What::DecisionReasons { application: APPLICATION };
        assert_eq!(of(reasons), "decision_reasons");
        let appointment = AppointmentId::new(uuid::Uuid::nil());
        assert_eq!(of(What::Appointment { appointment }), "appointment");
    }
}
