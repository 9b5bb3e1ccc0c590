//! Whenever a person can be reached, or reached otherwise, then what is held for them is looked at
//! anew. What still cannot be given is held again, with its first clock.

use async_trait::async_trait;
use contracts::PersonId;
use eventstore::{Executor, PolicyError, Progress, reader};
use messaging::{Fact, FactPolicy};

use super::caught_up;
use crate::message::{Command, Message, Release};
use crate::subscribe::{Heard, RecipientNews, heard};
use crate::views::{message, recipient};

const NAME: &str = "look_again_at_what_is_held_when_a_person_can_be_reached_otherwise";

/// The policy.
#[derive(Clone, Debug)]
pub struct LookAgainAtWhatIsHeld {
    /// How far this service's own views have come.
    pub progress: Progress,
}

#[async_trait]
impl FactPolicy for LookAgainAtWhatIsHeld {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        recipient::SOURCE
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::Recipient { person, news } = heard(fact)? else { return Ok(()) };
        match news {
            RecipientNews::Registered { .. }
            | RecipientNews::Way(_)
            | RecipientNews::Formats(_) => self.look_again(fact, executor, person).await,
            RecipientNews::Name(_) => Ok(()),
        }
    }
}

impl LookAgainAtWhatIsHeld {
    /// First the person's row shows what the fact says; then the messages are looked at as they
    /// stand. Whoever holds one later has looked at the row once more.
    async fn look_again(
        &self,
        fact: &Fact,
        executor: &Executor,
        person: PersonId,
    ) -> Result<(), PolicyError> {
        caught_up(&self.progress, recipient::SOURCE, fact.mark.position).await?;
        let head = reader::head(executor.pool()).await?.position;
        caught_up(&self.progress, crate::NAME, head).await?;
        for held in message::held_for(executor.pool(), person).await? {
            let release = Command::Release(Release {});
            fact.answer_with::<Message>(executor, NAME, held.uuid(), release).await?;
        }
        Ok(())
    }
}
