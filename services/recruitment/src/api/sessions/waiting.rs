//! The caring calls that wait: people who were expected and not seen.

use contracts::{GroupId, PersonId, SessionId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permit, Problem, Role};

use super::State;
use crate::api::selections::by_role;
use crate::views::group_label;
use crate::views::session;

/// Someone a human is to speak with, before anything is sent to them or counts.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FollowUpTask {
    /// `speak_with_someone_who_was_not_seen`.
    what: &'static str,
    /// Since when it waits.
    pub(in crate::api) since: Timestamp,
    session: SessionId,
    group: Option<GroupId>,
    group_name: Option<String>,
    person: PersonId,
    #[schema(value_type = String, format = Date)]
    on: Date,
}

impl State {
    /// The caring calls of the caller's localities.
    pub(in crate::api) async fn follow_up_tasks(
        &self,
        permit: &Permit,
    ) -> Result<Vec<FollowUpTask>, Problem> {
        let rows = session::follow_ups(&self.pool).await?;
        let labels = group_label::of(&self.pool, rows.iter().filter_map(|row| row.group)).await?;
        let tasks = rows.into_iter().filter_map(|row| {
            let label = row.group.and_then(|group| labels.get(&group));
            let locality = label.and_then(|label| label.locality.as_deref());
            by_role(permit, &Role::STAFF, locality)?;
            Some(FollowUpTask {
                what: "speak_with_someone_who_was_not_seen",
                since: row.since,
                session: row.session,
                group: row.group,
                group_name: label.map(|label| label.name.clone()),
                person: row.person,
                on: row.on,
            })
        });
        Ok(tasks.collect())
    }
}
