//! Whenever a payment is made, then the person is told what it is for, and its days.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{ClaimNews, claim_news};

const NAME: &str = "tell_a_person_of_a_payment_when_it_is_made";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct TellOfAPayment;

#[async_trait]
impl FactPolicy for TellOfAPayment {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "reimbursements"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Some((person, ClaimNews::Paid(content))) = claim_news(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::ClaimPaid(content)).await
    }
}
