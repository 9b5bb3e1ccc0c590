//! Record that it was given by hand: a letter was posted, an easy read version sent, the person told
//! face to face.

use std::collections::BTreeSet;

use contracts::notifications::Channel;
use contracts::recruitment::Format;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Event, Message, Refusal};

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordGiven {
    /// How.
    pub by: Channel,
    /// In which formats, plain print aside.
    #[serde(default)]
    pub formats: BTreeSet<Format>,
}

impl RecordGiven {
    /// Whatever waits for a human is settled by giving it.
    pub fn decide(self, state: &Message) -> Result<Vec<Event>, Refusal> {
        let errand = state.errand()?;
        errand.waits_for_a_human()?;
        Ok(vec![Event::GivenByHand {
            to: errand.to,
            kind: errand.content.kind().to_owned(),
            about: errand.content.about(),
            by: self.by,
            formats: self.formats,
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::Command;

    fn record() -> Command {
        let formats = [Format::EasyRead].into();
        Command::RecordGiven(RecordGiven { by: Channel::Letter, formats })
    }

    #[test]
    fn a_letter_is_posted_and_a_format_is_made_by_hand() {
        for history in [until_letter_ready(), until_held(), until_failed(), until_unknown()] {
            after(history).when(STAFF, now(), record()).then(given(Channel::Letter));
        }
    }

    #[test]
    fn what_is_on_its_way_or_has_arrived_is_not_given_once_more() {
        after(until_planned()).when(STAFF, now(), record()).then_refused(Refusal::OnItsWay);
        for history in [until_told(), until_sent()] {
            after(history).when(STAFF, now(), record()).then_refused(Refusal::NothingToSettle);
        }
        after(until_set_aside()).when(STAFF, now(), record()).then_refused(Refusal::SetAside);
        after(vec![]).when(STAFF, now(), record()).then_refused(Refusal::NotRequested);
    }
}
