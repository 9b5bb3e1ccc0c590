//! Whenever an opportunity closes, reopens or is withdrawn, its panel's work begins, waits or is
//! called off. One sentence for all three, as each holds only in the order in which they happened.

use async_trait::async_trait;
use contracts::OpportunityId;
use contracts::opportunities;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use crate::selection::{Begin, CallOff, Command, PutOff, Selection};
use crate::views::known_opportunity;

/// The policy.
#[derive(Debug)]
pub struct LetTheSelectionFollow;

#[async_trait]
impl FactPolicy for LetTheSelectionFollow {
    fn name(&self) -> &'static str {
        "let_the_selection_follow_its_opportunity"
    }

    fn source(&self) -> &'static str {
        "opportunities"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let (opportunity, command) = match fact.read::<opportunities::Fact>()? {
            Some(opportunities::Fact::Closed { opportunity, .. }) => {
                (opportunity, begin(executor, opportunity).await?)
            }
            Some(opportunities::Fact::ClosingExtended { opportunity, .. }) => {
                (opportunity, Command::PutOff(PutOff {}))
            }
            Some(opportunities::Fact::Withdrawn { opportunity, .. }) => {
                (opportunity, Command::CallOff(CallOff {}))
            }
            Some(
                opportunities::Fact::Approved { .. }
                | opportunities::Fact::Opened { .. }
                | opportunities::Fact::OutcomeRecorded { .. },
            )
            | None => return Ok(()),
        };
        let selection = Selection::of(opportunity).uuid();
        fact.answer_with::<Selection>(executor, self.name(), selection, command).await?;
        Ok(())
    }
}

/// With the criteria as they were frozen at the approval, which this service heard of before.
async fn begin(executor: &Executor, opportunity: OpportunityId) -> Result<Command, PolicyError> {
    let Some(known) = known_opportunity::one(executor.pool(), opportunity).await? else {
        let behind = "the view of opportunities has not come to the closed one's approval";
        return Err(PolicyError::Database(sqlx::Error::Protocol(behind.to_owned())));
    };
    Ok(Command::Begin(Begin { opportunity, criteria: known.advert.criteria }))
}
