//! The receipt of a claim, with what is asked about single lines at once. Expenses and an involvement
//! payment stand apart and are never one figure.

use contracts::Money;
use contracts::id::ClaimId;
use contracts::reimbursements::LineQuestion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{
    day, is_told, lines, what_if_it_cannot_wait, who_advises_on_benefits, whom_to_ask,
};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReceived {
    /// Which claim.
    pub claim: ClaimId,
    /// The day of what is claimed for.
    pub activity_on: Date,
    /// What its expenses come to.
    pub expenses: Money,
    /// What its involvement payment comes to.
    pub payments: Money,
    /// What is asked about single lines at once.
    pub questions: Vec<LineQuestion>,
}

impl ClaimReceived {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let mut paragraphs = vec![
            "This is to let you know that what you sent us has arrived safely. We look at it now, and \
             you hear from us again."
                .to_owned(),
            format!("It is for what you did on {}.", day(self.activity_on)),
        ];
        if is_told(self.expenses) {
            paragraphs.push(format!("Your expenses come to {}.", self.expenses));
        }
        if is_told(self.payments) {
            paragraphs.push(format!("Your involvement payment comes to {}.", self.payments));
            paragraphs.push(who_advises_on_benefits());
        }
        for asked in &self.questions {
            let line = lines([asked.line]);
            paragraphs.push(format!("About {line} we would like to ask you: {}", asked.question));
        }
        if !self.questions.is_empty() {
            paragraphs.push("Everything that we do not ask about goes on meanwhile.".to_owned());
        }
        paragraphs.extend([
            "You can take it back until we have agreed to pay it. You need not say why.".to_owned(),
            what_if_it_cannot_wait(voice),
            whom_to_ask(voice),
        ]);
        Writing { subject: "A receipt from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn expenses_and_involvement_payment_stand_apart_and_are_never_added() {
        let text = claim_received().writing(&voice()).paragraphs.join("\n");
        for part in [
            "It is for what you did on Monday 10 May 2027.\n",
            "Your expenses come to £18.90.\n",
            "Your involvement payment comes to £75.00.\n",
            "such as Citizens Advice",
            "About line 3 we would like to ask you: What was the ticket for?\n",
            "Everything that we do not ask about goes on meanwhile.",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("93.90"), "{text}");
    }

    #[test]
    fn what_nobody_took_is_not_told_as_an_amount() {
        let it = ClaimReceived {
            payments: Money::sterling(0),
            questions: Vec::new(),
            ..claim_received()
        };
        let text = it.writing(&voice()).paragraphs.join("\n");
        for part in ["£0.00", "nvolvement payment", "we would like to ask", "meanwhile"] {
            assert!(!text.contains(part), "{text}");
        }
    }
}
