//! What came of an application. The reason lies sealed where this service has no key, so it is never
//! told here: it says where the reason is, and how to reach someone on the day it comes.

use contracts::id::{ApplicationId, OpportunityId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{by_which_way, day, what_if_it_cannot_wait};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationOutcome {
    /// Which application.
    pub application: ApplicationId,
    /// For which opportunity.
    pub opportunity: OpportunityId,
    /// Its title.
    pub title: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether a reason was written for the person.
    pub has_reason: bool,
}

/// What came of an application. Names are permanent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// A place is offered.
    PlaceOffered {},
    /// A place may still be offered.
    KeptInReserve {
        /// The last day on which it may.
        until: Date,
    },
    /// No place this time.
    NotSelected {},
}

impl ApplicationOutcome {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let way = by_which_way(voice);
        let paragraphs = vec![
            "Some time ago you sent us something, and we promised to tell you what came of it. Thank \
             you for the time you gave it."
                .to_owned(),
            format!("It is about your application for: {}.", self.title.trim_end_matches('.')),
            self.outcome.told(),
            "It does not affect any care you receive.".to_owned(),
            if self.has_reason {
                "The reason is on your page. We can also tell you the reason by telephone or send it \
                 by letter, if you ask us."
                    .to_owned()
            } else {
                "If you would like to know more about how this was decided, please ask us. We can \
                 tell you by telephone or by letter."
                    .to_owned()
            },
            format!(
                "Someone from our team is there to talk with you on the day we send this, and on every \
                 working day after: {way}."
            ),
            what_if_it_cannot_wait(voice),
        ];
        Writing { subject: "A letter from the involvement team", paragraphs }
    }
}

impl Outcome {
    fn told(self) -> String {
        match self {
            Self::PlaceOffered {} => "A place is offered to you. You may say yes or no. If you say no, \
                 you need not say why. We write to you about the dates."
                .to_owned(),
            Self::KeptInReserve { until } => format!(
                "There is no place for you yet. We would like to keep you in mind until {}, in case a \
                 place becomes free. If you would rather not, please tell us. You need not say why.",
                day(until)
            ),
            Self::NotSelected {} => "You were not selected this time. You are welcome to apply again. \
                 If you would rather not hear from us any more, please tell us. You need not say why."
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    fn text(outcome: Outcome, has_reason: bool) -> String {
        let it = ApplicationOutcome { outcome, has_reason, ..application_outcome() };
        it.writing(&voice()).paragraphs.join("\n")
    }

    #[test]
    fn each_outcome_is_told_in_its_own_plain_words() {
        let until = jiff::civil::date(2027, 9, 30);
        for (outcome, words) in [
            (Outcome::PlaceOffered {}, "A place is offered to you. You may say yes or no."),
            (
                Outcome::KeptInReserve { until },
                "We would like to keep you in mind until Thursday 30 September 2027,",
            ),
            (Outcome::NotSelected {}, "You were not selected this time. You are welcome to apply"),
        ] {
            let text = text(outcome, true);
            assert!(text.contains(words), "{text}");
            assert!(text.to_lowercase().contains("you need not say why"), "{text}");
        }
    }

    #[test]
    fn it_says_where_the_reason_is_and_who_is_there_to_talk_and_never_the_reason() {
        let given = text(Outcome::NotSelected {}, true);
        for part in [
            "The reason is on your page.",
            "by telephone or send it by letter",
            "there to talk with you on the day we send this, and on every working day after: write to \
             team@example.org or ring 01632 960101.",
            "you can call 111 and choose option 2.",
        ] {
            assert!(given.contains(part), "{given}");
        }
        let none = text(Outcome::NotSelected {}, false);
        assert!(none.contains("please ask us") && !none.contains("is on your page"), "{none}");
    }
}
