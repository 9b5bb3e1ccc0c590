//! A place that was offered to someone is offered no longer: the trust took the offer back and says
//! why, or nobody could be found to answer it. Neither says anything about the person.

use contracts::id::{AppointmentId, OpportunityId};
use serde::{Deserialize, Serialize};

use super::phrases::{how_to_choose_otherwise, what_if_it_cannot_wait};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceNoLongerOffered {
    /// Which place.
    pub appointment: AppointmentId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// Its title, where it was known here.
    pub title: Option<String>,
    /// How it came.
    pub why: WhyOver,
}

/// Why an offer is over though the person neither took nor declined it. Names are stored and
/// permanent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhyOver {
    /// The trust took it back.
    TakenBack {
        /// Why, in the trust's words for the person.
        reason: String,
    },
    /// Nobody could reach the person, and a human let it go.
    NotAnswered {},
}

impl PlaceNoLongerOffered {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let mut paragraphs = vec![
            "We write to you about something that we asked you some time ago, or were about to ask \
             you. Something about it has changed since."
                .to_owned(),
            "We offered you a place, or were about to. It is not offered to you any longer.".to_owned(),
        ];
        if let Some(title) = &self.title {
            paragraphs.push(format!("It was for: {}.", title.trim_end_matches('.')));
        }
        paragraphs.push(match &self.why {
            WhyOver::TakenBack { reason } => format!("The reason is: {}", reason.trim()),
            WhyOver::NotAnswered {} => "We tried to reach you and have not heard from you, and \
                could not keep the place open. If you would have liked it, please tell us: there may \
                be another."
                .to_owned(),
        });
        paragraphs.extend([
            "You do not need to do anything now. We still tell you about new ways to take part that \
             suit what you chose."
                .to_owned(),
            how_to_choose_otherwise(voice),
            what_if_it_cannot_wait(voice),
        ]);
        Writing { subject: "A letter from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_says_that_the_place_is_offered_no_longer_and_why() {
        let text = place_no_longer_offered().writing(&voice()).paragraphs.join("\n");
        for part in [
            "It is not offered to you any longer.",
            "It was for: Mental Health Research Panel.",
            "The reason is: The panel was merged with another.",
            "You do not need to do anything now.",
            "it does not affect any care you receive",
            "you can call 111 and choose option 2.",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn whoever_could_not_be_reached_is_blamed_for_nothing_and_may_still_say_so() {
        let it = PlaceNoLongerOffered {
            why: WhyOver::NotAnswered {},
            title: None,
            ..place_no_longer_offered()
        };
        let text = it.writing(&voice()).paragraphs.join("\n");
        assert!(text.contains("If you would have liked it, please tell us"), "{text}");
        assert!(!text.contains("It was for"), "{text}");
    }
}
