//! Whenever an opportunity opens, people whose interests match are told of it, each once. Who may
//! want it is looked up in a view; whether each of them is told, their own room decides.

use std::time::Duration;

use async_trait::async_trait;
use contracts::opportunities::{self, Advert, Closing};
use contracts::{OpportunityId, PersonId};
use eventstore::{Executor, PolicyError, Progress, reader};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use messaging::{Fact, FactPolicy};

use crate::NAME;
use crate::involvee::{Command, Involvee, TellOfOpportunity};
use crate::views::involvee;

/// How long the view is waited for before the fact is tried anew.
const WAITS_FOR_VIEW: Duration = Duration::from_secs(5);
/// Commands under way at once: enough to share commits, few enough to leave room for others.
const AT_ONCE: usize = 32;

/// The policy.
#[derive(Debug)]
pub struct TellPeople {
    /// How far this service's own views have come.
    pub progress: Progress,
}

#[async_trait]
impl FactPolicy for TellPeople {
    fn name(&self) -> &'static str {
        "tell_people_whose_interests_match_when_an_opportunity_opens"
    }

    fn source(&self) -> &'static str {
        "opportunities"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        match fact.read::<opportunities::Fact>()? {
            Some(opportunities::Fact::Opened { opportunity, advert }) => {
                if is_over(&advert, executor.clock().now()) {
                    return Ok(());
                }
                self.wait_for_view(executor).await?;
                let people = involvee::may_want(executor.pool(), &advert).await?;
                let tell = |person| self.tell(fact, executor, opportunity, advert.clone(), person);
                stream::iter(people.into_iter().map(tell))
                    .buffer_unordered(AT_ONCE)
                    .try_collect()
                    .await
            }
            Some(
                opportunities::Fact::Approved { .. }
                | opportunities::Fact::ClosingExtended { .. }
                | opportunities::Fact::Closed { .. }
                | opportunities::Fact::Withdrawn { .. }
                | opportunities::Fact::OutcomeRecorded { .. },
            )
            | None => Ok(()),
        }
    }
}

impl TellPeople {
    /// Whoever registered before the fact was heard is among the rows.
    async fn wait_for_view(&self, executor: &Executor) -> Result<(), PolicyError> {
        let head = reader::head(executor.pool()).await?.position;
        if self.progress.wait_for(NAME, head, WAITS_FOR_VIEW).await {
            Ok(())
        } else {
            let behind = "the view of people has not come to the end of the log";
            Err(PolicyError::Database(sqlx::Error::Protocol(behind.to_owned())))
        }
    }

    async fn tell(
        &self,
        fact: &Fact,
        executor: &Executor,
        opportunity: OpportunityId,
        advert: Box<Advert>,
        person: PersonId,
    ) -> Result<(), PolicyError> {
        let tell = Command::TellOfOpportunity(TellOfOpportunity { opportunity, advert });
        fact.answer_with::<Involvee>(executor, self.name(), person.uuid(), tell).await?;
        Ok(())
    }
}

fn is_over(advert: &Advert, now: Timestamp) -> bool {
    match &advert.closing {
        Closing::At { at, .. } => *at <= now,
        Closing::Rolling => false,
    }
}
