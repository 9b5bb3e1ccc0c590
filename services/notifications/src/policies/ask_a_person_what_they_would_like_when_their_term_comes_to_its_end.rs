//! Whenever it is time to ask a person what happens at the end of their term, then they are asked.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{Heard, heard};

const NAME: &str = "ask_a_person_what_they_would_like_when_their_term_comes_to_its_end";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct AskAboutTheEnd;

#[async_trait]
impl FactPolicy for AskAboutTheEnd {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::TermEnding { person, content } = heard(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::TermEnding(content)).await
    }
}
