//! Whenever an opportunity suits what a person chose, then they are told of it, once.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{Heard, heard};

const NAME: &str = "tell_a_person_of_an_opportunity_that_suits_them";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct TellOfAnOpportunity;

#[async_trait]
impl FactPolicy for TellOfAnOpportunity {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::OpportunityMatched { person, content } = heard(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::OpportunityOpened(content)).await
    }
}
