//! Whenever something is asked about a claim, then the person whose it is is asked.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{ClaimNews, claim_news};

const NAME: &str = "ask_a_person_when_something_is_asked_about_their_claim";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct AskAboutAClaim;

#[async_trait]
impl FactPolicy for AskAboutAClaim {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "reimbursements"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Some((person, ClaimNews::Queried(content))) = claim_news(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::ClaimQueried(content)).await
    }
}
