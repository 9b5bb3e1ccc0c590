//! Whenever a seat falls vacant that nobody is sought for yet, the next opportunity's advert is begun
//! with what is known of the seat. A person writes the rest, and another approves it.

use async_trait::async_trait;
use contracts::OpportunityId;
use contracts::opportunities::Constituency;
use contracts::recruitment::{self, SeatRole, SeatVacated};
use eventstore::{Executor, PolicyError};
use messaging::{Fact, FactPolicy};
use uuid::Uuid;

use crate::opportunity::{Command, Content, Draft, DraftAdvert, Internal, Opportunity, Origin};
use crate::views::known_group;

/// The policy.
#[derive(Debug)]
pub struct DraftTheNextOpportunity;

#[async_trait]
impl FactPolicy for DraftTheNextOpportunity {
    fn name(&self) -> &'static str {
        "draft_the_next_opportunity_when_a_seat_falls_vacant"
    }

    fn source(&self) -> &'static str {
        "recruitment"
    }

    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        let Some(recruitment::Fact::SeatVacated(vacated)) = fact.read()? else { return Ok(()) };
        if !vacated.needs_opportunity {
            return Ok(());
        }
        let Some(group) = known_group::name(executor.pool(), vacated.group).await? else {
            let behind = "the view of groups has not come to this seat's group";
            return Err(PolicyError::Database(sqlx::Error::Protocol(behind.to_owned())));
        };
        let origin = Origin::SeatVacant { seat: vacated.seat, group: vacated.group };
        let draft = Command::Draft(Draft { said: begun_with(*vacated, &group), origin });
        let opportunity = OpportunityId::new(Uuid::new_v5(&fact.event_id, b"opportunity"));
        fact.answer_with::<Opportunity>(executor, self.name(), opportunity.uuid(), draft).await?;
        Ok(())
    }
}

fn begun_with(vacated: SeatVacated, group: &str) -> Content {
    let vacant_from = vacated.vacant_from.strftime("%-d %B %Y");
    Content {
        advert: DraftAdvert {
            title: Some(title(&vacated.role, group)),
            locality: vacated.locality,
            open_to: vacated.constituency.map_or_else(anyone, |it| vec![it]),
            places: Some(1),
            term_months: Some(vacated.term_months),
            group: Some(vacated.group),
            seats: vec![vacated.seat],
            ..DraftAdvert::default()
        },
        internal: Internal {
            note_for_approver: Some(format!("The place is free from {vacant_from}.")),
            ..Internal::default()
        },
    }
}

fn title(role: &SeatRole, group: &str) -> String {
    match role {
        SeatRole::Member => format!("Member of {group}"),
        SeatRole::Chair => format!("Chair of {group}"),
        SeatRole::ViceChair => format!("Vice-chair of {group}"),
        SeatRole::Other { label } => format!("{label}, {group}"),
    }
}

fn anyone() -> Vec<Constituency> {
    vec![Constituency::ServiceUser, Constituency::Carer, Constituency::Public]
}
