//! The receipt of a withdrawal: it is done, and nobody asks why.

use contracts::id::{ApplicationId, OpportunityId};
use serde::{Deserialize, Serialize};

use super::phrases::{who_reads_it_and_what_if_it_cannot_wait, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationWithdrawn {
    /// Which application.
    pub application: ApplicationId,
    /// For which opportunity.
    pub opportunity: OpportunityId,
    /// Its title, where it was known here.
    pub title: Option<String>,
}

impl ApplicationWithdrawn {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let what = match &self.title {
            Some(title) => {
                format!(
                    "Your application is withdrawn. It was for: {}.",
                    title.trim_end_matches('.')
                )
            }
            None => "Your application is withdrawn.".to_owned(),
        };
        let mut paragraphs = vec![
            "This is to let you know that we have done what you asked us to do. You do not have to do \
             anything else now."
                .to_owned(),
            what,
            "You need not say why, and it does not affect any care you receive. You are welcome to \
             apply again."
                .to_owned(),
        ];
        paragraphs.extend(who_reads_it_and_what_if_it_cannot_wait(voice));
        paragraphs.push(whom_to_ask(voice));
        Writing { subject: "A receipt from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_says_what_was_done_and_asks_for_no_reason() {
        let mut withdrawn = ApplicationWithdrawn {
            application: APPLICATION,
            opportunity: OPPORTUNITY,
            title: Some("A panel.".to_owned()),
        };
        let text = |it: &ApplicationWithdrawn| it.writing(&voice()).paragraphs.join("\n");
        assert!(text(&withdrawn).contains("Your application is withdrawn. It was for: A panel.\n"));
        assert!(text(&withdrawn).contains("You need not say why"));
        assert!(text(&withdrawn).contains("call 111 and choose option 2"));
        withdrawn.title = None;
        assert!(text(&withdrawn).contains("Your application is withdrawn.\n"));
    }
}
