//! The receipt of an application. What somebody wrote about their life is read within one working
//! day, and where it cannot wait so long, the crisis line is named.

use contracts::id::{ApplicationId, OpportunityId};
use serde::{Deserialize, Serialize};

use super::phrases::{who_reads_it_and_what_if_it_cannot_wait, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationReceived {
    /// Which application.
    pub application: ApplicationId,
    /// For which opportunity.
    pub opportunity: OpportunityId,
    /// Its title.
    pub title: String,
}

impl ApplicationReceived {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let mut paragraphs = vec![
            "This is to let you know that what you sent us has arrived safely. You do not have to do \
             anything else now."
                .to_owned(),
            format!("It is your application for: {}.", self.title.trim_end_matches('.')),
        ];
        paragraphs.extend(who_reads_it_and_what_if_it_cannot_wait(voice));
        paragraphs.extend([
            "You can withdraw whenever you like. You need not say why, and it does not affect any \
             care you receive."
                .to_owned(),
            whom_to_ask(voice),
        ]);
        Writing { subject: "A receipt from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;

    #[test]
    fn it_says_when_the_words_are_read_and_whom_to_call_if_that_is_too_late() {
        let text = application_received().writing(&voice()).paragraphs.join("\n");
        for part in [
            "It is your application for: Mental Health Research Panel.",
            "reads what you write to us within one working day",
            "please do not wait for us: you can call 111 and choose option 2.",
            "You need not say why, and it does not affect any care you receive.",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
