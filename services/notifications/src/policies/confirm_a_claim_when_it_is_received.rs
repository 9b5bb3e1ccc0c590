//! Whenever a claim is received, then the person gets a receipt.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{ClaimNews, claim_news};

const NAME: &str = "confirm_a_claim_when_it_is_received";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmAClaim;

#[async_trait]
impl FactPolicy for ConfirmAClaim {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "reimbursements"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Some((person, ClaimNews::Received(content))) = claim_news(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::ClaimReceived(content)).await
    }
}
