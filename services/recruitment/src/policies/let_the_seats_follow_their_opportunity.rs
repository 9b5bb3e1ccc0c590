//! Whenever an opportunity that names seats is approved, they are reserved for it; whenever it is
//! withdrawn or leaves places empty, those it has not filled are free for another. One sentence for
//! both, as a seat must not be reserved by what has ended already.

use async_trait::async_trait;
use contracts::opportunities::{self, Outcome};
use contracts::{OpportunityId, SeatId};
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use crate::seat::{Command, Release, ReserveFor, Seat};
use crate::views::known_opportunity;

/// The policy.
#[derive(Debug)]
pub struct LetTheSeatsFollow;

#[async_trait]
impl FactPolicy for LetTheSeatsFollow {
    fn name(&self) -> &'static str {
        "let_the_seats_follow_their_opportunity"
    }

    fn source(&self) -> &'static str {
        "opportunities"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let (seats, command) = match fact.read::<opportunities::Fact>()? {
            Some(opportunities::Fact::Approved { opportunity, advert }) => {
                (advert.seats, Command::ReserveFor(ReserveFor { opportunity, withdrawn: false }))
            }
            Some(
                opportunities::Fact::Withdrawn { opportunity, .. }
                | opportunities::Fact::OutcomeRecorded {
                    opportunity,
                    outcome: Outcome::PartFilled | Outcome::Unfilled,
                    ..
                },
            ) => {
                (seats_of(executor, opportunity).await?, Command::Release(Release { opportunity }))
            }
            // Where every place is taken, whoever takes one fills its seat, if not today then on the
            // day its present holder's term ends.
            Some(
                opportunities::Fact::OutcomeRecorded { outcome: Outcome::Filled, .. }
                | opportunities::Fact::Opened { .. }
                | opportunities::Fact::ClosingExtended { .. }
                | opportunities::Fact::Closed { .. },
            )
            | None => return Ok(()),
        };
        for seat in seats {
            let command = command.clone();
            fact.answer_with::<Seat>(executor, self.name(), seat.uuid(), command).await?;
        }
        Ok(())
    }
}

/// The seats named in the advert as it was approved, which this service heard of before.
async fn seats_of(
    executor: &Executor,
    opportunity: OpportunityId,
) -> Result<Vec<SeatId>, PolicyError> {
    let Some(known) = known_opportunity::one(executor.pool(), opportunity).await? else {
        let behind = "the view of opportunities has not come to the ended one's approval";
        return Err(PolicyError::Database(sqlx::Error::Protocol(behind.to_owned())));
    };
    Ok(known.advert.seats)
}
