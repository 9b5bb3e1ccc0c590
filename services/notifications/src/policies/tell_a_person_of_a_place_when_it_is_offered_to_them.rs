//! Whenever a place is offered to a person, then they are asked whether they would like it; and
//! whenever that offer is over, then what has not reached them yet is set aside, and whoever has not
//! answered is told. One policy, since the second must never come before the first.

use async_trait::async_trait;
use contracts::id::OpportunityId;
use contracts::recruitment::Offered;
use eventstore::{Executor, PolicyError, Progress, reader};
use messaging::{Fact, FactPolicy};

use super::{ask_for, caught_up, cause};
use crate::kinds::{Content, PlaceNoLongerOffered, PlaceOffered};
use crate::message::{Command, Message, SetAside};
use crate::subscribe::{Heard, OfferOver, heard};
use crate::views::{message, opportunity_title};

const NAME: &str = "tell_a_person_of_a_place_when_it_is_offered_to_them";

/// The policy.
#[derive(Clone, Debug)]
pub struct TellOfAPlace {
    /// How far this service's own views have come.
    pub progress: Progress,
}

#[async_trait]
impl FactPolicy for TellOfAPlace {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let heard = heard(fact)?;
        if let Heard::PlaceOffered(offered) = heard {
            tell_of(fact, executor, &offered).await
        } else if let Heard::OfferOver(over) = heard {
            self.set_aside(fact, executor, &over).await?;
            tell_that_it_is_over(fact, executor, over).await
        } else {
            Ok(())
        }
    }
}

/// A title not heard yet holds no offer back.
async fn title(
    executor: &Executor,
    opportunity: Option<OpportunityId>,
) -> Result<Option<String>, PolicyError> {
    match opportunity {
        Some(opportunity) => Ok(opportunity_title::of(executor.pool(), opportunity).await?),
        None => Ok(None),
    }
}

async fn tell_of(fact: &Fact, executor: &Executor, offered: &Offered) -> Result<(), PolicyError> {
    let content = PlaceOffered {
        appointment: offered.appointment,
        opportunity: offered.opportunity,
        title: title(executor, offered.opportunity).await?,
        starts_on: offered.starts_on,
        ends_on: offered.ends_on,
        answer_by: offered.answer_by,
    };
    ask_for(fact, executor, NAME, offered.person, Content::PlaceOffered(content)).await
}

async fn tell_that_it_is_over(
    fact: &Fact,
    executor: &Executor,
    over: OfferOver,
) -> Result<(), PolicyError> {
    let OfferOver { person, appointment, opportunity, unanswered } = over;
    let Some(why) = unanswered else { return Ok(()) };
    let title = title(executor, opportunity).await?;
    let content = PlaceNoLongerOffered { appointment, opportunity, title, why };
    ask_for(fact, executor, NAME, person, Content::PlaceNoLongerOffered(content)).await
}

impl TellOfAPlace {
    /// Looks at the messages as they stand once everything asked for before is shown.
    async fn set_aside(
        &self,
        fact: &Fact,
        executor: &Executor,
        over: &OfferOver,
    ) -> Result<(), PolicyError> {
        let head = reader::head(executor.pool()).await?.position;
        caught_up(&self.progress, crate::NAME, head).await?;
        for row in message::not_given(executor.pool(), over.person).await? {
            let offers_it = matches!(&row.errand.content,
                Content::PlaceOffered(it) if it.appointment == over.appointment);
            if offers_it {
                let set_aside = Command::SetAside(SetAside { because: cause(fact) });
                fact.answer_with::<Message>(executor, NAME, row.id.uuid(), set_aside).await?;
            }
        }
        Ok(())
    }
}
