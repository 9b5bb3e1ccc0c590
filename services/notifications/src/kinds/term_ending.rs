//! A term comes to its end, and the person is asked in good time what they would like. It never says
//! that anything ends by itself, since nothing does.

use contracts::id::AppointmentId;
use contracts::recruitment::About;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{day, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermEnding {
    /// Of which place.
    pub appointment: AppointmentId,
    /// What is asked.
    pub question: About,
    /// The last day of the term.
    pub ends_on: Date,
}

impl TermEnding {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let paragraphs = vec![
            "This is to remind you of a date in good time, and to ask what you would like. You do not \
             have to answer today."
                .to_owned(),
            format!("Your term ends on {}.", day(self.ends_on)),
            question(self.question).to_owned(),
            "Nothing happens by itself. If nothing is settled on that day, you keep your place until \
             someone has talked with you."
                .to_owned(),
            "You can stop, then or earlier, whenever you like. You need not say why, and it does not \
             affect any care you receive."
                .to_owned(),
            whom_to_ask(voice),
        ];
        Writing { subject: "A reminder from the involvement team", paragraphs }
    }
}

/// The question of a step, in words for the person.
fn question(about: About) -> &'static str {
    match about {
        About::PlanSuccession => {
            "We are beginning to think about what comes after it. If you have thoughts about that, we \
             would like to hear them."
        }
        About::ReviewTalk => {
            "Would you like to talk with us about how it has gone, and about what you would like to do \
             next?"
        }
        About::EndOrRenewal => {
            "Would you like to stop then, or to go on for another term if that is possible? Please \
             tell us what you would like."
        }
        About::LastWeek => {
            "The day is near. If we have not talked yet about what comes next, please tell us what you \
             would like."
        }
        About::ThankYou => {
            "Thank you for all that you have done with us. If you would like to hear from us as a past \
             member, please tell us."
        }
        About::LastCallForClaims => {
            "If there are expenses or an involvement payment that you have not asked for yet, please \
             ask for them soon."
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_says_the_day_asks_one_question_and_that_nothing_happens_by_itself() {
        let text = term_ending().writing(&voice()).paragraphs.join("\n");
        for part in [
            "Your term ends on Tuesday 29 February 2028.\n",
            "Would you like to stop then, or to go on for another term",
            "Nothing happens by itself.",
            "You need not say why, and it does not affect any care you receive.",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn every_step_asks_in_words_of_its_own() {
        let all = [
            About::PlanSuccession,
            About::ReviewTalk,
            About::EndOrRenewal,
            About::LastWeek,
            About::ThankYou,
            About::LastCallForClaims,
        ];
        let texts: std::collections::BTreeSet<_> = all.into_iter().map(question).collect();
        assert_eq!(texts.len(), all.len());
    }
}
