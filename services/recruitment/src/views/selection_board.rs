//! One panel's work as its board shows it, and what waits for whom in all of them. A row is the room's
//! state as it stands, what was written sealed; who may see how much of it, the edge asks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::{ApplicationId, OpportunityId, PersonId};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view::{self, column};
use eventstore::{Key, ProjectError, Rows, View};
use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use uuid::Uuid;

use crate::selection::{Event, Panel, Selection, Work};

/// The view.
#[derive(Debug)]
pub struct SelectionBoards;

/// One selection as the rows hold it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its stream's version.
    pub version: i64,
    /// Its state.
    pub state: Selection,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let state: String = row.try_get("state")?;
        Ok(Self {
            version: row.try_get("version")?,
            state: serde_json::from_str(&state)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    }
}

/// One thing that waits, for a person by name of their id or for whoever has the role.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// In which selection: that of this opportunity.
    pub opportunity: OpportunityId,
    /// What that is called.
    pub title: String,
    /// Where it belongs; `None` means everywhere.
    pub locality: Option<String>,
    /// What waits.
    pub task: Task,
    /// How many applications it is about.
    pub applications: i64,
    /// When that closed.
    pub closes_at: Timestamp,
    /// Since when.
    pub since: Timestamp,
    /// Whom it waits for, where that is one person.
    pub person: Option<PersonId>,
}

impl FromRow<'_, PgRow> for Waiting {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let task: &str = row.try_get("task")?;
        Ok(Self {
            opportunity: OpportunityId::new(row.try_get("opportunity")?),
            title: row.try_get("title")?,
            locality: row.try_get("locality")?,
            task: Task::named(task)
                .ok_or_else(|| sqlx::Error::Protocol("an unknown task".to_owned()))?,
            applications: row.try_get("applications")?,
            closes_at: row.try_get::<SqlTimestamp, _>("closes_at")?.to_jiff(),
            since: row.try_get::<SqlTimestamp, _>("since")?.to_jiff(),
            person: row.try_get::<Option<Uuid>, _>("person")?.map(PersonId::new),
        })
    }
}

/// What can wait in a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Applications have closed and nobody is named who decides.
    FormThePanel,
    /// Too few members are free to decide on someone.
    AddAMember,
    /// A member has something to score and to lock, or to keep out of.
    Score,
    /// Everything is scored, and the panel has to decide.
    Decide,
    /// Everything is decided, and someone else has to approve.
    ApproveTheOutcome,
    /// Someone applied in time whom the panel did not know of before everyone was told.
    LookAtWhatCameTooLate,
}

impl Task {
    const ALL: [Self; 6] = [
        Self::FormThePanel,
        Self::AddAMember,
        Self::Score,
        Self::Decide,
        Self::ApproveTheOutcome,
        Self::LookAtWhatCameTooLate,
    ];

    /// The name on screens and in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FormThePanel => "bring_a_panel_together",
            Self::AddAMember => "add_a_panel_member",
            Self::Score => "score_applications",
            Self::Decide => "decide_on_applications",
            Self::ApproveTheOutcome => "approve_the_outcome",
            Self::LookAtWhatCameTooLate => "look_at_what_came_too_late",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One selection, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    selection: Uuid,
    version: i64,
    opportunity: Option<Uuid>,
    stage: String,
    #[serde(with = "column")]
    state: Selection,
}

impl view::Row for Columns {
    const TABLE: &'static str = "selection_view";
    const KEY: &'static [&'static str] = &["selection"];

    fn key(&self) -> Key {
        self.selection.into()
    }
}

/// One thing that waits, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct TaskColumns {
    selection: Uuid,
    opportunity: Uuid,
    task: String,
    person: Option<Uuid>,
    not_for: Vec<Uuid>,
    applications: i64,
    since: Timestamp,
}

impl view::Row for TaskColumns {
    const TABLE: &'static str = "selection_task_view";
    const KEY: &'static [&'static str] = &["selection", "task", "person"];

    fn key(&self) -> Key {
        [self.selection.into(), self.task.as_str().into(), self.person.into()].into()
    }
}

/// An application that its panel knows of.
#[derive(Clone, Serialize, Deserialize)]
struct TakenIn {
    application: Uuid,
}

impl view::Row for TakenIn {
    const TABLE: &'static str = "taken_in_view";
    const KEY: &'static [&'static str] = &["application"];

    fn key(&self) -> Key {
        self.application.into()
    }
}

#[async_trait]
impl View for SelectionBoards {
    fn name(&self) -> &'static str {
        "selection_boards"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["selection_view", "selection_task_view", "taken_in_view"]
    }

    fn create(&self) -> &'static str {
        "create table selection_view (
             selection uuid primary key, version bigint not null, opportunity uuid,
             stage text not null, state text not null);
         create index selection_by_opportunity on selection_view (opportunity);
         create table selection_task_view (
             selection uuid not null, opportunity uuid not null, task text not null, person uuid,
             not_for uuid[] not null, applications bigint not null, since timestamptz not null,
             unique nulls not distinct (selection, task, person));
         create table taken_in_view (application uuid primary key)"
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        if event.stream.kind == Selection::TYPE {
            rows.foresee::<Columns>(event.stream.id);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Selection::TYPE {
            return Ok(());
        }
        let selection = event.stream.id;
        let before = rows.one::<Columns>(selection).await?;
        let (mut state, opportunity) =
            before.map_or_else(Default::default, |row| (row.state, row.opportunity));
        let told = event.decode::<Event>()?;
        if let Event::ApplicationTakenIn { application, .. } = &told {
            rows.put(TakenIn { application: application.uuid() })?;
        }
        state.apply(told);
        store_tasks(rows, event, &state).await?;
        rows.put(Columns {
            selection,
            version: event.version,
            opportunity: state.work().map(|work| work.opportunity.uuid()).or(opportunity),
            stage: (if put_off(&state) { "put_off" } else { stage(&state) }).to_owned(),
            state,
        })
    }
}

/// What waits from now on; what waited before goes on waiting since then.
async fn store_tasks(
    rows: &mut Rows<'_>,
    event: &StoredEvent,
    state: &Selection,
) -> Result<(), ProjectError> {
    let selection = event.stream.id;
    let mut waited = BTreeMap::new();
    for row in rows.matching::<TaskColumns>(selection).await? {
        waited.insert((row.task.clone(), row.person), row);
    }
    let now = column::instant(event.metadata()?.occurred_at);
    if let Some(work) = state.work() {
        for ((task, person), applications) in tasks(state) {
            let (name, person) = (task.name().to_owned(), person.map(PersonId::uuid));
            let since = waited.remove(&(name.clone(), person)).map_or(now, |row| row.since);
            rows.put(TaskColumns {
                selection,
                opportunity: work.opportunity.uuid(),
                task: name,
                person,
                not_for: not_for(task, work),
                applications: i64::try_from(applications).unwrap_or(i64::MAX),
                since,
            })?;
        }
    }
    for row in waited.into_values() {
        rows.remove::<TaskColumns>(view::Row::key(&row))?;
    }
    Ok(())
}

/// Whoever applied does no staff's part in the same round, and whoever sat on the panel does not
/// approve what it decided.
fn not_for(task: Task, work: &Work) -> Vec<Uuid> {
    let had_a_hand = work.had_a_hand.iter().filter(|_| task == Task::ApproveTheOutcome);
    work.applicants.people.values().chain(had_a_hand).copied().map(PersonId::uuid).collect()
}

/// Whether it waits because applications are taken again.
fn put_off(state: &Selection) -> bool {
    state.work().is_some_and(|work| work.put_off)
}

/// The stage's name on screens.
pub fn stage(state: &Selection) -> &'static str {
    match state {
        Selection::Gathering(_) => "gathering",
        Selection::UnderWay(_) => "under_way",
        Selection::Approved(..) => "approved",
        Selection::Told(..) => "told",
        Selection::CalledOff => "called_off",
    }
}

/// What waits in a selection, for whom, and about how many applications.
fn tasks(state: &Selection) -> BTreeMap<(Task, Option<PersonId>), usize> {
    match state {
        Selection::UnderWay(work) if !work.put_off => tasks_of(state, work),
        Selection::UnderWay(_)
        | Selection::Gathering(_)
        | Selection::Approved(..)
        | Selection::Told(..)
        | Selection::CalledOff => BTreeMap::new(),
    }
}

fn tasks_of(state: &Selection, work: &Work) -> BTreeMap<(Task, Option<PersonId>), usize> {
    let live = work.applicants.live().count();
    let Some(panel) = work.panel.as_ref().filter(|_| live > 0) else {
        let task = if live > 0 { Task::FormThePanel } else { Task::ApproveTheOutcome };
        return [((task, None), live)].into();
    };
    let mut tasks = BTreeMap::new();
    let minimum = usize::from(panel.rules.minimum_members);
    let short = work.applicants.live().filter(|it| panel.free_to_decide(it.0).len() < minimum);
    tasks.insert((Task::AddAMember, None), short.count());
    let undecided = |it: ApplicationId| !work.decisions.contains_key(&it);
    for member in panel.members.keys() {
        tasks.insert((Task::Score, Some(*member)), to_lock(work, panel, *member));
        if state.scores_are_open() {
            let theirs = work.applicants.live().filter(|(application, _)| {
                undecided(*application) && panel.conflict(*member, *application).is_none()
            });
            tasks.insert((Task::Decide, Some(*member)), theirs.count());
        }
    }
    if state.scores_are_open() && !work.applicants.live().any(|(it, _)| undecided(it)) {
        tasks.insert((Task::ApproveTheOutcome, None), live);
    }
    tasks.retain(|_, applications| *applications > 0);
    tasks
}

/// How many applications a member has yet to lock their scores for.
pub fn to_lock(work: &Work, panel: &Panel, member: PersonId) -> usize {
    let open = |application| {
        panel.conflict(member, application).is_none()
            && !panel.sheet(member, application).is_some_and(|it| it.locked)
    };
    work.applicants.live().filter(|(application, _)| open(*application)).count()
}

/// The selection of an opportunity.
pub async fn one(pool: &PgPool, opportunity: OpportunityId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("select * from views.selection_view where selection = $1")
        .bind(Selection::of(opportunity).uuid())
        .fetch_optional(pool)
        .await
}

/// What waits for a person and for whoever has the role, the longest waiting first; nothing of
/// staff's in a round that the person has another part in. What came too late is known by its having
/// been submitted and not taken in.
pub async fn waiting(pool: &PgPool, person: PersonId) -> Result<Vec<Waiting>, sqlx::Error> {
    sqlx::query_as(
        "select t.opportunity, o.title, o.locality, t.task, t.applications,
             coalesce(o.closes_at, t.since) as closes_at, t.since, t.person
         from views.selection_task_view t
         join views.known_opportunity_view o on o.opportunity = t.opportunity
         where o.withdrawn_because is null
             and (t.person = $1 or (t.person is null and not $1 = any(t.not_for)))
         union all
         select a.opportunity, o.title, o.locality, 'look_at_what_came_too_late', count(*),
             coalesce(o.closes_at, min(a.received_at)), min(a.received_at), null
         from views.application_view a
         join views.selection_view s on s.opportunity = a.opportunity and s.stage = 'told'
         join views.known_opportunity_view o on o.opportunity = a.opportunity
         where a.stage = 'undecided' and a.applicant <> $1
             and o.withdrawn_because is null and not exists (
             select from views.taken_in_view t where t.application = a.application)
         group by a.opportunity, o.title, o.locality, o.closes_at
         order by since, opportunity, task",
    )
    .bind(person.uuid())
    .fetch_all(pool)
    .await
}

#[cfg(test)]
mod tests {
    use super::Task;

    #[test]
    fn every_task_is_found_by_the_name_it_is_stored_under() {
        for task in Task::ALL {
            assert_eq!(Task::named(task.name()), Some(task));
        }
    }
}
