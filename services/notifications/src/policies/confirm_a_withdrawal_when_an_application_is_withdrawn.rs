//! Whenever an application is withdrawn, then the person is told that it is done.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::{ApplicationWithdrawn, Content};
use crate::subscribe::{Heard, heard};
use crate::views::opportunity_title;

const NAME: &str = "confirm_a_withdrawal_when_an_application_is_withdrawn";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmAWithdrawal;

#[async_trait]
impl FactPolicy for ConfirmAWithdrawal {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::ApplicationWithdrawn { person, application, opportunity } = heard(fact)? else {
            return Ok(());
        };
        // A title not heard yet holds no receipt back.
        let title = opportunity_title::of(executor.pool(), opportunity).await?;
        let content = ApplicationWithdrawn { application, opportunity, title };
        ask_for(fact, executor, NAME, person, Content::ApplicationWithdrawn(content)).await
    }
}
