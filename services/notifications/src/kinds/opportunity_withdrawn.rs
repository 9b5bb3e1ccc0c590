//! What someone applied for is withdrawn. The trust has said why in words for everyone who applied, so
//! they stand here whole; nothing is said of the person, as nothing was decided on them.

use contracts::id::{ApplicationId, OpportunityId};
use serde::{Deserialize, Serialize};

use super::phrases::{how_to_choose_otherwise, what_if_it_cannot_wait};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpportunityWithdrawn {
    /// Which application.
    pub application: ApplicationId,
    /// For which opportunity.
    pub opportunity: OpportunityId,
    /// Its title.
    pub title: String,
    /// Why, in the trust's words.
    pub reason: String,
    /// Whether they had been told that there might be a place later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept_in_reserve: bool,
}

impl OpportunityWithdrawn {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let paragraphs = vec![
            "Some time ago you sent us something. Thank you for the time you gave it. We write to tell \
             you what has become of it."
                .to_owned(),
            format!("It is about your application for: {}.", self.title.trim_end_matches('.')),
            format!(
                "We have withdrawn this opportunity, so {}. This is not about you or about what you \
                 wrote, and it does not affect any care you receive.",
                if self.kept_in_reserve {
                    "there will be no place that we could offer you, as we had said there might"
                } else {
                    "nothing is decided about your application"
                }
            ),
            format!("The reason is: {}", self.reason.trim()),
            "You do not need to do anything now. We still tell you about new ways to take part that suit \
             what you chose, and you are welcome to apply again."
                .to_owned(),
            how_to_choose_otherwise(voice),
            what_if_it_cannot_wait(voice),
        ];
        Writing { subject: "A letter from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;

    #[test]
    fn it_says_that_nothing_is_decided_and_why_and_what_they_can_do_now() {
        let text = opportunity_withdrawn().writing(&voice()).paragraphs.join("\n");
        for part in [
            "It is about your application for: Mental Health Research Panel.",
            "We have withdrawn this opportunity, so nothing is decided about your application.",
            "The reason is: The panel was merged with another.",
            "You do not need to do anything now.",
            "you are welcome to apply again.",
            "you can call 111 and choose option 2.",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn whoever_was_kept_in_reserve_is_told_that_no_place_will_come_of_it() {
        let mut it = opportunity_withdrawn();
        it.kept_in_reserve = true;
        let text = it.writing(&voice()).paragraphs.join("\n");
        assert!(
            text.contains("so there will be no place that we could offer you, as we had"),
            "{text}"
        );
        assert!(!text.contains("nothing is decided"), "{text}");
    }
}
