//! Whenever an application is submitted, then the person gets a receipt.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::Content;
use crate::subscribe::{Heard, heard};

const NAME: &str = "confirm_an_application_when_it_is_submitted";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmAnApplication;

#[async_trait]
impl FactPolicy for ConfirmAnApplication {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::ApplicationSubmitted { person, content } = heard(fact)? else { return Ok(()) };
        ask_for(fact, executor, NAME, person, Content::ApplicationReceived(content)).await
    }
}
