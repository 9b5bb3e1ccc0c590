//! Something is asked about some lines of a claim, in a neutral question. No other line waits.

use std::collections::BTreeSet;

use contracts::id::ClaimId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{day, lines, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimQueried {
    /// Which claim.
    pub claim: ClaimId,
    /// The day of what is claimed for.
    pub activity_on: Date,
    /// Which lines.
    pub lines: BTreeSet<u8>,
    /// What is asked.
    pub question: String,
}

impl ClaimQueried {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let about = lines(self.lines.iter().copied());
        let paragraphs = vec![
            "We have a short question about something that you sent us. Everything that we do not ask \
             about goes on meanwhile."
                .to_owned(),
            format!("It is about what you asked us to pay for {}.", day(self.activity_on)),
            format!("About {about} we would like to ask you: {}", self.question),
            "You can answer in whichever way suits you. If you would rather not answer, please tell \
             us. You need not say why, and it does not affect any care you receive."
                .to_owned(),
            whom_to_ask(voice),
        ];
        Writing { subject: "A question from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;

    #[test]
    fn it_asks_about_the_lines_it_names_and_holds_no_other_back() {
        let text = claim_queried().writing(&voice()).paragraphs.join("\n");
        for part in [
            "Everything that we do not ask about goes on meanwhile.",
            "It is about what you asked us to pay for Monday 10 May 2027.\n",
            "About lines 2 and 3 we would like to ask you: How far did you travel?\n",
            "You need not say why",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
