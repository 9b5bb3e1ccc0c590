//! One payment was made, of one kind: with the days on which it was earned, due and paid, as whoever
//! asks about someone's income asks for all three.

use contracts::Money;
use contracts::id::ClaimId;
use contracts::reimbursements::PaymentKind;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::phrases::{day, who_advises_on_benefits, whom_to_ask};
use super::{Voice, Writing};

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimPaid {
    /// Which claim.
    pub claim: ClaimId,
    /// The day of what was claimed for.
    pub activity_on: Date,
    /// From which day it was due.
    pub payable_on: Date,
    /// On which day it was paid.
    pub paid_on: Date,
    /// What it is for.
    pub paid_for: PaymentKind,
    /// How much.
    pub amount: Money,
    /// What stands beside it on the bank statement.
    pub reference: String,
}

impl ClaimPaid {
    pub(super) fn writing(&self, voice: &Voice) -> Writing {
        let amount = self.amount;
        let mut paragraphs = vec![
            "Something that you asked us for has been done. You do not have to do anything, and you \
             may want to keep this for your records."
                .to_owned(),
            match self.paid_for {
                PaymentKind::Expenses => format!("We have paid you {amount} for your expenses."),
                PaymentKind::InvolvementPayment => {
                    format!("We have paid you an involvement payment of {amount}.")
                }
            },
            format!("It is for what you did on {}.", day(self.activity_on)),
            format!("It was due from {}.", day(self.payable_on)),
            format!("We paid it on {}.", day(self.paid_on)),
            format!("Beside it on your bank statement stands: {}", self.reference),
        ];
        match self.paid_for {
            PaymentKind::Expenses => {}
            PaymentKind::InvolvementPayment => paragraphs.push(who_advises_on_benefits()),
        }
        paragraphs.extend([
            "If you would rather be paid, or hear about payments, in another way, please tell us. You \
             need not say why."
                .to_owned(),
            whom_to_ask(voice),
        ]);
        Writing { subject: "A note from the involvement team", paragraphs }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn it_tells_all_three_days_and_what_the_bank_statement_says() {
        let text = claim_paid().writing(&voice()).paragraphs.join("\n");
        for part in [
            "We have paid you an involvement payment of £75.00.\n",
            "It is for what you did on Monday 10 May 2027.\n",
            "It was due from Thursday 20 May 2027.\n",
            "We paid it on Friday 28 May 2027.\n",
            "Beside it on your bank statement stands: INV 7K2\n",
            "such as Citizens Advice",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn expenses_are_called_expenses_and_are_no_income() {
        let it = ClaimPaid { paid_for: PaymentKind::Expenses, ..claim_paid() };
        let text = it.writing(&voice()).paragraphs.join("\n");
        assert!(text.contains("We have paid you £75.00 for your expenses."), "{text}");
        assert!(!text.contains("nvolvement payment") && !text.contains("benefits"), "{text}");
    }
}
