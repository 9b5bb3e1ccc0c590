//! Whenever a place is offered to a person, then they are asked whether they would like it.

use async_trait::async_trait;
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};

use super::ask_for;
use crate::kinds::{Content, PlaceOffered};
use crate::subscribe::{Heard, heard};
use crate::views::opportunity_title;

const NAME: &str = "tell_a_person_of_a_place_when_it_is_offered_to_them";

/// The policy.
#[derive(Clone, Copy, Debug)]
pub struct TellOfAPlace;

#[async_trait]
impl FactPolicy for TellOfAPlace {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Heard::PlaceOffered(offered) = heard(fact)? else { return Ok(()) };
        // A title not heard yet holds no offer back.
        let title = match offered.opportunity {
            Some(opportunity) => opportunity_title::of(executor.pool(), opportunity).await?,
            None => None,
        };
        let content = PlaceOffered {
            appointment: offered.appointment,
            opportunity: offered.opportunity,
            title,
            starts_on: offered.starts_on,
            ends_on: offered.ends_on,
            answer_by: offered.answer_by,
        };
        ask_for(fact, executor, NAME, offered.person, Content::PlaceOffered(content)).await
    }
}
