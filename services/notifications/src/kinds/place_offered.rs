//! A place is offered to someone, who may say yes or no and owes nobody a reason. The day by which an
//! answer is hoped for is no threat: nothing happens by itself after it.

use contracts::id::{AppointmentId, OpportunityId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{day, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOffered {
    /// Which place.
    pub appointment: AppointmentId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// Its title, where it was known here.
    pub title: Option<String>,
    /// The first day of the term.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
    /// The day by which an answer is hoped for.
    pub answer_by: Date,
}

impl PlaceOffered {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let mut paragraphs = vec![
            "There is something that we would like to ask you. Please take the time you need before \
             you tell us what you think."
                .to_owned(),
            "We would like to offer you a place.".to_owned(),
        ];
        if let Some(title) = &self.title {
            paragraphs.push(format!("It is for: {}.", title.trim_end_matches('.')));
        }
        paragraphs.extend([
            format!(
                "Your term would begin on {} and end on {}.",
                day(self.starts_on),
                day(self.ends_on)
            ),
            format!(
                "Please tell us by {} whether you would like it. Nothing happens by itself after that \
                 day. If you need longer, or want to know more first, please tell us.",
                day(self.answer_by)
            ),
            "You may say yes or no. If you say no, you need not say why, and it does not affect any \
             care you receive."
                .to_owned(),
            whom_to_ask(voice),
        ]);
        Writing { subject: "A question from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_says_from_when_to_when_by_when_to_answer_and_that_no_needs_no_reason() {
        let text = place_offered().writing(&voice()).paragraphs.join("\n");
        for part in [
            "It is for: Mental Health Research Panel.\n",
            "begin on Monday 1 March 2027 and end on Tuesday 29 February 2028.",
            "by Monday 25 January 2027 whether you would like it. Nothing happens by itself",
            "If you say no, you need not say why",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_place_without_a_title_is_offered_all_the_same() {
        let text = PlaceOffered { title: None, ..place_offered() }.writing(&voice());
        assert!(text.paragraphs.iter().any(|it| it == "We would like to offer you a place."));
        assert!(!text.paragraphs.iter().any(|it| it.starts_with("It is for")));
    }
}
