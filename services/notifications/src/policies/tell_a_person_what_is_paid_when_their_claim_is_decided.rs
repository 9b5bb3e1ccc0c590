//! Whenever lines of a claim are decided, then the person is told what is paid, and why what is not.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{ClaimNews, claim_news};

const NAME: &str = "tell_a_person_what_is_paid_when_their_claim_is_decided";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct TellOfADecision;

#[async_trait]
impl FactPolicy for TellOfADecision {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "reimbursements"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Some((person, ClaimNews::Decided(content))) = claim_news(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::ClaimDecided(content)).await
    }
}
