//! An opportunity is open that suits what someone chose. They are told why they are told, until when
//! they may apply, and how to stop hearing.

use contracts::id::OpportunityId;
use contracts::opportunities::Closing;
use contracts::recruitment::MatchReason;
use serde::{Deserialize, Serialize};

use super::phrases::{how_to_choose_otherwise, listed, until_when, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpportunityOpened {
    /// Which opportunity.
    pub opportunity: OpportunityId,
    /// Its title.
    pub title: String,
    /// Until when they may apply.
    pub closing: Closing,
    /// Why it suits them, in what they chose.
    pub reasons: Vec<MatchReason>,
}

impl OpportunityOpened {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let mut paragraphs = vec![
            "You asked us to tell you when there is something new that you could take part in. Here \
             is something that fits what you chose."
                .to_owned(),
            format!("It is called: {}.", self.title.trim_end_matches('.')),
            until_when(&self.closing),
            self.why(),
            "There is no need to answer, or to say why not.".to_owned(),
        ];
        if let Some(website) = &voice.sender.website {
            paragraphs.push(format!("You can read more, and apply, at {website}"));
        }
        paragraphs.extend([whom_to_ask(voice), how_to_choose_otherwise(voice)]);
        Writing { subject: "News from the involvement team", paragraphs }
    }

    fn why(&self) -> String {
        let mut interests = Vec::new();
        let mut others = Vec::new();
        let mut is_for_them = false;
        for reason in &self.reasons {
            match reason {
                MatchReason::Interest { interest } => interests.push(interest.clone()),
                MatchReason::Locality { locality } => others.push(format!("it is in {locality}")),
                // As whom somebody takes part is told to nobody who may look over a shoulder.
                MatchReason::Constituency { constituency: _ } => is_for_them = true,
            }
        }
        let mut why = Vec::new();
        if !interests.is_empty() {
            why.push(format!("you chose {}", listed(&interests)));
        }
        why.extend(others);
        if is_for_them {
            why.push("it is open to people who take part as you do".to_owned());
        }
        if why.is_empty() {
            "You are told of it because you chose to hear of everything.".to_owned()
        } else {
            format!("You are told of it because {}.", listed(&why))
        }
    }
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::Constituency;

    use super::super::samples::*;
    use super::*;

    fn because(reasons: Vec<MatchReason>) -> String {
        OpportunityOpened { reasons, ..opportunity_opened() }.why()
    }

    #[test]
    fn it_says_what_until_when_why_and_how_to_stop() {
        let writing = opportunity_opened().writing(&voice());
        assert_eq!(writing.subject, "News from the involvement team");
        let text = writing.paragraphs.join("\n");
        for part in [
            "It is called: Mental Health Research Panel.",
            "You can apply until noon on Friday 5 February 2027, UK time.",
            "You are told of it because you chose research and it is in Bristol.",
            "You can stop hearing about new ways to take part",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn the_reason_is_what_the_person_chose_and_never_what_they_are() {
        let interest = |it: &str| MatchReason::Interest { interest: it.to_owned() };
        let carer = MatchReason::Constituency { constituency: Constituency::Carer };
        assert_eq!(
            because(vec![interest("letters"), interest("research"), carer]),
            "You are told of it because you chose letters and research and it is open to people who \
             take part as you do."
        );
        assert_eq!(because(vec![]), "You are told of it because you chose to hear of everything.");
    }

    #[test]
    fn a_page_to_apply_on_is_named_where_there_is_one() {
        let mut voice = voice();
        voice.sender.website = Some("https://example.org/take-part".to_owned());
        let text = opportunity_opened().writing(&voice).paragraphs.join("\n");
        assert!(text.contains("at https://example.org/take-part\n"), "{text}");
    }
}
