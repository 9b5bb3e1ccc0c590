//! Whenever an opportunity is withdrawn, everyone whose application nobody has told anything about,
//! and everyone who is kept in reserve for it, is told so, with the reason. Its panel's work is called off first, by this sentence too: nothing comes
//! after that in a panel's work, so that it may be asked early, and only then is it settled who hears
//! of a decision and who of the withdrawal.

use std::time::Duration;

use async_trait::async_trait;
use contracts::opportunities;
use contracts::{ApplicationId, OpportunityId};
use eventstore::{Executor, PolicyError, Progress, reader};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use messaging::{Fact, FactPolicy};

use crate::NAME;
use crate::application::{Application, Command, RecordOpportunityWithdrawn};
use crate::selection::{self, CallOff, Selection};
use crate::views::application::{self, StillWaiting};

/// The publisher.
const SOURCE: &str = "opportunities";
/// How long the views are waited for before the fact is tried anew.
const WAITS_FOR_VIEW: Duration = Duration::from_secs(5);
/// Commands under way at once: enough to share commits, few enough to leave room for others.
const AT_ONCE: usize = 32;

/// The policy.
#[derive(Debug)]
pub struct TellTheApplicants {
    /// How far this service's views have come.
    pub progress: Progress,
}

#[async_trait]
impl FactPolicy for TellTheApplicants {
    fn name(&self) -> &'static str {
        "tell_the_applicants_when_their_opportunity_is_withdrawn"
    }

    fn source(&self) -> &'static str {
        SOURCE
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let (opportunity, reason) = match fact.read::<opportunities::Fact>()? {
            Some(opportunities::Fact::Withdrawn { opportunity, reason }) => (opportunity, reason),
            Some(
                opportunities::Fact::Approved { .. }
                | opportunities::Fact::Opened { .. }
                | opportunities::Fact::ClosingExtended { .. }
                | opportunities::Fact::Closed { .. }
                | opportunities::Fact::OutcomeRecorded { .. },
            )
            | None => return Ok(()),
        };
        let untold = self.still_waiting(fact, executor, opportunity).await?;
        let tell = |application| self.tell(fact, executor, application, reason.clone());
        stream::iter(untold.into_iter().map(tell)).buffer_unordered(AT_ONCE).try_collect().await
    }
}

impl TellTheApplicants {
    /// Whoever applied while it was open is among them: from here on neither the row nor the panel's
    /// work lets anyone in, and whoever was on the way then is told when they are not taken in.
    async fn still_waiting(
        &self,
        fact: &Fact,
        executor: &Executor,
        opportunity: OpportunityId,
    ) -> Result<Vec<ApplicationId>, PolicyError> {
        let selection = Selection::of(opportunity).uuid();
        let call_off = selection::Command::CallOff(CallOff {});
        fact.answer_with::<Selection>(executor, self.name(), selection, call_off).await?;
        self.wait_for(SOURCE, fact.mark.position).await?;
        self.wait_for(NAME, reader::head(executor.pool()).await?.position).await?;
        let selection = executor.load::<Selection>(selection).await?.room;
        let waiting = application::still_waiting(executor.pool(), opportunity).await?;
        let is_being_told =
            |it: &StillWaiting| !it.in_reserve && selection.has_told(it.application);
        if waiting.iter().any(is_being_told) {
            return Err(behind("what the panel decided is being told at this moment"));
        }
        Ok(waiting.into_iter().map(|it| it.application).collect())
    }

    async fn wait_for(&self, source: &str, position: i64) -> Result<(), PolicyError> {
        if self.progress.wait_for(source, position, WAITS_FOR_VIEW).await {
            Ok(())
        } else {
            Err(behind("the views have not come to the withdrawal and to the end of the log"))
        }
    }

    async fn tell(
        &self,
        fact: &Fact,
        executor: &Executor,
        application: ApplicationId,
        reason: String,
    ) -> Result<(), PolicyError> {
        let record = Command::RecordOpportunityWithdrawn(RecordOpportunityWithdrawn { reason });
        fact.answer_with::<Application>(executor, self.name(), application.uuid(), record).await?;
        Ok(())
    }
}

/// The fact is tried anew.
fn behind(what: &str) -> PolicyError {
    PolicyError::Database(sqlx::Error::Protocol(what.to_owned()))
}
