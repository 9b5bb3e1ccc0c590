//! Work without a session: asked for by staff, done by the person, accepted by someone else. Nobody
//! but the two sides is told of it.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use contracts::{GroupId, PersonId, WorkId};
use eventstore::Authority;
use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{
    Accepted, Address, Ask, Body, Call, FieldError, Permit, Problem, ReadAfter, Role, with_etag,
};

use super::State;
use super::bodies::fields;
use super::selections::by_role;
use crate::views::group::locality;
use crate::views::work::{self, Row, stage, task};
use crate::work::{Accept, Command, Record, RecordDone, Task, TaskKind, Work};

/// Every route of work without a session.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(record))
        .routes(routes!(one))
        .routes(routes!(record_done))
        .routes(routes!(accept))
}

/// Work that was asked for and done, put on record in one go.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordBody {
    /// What was asked, and of whom.
    task: Task,
    /// When it was done.
    done: RecordDone,
}

/// One piece of work.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkPage {
    work: WorkId,
    version: i64,
    /// `asked`, `done` or `accepted`.
    stage: &'static str,
    since: Timestamp,
    person: PersonId,
    /// Whose it is, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    group: Option<GroupId>,
    kind: TaskKind,
    what: String,
    #[schema(value_type = String, format = Date)]
    asked_on: Date,
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// When it was done, once it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<RecordDone>,
}

/// Something done that waits to be looked at.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkTask {
    /// `accept_work_that_is_done`.
    what: &'static str,
    /// Since when it waits.
    pub(super) since: Timestamp,
    work: WorkId,
    person: PersonId,
    group: Option<GroupId>,
    /// What it was, in neutral words.
    title: String,
}

impl Body for Accept {}

impl Body for Task {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RecordDone {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RecordBody {
    fn malformed(&self) -> Vec<FieldError> {
        let named = |part: &'static str| {
            move |(field, problem)| FieldError::new(format!("{part}.{field}"), problem)
        };
        let task = self.task.malformed().into_iter().map(named("task"));
        task.chain(self.done.malformed().into_iter().map(named("done"))).collect()
    }
}

impl WorkPage {
    fn of(row: Row, name: Option<String>) -> Option<Self> {
        let Row { work, version, since, state } = row;
        let stage = stage(&state);
        let (task, done) = match state {
            Work::NotAsked => return None,
            Work::Asked(task) => (*task, None),
            Work::Done(task, done) | Work::Accepted(task, done) => (*task, Some(done)),
        };
        let Task { person, group, kind, what, asked_on, due_on } = task;
        Some(Self {
            work,
            version,
            stage,
            since,
            person,
            name,
            group,
            kind,
            what,
            asked_on,
            due_on,
            done,
        })
    }
}

impl State {
    /// The right of staff over a piece of work: by its group, or by the person where it has none.
    async fn staff_over_task(&self, permit: &Permit, task: &Task) -> Result<Authority, Problem> {
        match task.group {
            Some(group) => self.staff_over_group(permit, group).await,
            None => self.staff_over(permit, task.person).await,
        }
    }

    async fn task(&self, id: WorkId) -> Result<Task, Problem> {
        let loaded = self.edge.executor().load::<Work>(id.uuid()).await?;
        task(&loaded.room).cloned().ok_or_else(Problem::unknown)
    }

    async fn begin(&self, call: Call, task: &Task, command: Command) -> Result<Response, Problem> {
        let authority = self.staff_over_task(&call.permit, task).await?;
        self.profile(task.person).await?;
        let id: WorkId = call.new_id("work");
        Ok(call.execute_under::<Work>(authority, id.uuid(), command).await)
    }

    /// What someone was asked for, the latest first.
    pub(super) async fn own_work(&self, person: PersonId) -> Result<Vec<WorkPage>, Problem> {
        let rows = work::of_person(&self.pool, person).await?;
        Ok(rows.into_iter().filter_map(|row| WorkPage::of(row, None)).collect())
    }

    /// Whether a task is within the localities of the caller's staff role, whatever other roles let
    /// them in.
    async fn concerns_staff(&self, permit: &Permit, task: &Task) -> Result<bool, Problem> {
        let within = |locality: Option<&str>| by_role(permit, &Role::STAFF, locality).is_some();
        if let Some(group) = task.group {
            return Ok(within(locality(&self.group(group).await?)));
        }
        let localities = self.profile(task.person).await?.preferences.localities;
        if localities.is_empty() {
            return Ok(Role::STAFF.into_iter().any(|role| permit.authority_as(role).is_some()));
        }
        Ok(localities.iter().any(|it| within(Some(it))))
    }

    /// What is done and waits for the caller to look at it; never their own.
    pub(super) async fn work_tasks(&self, permit: &Permit) -> Result<Vec<WorkTask>, Problem> {
        let mut tasks = Vec::new();
        for row in work::done(&self.pool).await? {
            let Some(task) = task(&row.state) else { continue };
            if permit.is_person(task.person) || !self.concerns_staff(permit, task).await? {
                continue;
            }
            tasks.push(WorkTask {
                what: "accept_work_that_is_done",
                since: row.since,
                work: row.work,
                person: task.person,
                group: task.group,
                title: task.what.clone(),
            });
        }
        Ok(tasks)
    }
}

/// Ask someone for a piece of work.
#[utoipa::path(post, path = "/v1/work", tag = "work", request_body = Task,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
async fn ask(
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<Task>,
) -> Result<Response, Problem> {
    let command = Command::Ask(crate::work::Ask { said: body.clone() });
    state.begin(call, &body, command).await
}

/// Put a piece of work on record that was asked for and done.
#[utoipa::path(post, path = "/v1/work/record", tag = "work", request_body = RecordBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
async fn record(
    Shared(state): Shared<State>,
    Ask { body: RecordBody { task, done }, call }: Ask<RecordBody>,
) -> Result<Response, Problem> {
    let command = Command::Record(Record { task: task.clone(), done });
    state.begin(call, &task, command).await
}

/// Say that a piece of work is done; again, to correct it until it is accepted.
#[utoipa::path(post, path = "/v1/work/{work}/record-done", tag = "work",
    params(("work" = WorkId, Path, description = "Which")),
    request_body = RecordDone, responses((status = 200, body = Accepted)))]
async fn record_done(
    Shared(state): Shared<State>,
    Address(id): Address<WorkId>,
    Ask { body, call }: Ask<RecordDone>,
) -> Result<Response, Problem> {
    let task = state.task(id).await?;
    let permit = &call.permit;
    let authority = if permit.behalf.is_some() || permit.is_person(task.person) {
        state.acts_as(permit, task.person).await?
    } else {
        state.staff_over_task(permit, &task).await?
    };
    Ok(call.execute_under::<Work>(authority, id.uuid(), Command::RecordDone(body)).await)
}

/// Accept a piece of work that someone else has done; it may then be paid for.
#[utoipa::path(post, path = "/v1/work/{work}/accept", tag = "work",
    params(("work" = WorkId, Path, description = "Which")),
    request_body = Accept, responses((status = 200, body = Accepted)))]
async fn accept(
    Shared(state): Shared<State>,
    Address(id): Address<WorkId>,
    Ask { body, call }: Ask<Accept>,
) -> Result<Response, Problem> {
    let task = state.task(id).await?;
    let authority = state.staff_over_task(&call.permit, &task).await?;
    Ok(call.execute_under::<Work>(authority, id.uuid(), Command::Accept(body)).await)
}

/// One piece of work: one's own, or one within the caller's localities.
#[utoipa::path(get, path = "/v1/work/{work}", tag = "work",
    params(("work" = WorkId, Path, description = "Which")),
    responses((status = 200, body = WorkPage), (status = 304)))]
async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<WorkId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = work::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let task = task(&row.state).ok_or_else(Problem::unknown)?;
    let (person, version) = (task.person, row.version);
    if permit.is_person(person) {
        let page = WorkPage::of(row, None).ok_or_else(Problem::unknown)?;
        return Ok(with_etag(&headers, version, &page));
    }
    state.staff_over_task(&permit, task).await?;
    super::readings::note_name(&permit, person);
    let name = state.name_of(person).await?;
    let page = WorkPage::of(row, name).ok_or_else(Problem::unknown)?;
    Ok(Json(page).into_response())
}
