//! Sessions, read. Whoever was invited reads when and where, and what is known of themselves; that
//! they were not seen is known once a human has spoken with them. The register is for staff.

use axum::Json;
use axum::extract::State as Shared;
use contracts::{GroupId, PersonId, SessionId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Address, Page, PageQuery, Permit, Problem, Query, ReadAfter, Role};

use super::State;
use crate::api::reach::scope;
use crate::api::readings::note_name;
use crate::session::{FollowUpState, How, Mark, Meeting, Mode, Register, Session};
use crate::views::group_label;
use crate::views::session::{self, Row, VERSION, Wanted, meeting, stage};

/// How many sessions someone sees on the page of all that is theirs.
const OWN_MAX: i64 = 50;

/// A session, without the people.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SessionPart {
    session: SessionId,
    version: i64,
    /// `planned`, `confirmed`, `held` or `cancelled`.
    stage: &'static str,
    group: Option<GroupId>,
    group_name: Option<String>,
    title: String,
    starts_at: Timestamp,
    zone: String,
    length_minutes: u16,
    mode: Mode,
    venue: String,
    #[schema(value_type = Option<String>, format = Date)]
    papers_due_on: Option<Date>,
    /// Why it does not take place, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_because: Option<String>,
}

/// One session.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionPage {
    #[serde(flatten)]
    session: SessionPart,
    /// What is known of the reader, where they were invited or came.
    #[serde(skip_serializing_if = "Option::is_none")]
    you: Option<MarkPart>,
    /// Who is invited, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    invited: Option<Vec<Invited>>,
    /// Who was there, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    register: Option<RegisterPart>,
}

/// Someone who is invited.
#[derive(Serialize, ToSchema)]
struct Invited {
    person: PersonId,
    name: Option<String>,
}

/// Who was there.
#[derive(Serialize, ToSchema)]
struct RegisterPart {
    lasted_minutes: u16,
    marks: Vec<MarkPart>,
}

/// What is recorded of one person.
#[derive(Serialize, ToSchema)]
struct MarkPart {
    person: PersonId,
    name: Option<String>,
    how: How,
    minutes: u16,
    walked_in: bool,
    /// `open` while a human is to speak with them, `excused` or `counts` once one has.
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up: Option<&'static str>,
}

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Of this group alone.
    group: Option<GroupId>,
    /// That begin at this instant or later; from now unless given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
}

impl State {
    async fn parts(&self, rows: &[Row]) -> Result<Vec<SessionPart>, Problem> {
        let groups = rows.iter().filter_map(|row| meeting(&row.state)?.group);
        let labels = group_label::of(&self.pool, groups).await?;
        let part = |row: &Row| {
            let meeting = meeting(&row.state)?;
            let label = meeting.group.and_then(|group| labels.get(&group));
            Some(SessionPart::of(row, meeting, label.map(|label| label.name.clone())))
        };
        Ok(rows.iter().filter_map(part).collect())
    }

    /// Sessions to come to which someone is invited.
    pub(in crate::api) async fn own_sessions(
        &self,
        person: PersonId,
    ) -> Result<Vec<SessionPart>, Problem> {
        let from = self.edge.executor().clock().now();
        let wanted = Wanted { group: None, from, invited: person, localities: None };
        self.parts(&session::list(&self.pool, &wanted, None, OWN_MAX).await?).await
    }

    async fn invited(&self, permit: &Permit, meeting: &Meeting) -> Result<Vec<Invited>, Problem> {
        let mut invited = Vec::with_capacity(meeting.invited.len());
        for &person in &meeting.invited {
            note_name(permit, person);
            invited.push(Invited { person, name: self.name_of(person).await? });
        }
        Ok(invited)
    }

    async fn register(
        &self,
        permit: &Permit,
        register: &Register,
    ) -> Result<RegisterPart, Problem> {
        let mut marks = Vec::with_capacity(register.marks.len());
        for (&person, &mark) in &register.marks {
            note_name(permit, person);
            let name = self.name_of(person).await?;
            marks.push(MarkPart { name, ..MarkPart::of(person, mark) });
        }
        Ok(RegisterPart { lasted_minutes: register.lasted_minutes, marks })
    }
}

impl SessionPart {
    fn of(row: &Row, meeting: &Meeting, group_name: Option<String>) -> Self {
        let cancelled_because = match &row.state {
            Session::Cancelled(_, it) => Some(it.reason.clone()),
            Session::NotPlanned
            | Session::Planned(_)
            | Session::Confirmed(_)
            | Session::Held(..) => None,
        };
        Self {
            session: row.session,
            version: row.version,
            stage: stage(&row.state),
            group: meeting.group,
            group_name,
            title: meeting.title.clone(),
            starts_at: meeting.starts_at,
            zone: meeting.zone.clone(),
            length_minutes: meeting.length_minutes,
            mode: meeting.mode,
            venue: meeting.venue.clone(),
            papers_due_on: meeting.papers_due_on,
            cancelled_because,
        }
    }
}

impl MarkPart {
    fn of(person: PersonId, mark: Mark) -> Self {
        let follow_up = match mark.follow_up {
            FollowUpState::NotNeeded => None,
            FollowUpState::Open => Some("open"),
            FollowUpState::Done(outcome) => Some(match outcome {
                crate::session::Outcome::Excused => "excused",
                crate::session::Outcome::Counts => "counts",
            }),
        };
        let Mark { how, minutes, walked_in, follow_up: _ } = mark;
        Self { person, name: None, how, minutes, walked_in, follow_up }
    }
}

fn register(state: &Session) -> Option<&Register> {
    match state {
        Session::Held(_, register) => Some(register),
        Session::NotPlanned
        | Session::Planned(_)
        | Session::Confirmed(_)
        | Session::Cancelled(..) => None,
    }
}

/// What someone may read of themselves: an absence only after a human has spoken with them.
fn own_mark(state: &Session, person: PersonId) -> Option<MarkPart> {
    let mark = *register(state)?.marks.get(&person)?;
    let told = match (mark.how, mark.follow_up) {
        (How::AttendedFull | How::AttendedPart { .. } | How::Apologies, _)
        | (How::DidNotAttend, FollowUpState::Done(_)) => true,
        (How::DidNotAttend, FollowUpState::NotNeeded | FollowUpState::Open) => false,
    };
    told.then(|| MarkPart::of(person, mark))
}

/// One session: one that the caller is invited to or came to, or one of their localities.
#[utoipa::path(get, path = "/v1/sessions/{session}", tag = "sessions",
    params(("session" = SessionId, Path, description = "Which")),
    responses((status = 200, body = SessionPage)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<SessionId>,
) -> Result<Json<SessionPage>, Problem> {
    let row = session::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let meeting = meeting(&row.state).ok_or_else(Problem::unknown)?;
    let person = permit.caller.person;
    let for_staff = state.staff_over_any(&permit, meeting.group).await.is_ok();
    let you = own_mark(&row.state, person);
    if !for_staff && !meeting.invited.contains(&person) && you.is_none() {
        return Err(Problem::unknown());
    }
    let part = state.parts(std::slice::from_ref(&row)).await?.pop();
    let mut page = SessionPage {
        session: part.ok_or_else(Problem::unknown)?,
        you,
        invited: None,
        register: None,
    };
    if for_staff {
        page.invited = Some(state.invited(&permit, meeting).await?);
        page.register = match register(&row.state) {
            Some(register) => Some(state.register(&permit, register).await?),
            None => None,
        };
    }
    Ok(Json(page))
}

/// Sessions the caller is invited to, and those of their localities, in the order in which they
/// begin.
#[utoipa::path(get, path = "/v1/sessions", tag = "sessions", params(ListQuery, PageQuery),
    responses((status = 200, body = Page<SessionPart>)))]
pub(super) async fn list(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(wanted): Query<ListQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<SessionPart>>, Problem> {
    let asked = page.read::<(Timestamp, SessionId)>(VERSION)?;
    let is_staff = Role::STAFF.into_iter().any(|role| permit.authority_as(role).is_some());
    let localities = is_staff.then(|| scope(&permit));
    let wanted = Wanted {
        group: wanted.group,
        from: wanted.from.unwrap_or_else(|| state.edge.executor().clock().now()),
        invited: permit.caller.person,
        localities: localities.as_deref(),
    };
    let rows = session::list(&state.pool, &wanted, asked.after, asked.rows_wanted()).await?;
    let parts = state.parts(&rows).await?;
    Ok(Json(asked.page(parts, |part| (part.starts_at, part.session))))
}
