//! What groups are called, as the recruitment service tells it: an advert for a place in a group
//! begins with the group's name.

use async_trait::async_trait;
use contracts::GroupId;
use contracts::recruitment;
use messaging::{Fact, FactView, ProjectError};
use sqlx::{PgConnection, PgPool};

/// The view.
#[derive(Debug)]
pub struct KnownGroups;

#[async_trait]
impl FactView for KnownGroups {
    fn name(&self) -> &'static str {
        "known_group"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.known_group"]
    }

    fn create(&self) -> &'static str {
        "create table views.known_group (group_id uuid primary key, name text not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let Some(told) = fact.read::<recruitment::Fact>()? else { return Ok(()) };
        let (group, name) = match told {
            recruitment::Fact::GroupEstablished { group, name, .. }
            | recruitment::Fact::GroupRenamed { group, name } => (group, name),
            // Most of what is told there is about people, and none of it about groups.
            recruitment::Fact::Registered { .. }
            | recruitment::Fact::ChannelChosen { .. }
            | recruitment::Fact::Renamed { .. }
            | recruitment::Fact::FormatsRecorded { .. }
            | recruitment::Fact::LocalitiesChosen { .. }
            | recruitment::Fact::AccountLinked { .. }
            | recruitment::Fact::AccountUnlinked { .. }
            | recruitment::Fact::OpportunityMatched { .. }
            | recruitment::Fact::ApplicationSubmitted { .. }
            | recruitment::Fact::ApplicationWithdrawn { .. }
            | recruitment::Fact::ApplicationOffered { .. }
            | recruitment::Fact::ApplicationKeptInReserve { .. }
            | recruitment::Fact::ApplicationOpportunityWithdrawn { .. }
            | recruitment::Fact::ApplicationNotSelected { .. }
            | recruitment::Fact::OutcomesTold { .. }
            | recruitment::Fact::SeatAdded { .. }
            | recruitment::Fact::SeatVacated(_)
            | recruitment::Fact::AppointmentOffered(_)
            | recruitment::Fact::AppointmentAccepted(_)
            | recruitment::Fact::AppointmentDeclined(_)
            | recruitment::Fact::AppointmentOfferLapsed(_)
            | recruitment::Fact::AppointmentOfferWithdrawn(_)
            | recruitment::Fact::ReminderCameDue(_)
            | recruitment::Fact::AppointmentRenewed(_)
            | recruitment::Fact::AppointmentEndConfirmed(_)
            | recruitment::Fact::AppointmentStaysOn(_)
            | recruitment::Fact::AppointmentEnded(_)
            | recruitment::Fact::SessionPlanned(_)
            | recruitment::Fact::SessionConfirmed { .. }
            | recruitment::Fact::SessionRescheduled(_)
            | recruitment::Fact::SessionCancelled(_)
            | recruitment::Fact::AttendanceRecorded(_)
            | recruitment::Fact::AttendanceCorrected(_)
            | recruitment::Fact::WorkAccepted(_) => return Ok(()),
        };
        sqlx::query(
            "insert into views.known_group (group_id, name) values ($1, $2)
             on conflict (group_id) do update set name = excluded.name",
        )
        .bind(group.uuid())
        .bind(name)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// What a group is called, if this service has heard of it.
pub async fn name(pool: &PgPool, group: GroupId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select name from views.known_group where group_id = $1")
        .bind(group.uuid())
        .fetch_optional(pool)
        .await
}
