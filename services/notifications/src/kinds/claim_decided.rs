//! Some lines of a claim were decided. Each line that is not paid has its reason; a line that is not
//! decided yet holds no other back.

use contracts::Money;
use contracts::id::ClaimId;
use contracts::reimbursements::LineRefusal;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{day, is_told, lines, who_advises_on_benefits, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDecided {
    /// Which claim.
    pub claim: ClaimId,
    /// The day of what is claimed for.
    pub activity_on: Date,
    /// Lines that will be paid.
    pub approved: Vec<u8>,
    /// Lines that will not, each with its reason.
    pub refused: Vec<LineRefusal>,
    /// Lines that are not decided yet.
    pub undecided: Vec<u8>,
    /// What the expense lines approved now come to.
    pub expenses: Money,
    /// What the involvement payment approved now comes to.
    pub payments: Money,
}

impl ClaimDecided {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let mut paragraphs = vec![
            "We have looked at something that you sent us. This is what we have decided so far, and \
             what comes next."
                .to_owned(),
            format!("It is about what you asked us to pay for {}.", day(self.activity_on)),
        ];
        paragraphs.extend(self.what_is_paid());
        for it in &self.refused {
            let (line, reason) = (it.line, it.reason.trim_end_matches('.'));
            paragraphs.push(format!("Line {line}: we cannot pay this line because {reason}."));
        }
        if !self.undecided.is_empty() {
            let open = lines(self.undecided.iter().copied());
            paragraphs.push(format!(
                "We have not decided yet about {open}. You hear from us when we have. Nothing else \
                 waits for it."
            ));
        }
        paragraphs.extend([
            "If you see something differently, or would like to talk about it, please tell us. You \
             need not say why, and it does not affect any care you receive."
                .to_owned(),
            whom_to_ask(voice),
        ]);
        Writing { subject: "News from the involvement team", paragraphs }
    }

    fn what_is_paid(&self) -> Vec<String> {
        if self.approved.is_empty() {
            return Vec::new();
        }
        let paid = lines(self.approved.iter().copied());
        let mut told = vec![format!("We agree to pay {paid}.")];
        if is_told(self.expenses) {
            told.push(format!("Expenses that we pay: {}.", self.expenses));
        }
        if is_told(self.payments) {
            told.push(format!("Involvement payment that we pay: {}.", self.payments));
            told.push(who_advises_on_benefits());
        }
        told.push(
            "One more person checks it before the money leaves us. You hear from us when it is paid."
                .to_owned(),
        );
        told
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_says_what_is_paid_what_is_not_and_why_and_what_is_still_open() {
        let text = claim_decided().writing(&voice()).paragraphs.join("\n");
        for part in [
            "We agree to pay lines 1 and 2.\n",
            "Expenses that we pay: £18.90.\n",
            "Involvement payment that we pay: £75.00.\n",
            "Line 3: we cannot pay this line because parking is free for you there.\n",
            "We have not decided yet about line 4.",
            "Nothing else waits for it.",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("93.90"), "{text}");
    }

    #[test]
    fn where_no_line_is_paid_no_amount_is_told() {
        let nothing = Money::sterling(0);
        let it = ClaimDecided {
            approved: Vec::new(),
            expenses: nothing,
            payments: nothing,
            ..claim_decided()
        };
        let text = it.writing(&voice()).paragraphs.join("\n");
        assert!(!text.contains('£') && !text.contains("We agree"), "{text}");
        assert!(text.contains("we cannot pay this line because"), "{text}");
    }
}
