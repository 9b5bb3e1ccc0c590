//! What waits: opportunities that have closed with applications nobody has decided on, those that
//! close within a week, each one's own part in a panel's work; and what is to be settled with people
//! who hold places, were not seen at a session, or have done work.

use axum::Json;
use axum::extract::State as Shared;
use contracts::OpportunityId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permit, Problem, ReadAfter, Role};

use super::State;
use super::appointments::PlaceTask;
use super::selections::by_role;
use super::sessions::FollowUpTask;
use super::work::WorkTask;
use crate::london::day_of;
use crate::views::application;
use crate::views::selection_board::Waiting;

/// How long before a closing staff see it coming.
const LOOKS_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What waits for the caller.
#[derive(Serialize, ToSchema)]
pub(super) struct Today {
    items: Vec<Entry>,
}

/// One thing that waits, told apart by `what`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Entry {
    /// About an opportunity and those who applied for it.
    Opportunity(Item),
    /// About someone's place.
    Place(Box<PlaceTask>),
    /// About someone who was expected at a session.
    FollowUp(FollowUpTask),
    /// About work without a session.
    Work(WorkTask),
}

/// One thing that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct Item {
    /// `bring_a_panel_together`, `closes_soon`, `add_a_panel_member`, `score_applications`,
    /// `decide_on_applications`, `approve_the_outcome` or `look_at_what_came_too_late`.
    what: &'static str,
    opportunity: OpportunityId,
    title: String,
    closes_at: Timestamp,
    /// How many applications it is about.
    applications: i64,
}

/// What waits for the caller, the longest waiting first.
#[utoipa::path(get, path = "/v1/today", tag = "today", responses((status = 200, body = Today)))]
pub(super) async fn today(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
) -> Result<Json<Today>, Problem> {
    let now = state.edge.executor().clock().now();
    let until = now.saturating_add(LOOKS_AHEAD).unwrap_or(Timestamp::MAX);
    let mut items = Vec::new();
    for it in application::waiting(&state.pool, until).await? {
        if by_role(&permit, &Role::STAFF, it.locality.as_deref()).is_none() {
            continue;
        }
        let what = if it.closes_at <= now { "bring_a_panel_together" } else { "closes_soon" };
        let item = Item {
            what,
            opportunity: it.opportunity,
            title: it.title,
            closes_at: it.closes_at,
            applications: it.undecided,
        };
        items.push((it.closes_at, Entry::Opportunity(item)));
    }
    let tasks = state.selection_tasks(&permit).await?;
    items.extend(tasks.into_iter().map(|it| (it.since, Entry::Opportunity(it.into()))));
    items.extend(state.about_people(&permit, now).await?);
    items.sort_by_key(|(since, _)| *since);
    Ok(Json(Today { items: items.into_iter().map(|(_, item)| item).collect() }))
}

impl State {
    /// What waits about people who hold places, attend and work.
    async fn about_people(
        &self,
        permit: &Permit,
        now: Timestamp,
    ) -> Result<Vec<(Timestamp, Entry)>, Problem> {
        let places = self.place_tasks(permit, day_of(now)).await?;
        let follow_ups = self.follow_up_tasks(permit).await?;
        let work = self.work_tasks(permit).await?;
        let places = places.into_iter().map(|it| (it.since, Entry::Place(Box::new(it))));
        let follow_ups = follow_ups.into_iter().map(|it| (it.since, Entry::FollowUp(it)));
        let work = work.into_iter().map(|it| (it.since, Entry::Work(it)));
        Ok(places.chain(follow_ups).chain(work).collect())
    }
}

impl From<Waiting> for Item {
    fn from(it: Waiting) -> Self {
        Self {
            what: it.task.name(),
            opportunity: it.opportunity,
            title: it.title,
            closes_at: it.closes_at,
            applications: it.applications,
        }
    }
}
