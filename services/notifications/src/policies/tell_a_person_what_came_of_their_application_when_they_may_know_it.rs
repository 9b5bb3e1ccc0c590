//! Whenever a person may know what came of their application, then they are told.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{Heard, heard};

const NAME: &str = "tell_a_person_what_came_of_their_application_when_they_may_know_it";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct TellOfAnOutcome;

#[async_trait]
impl FactPolicy for TellOfAnOutcome {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::OutcomeTold { person, content } = heard(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::ApplicationOutcome(content)).await
    }
}
