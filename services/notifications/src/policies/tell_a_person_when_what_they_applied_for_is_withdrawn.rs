//! Whenever what a person applied for is withdrawn, then they are told so, and why.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{Heard, heard};

const NAME: &str = "tell_a_person_when_what_they_applied_for_is_withdrawn";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct TellOfAWithdrawal;

#[async_trait]
impl FactPolicy for TellOfAWithdrawal {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::OpportunityWithdrawn { person, content } = heard(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::OpportunityWithdrawn(content)).await
    }
}
