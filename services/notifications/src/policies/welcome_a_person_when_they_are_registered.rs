//! Whenever a person is registered, then they are welcomed by the way they chose.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::{Content, Registered};
use crate::subscribe::{Heard, RecipientNews, heard};

const NAME: &str = "welcome_a_person_when_they_are_registered";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct Welcome;

#[async_trait]
impl FactPolicy for Welcome {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::Recipient { person, news: RecipientNews::Registered { .. } } = heard(fact)?
        else {
            return Ok(());
        };
        ask_for(fact, executor, NAME, person, Content::Registered(Registered {})).await
    }
}
