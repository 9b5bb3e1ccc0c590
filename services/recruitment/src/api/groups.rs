//! Groups: staff establish, rename and close those of their localities; whoever is signed in may
//! read what a group is. Who sits in it is nobody's to read here.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::OpportunityId;
use contracts::id::{GroupId, SeatId};
use contracts::opportunities::Constituency;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Accepted, Address, Ask, Call, Page, PageQuery, Permit, Problem, Query, ReadAfter};

use super::State;
use crate::group::{Charter, Close, Command, Establish, Group, GroupKind, Rename};
use crate::seat::SeatRole;
use crate::views::group::{self, GroupRow, SeatRow, VERSION, locality};

/// One group.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupPage {
    group: GroupId,
    version: i64,
    name: String,
    kind: GroupKind,
    locality: Option<String>,
    purpose: String,
    reports_to: Option<GroupId>,
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
    /// Why it does not meet any more, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_because: Option<String>,
    /// How many places it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<usize>,
    /// How many of them nobody holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    vacant: Option<usize>,
    /// Each of them, for staff of its localities.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<Vec<SeatPart>>,
}

/// One place, without whoever holds it.
#[derive(Serialize, ToSchema)]
struct SeatPart {
    seat: SeatId,
    version: i64,
    role: SeatRole,
    constituency: Option<Constituency>,
    locality: Option<String>,
    term_months: u16,
    /// The version of the setting its terms follow.
    rule_version: String,
    #[schema(value_type = Option<String>, format = Date)]
    held_until: Option<Date>,
    recruiting_through: Option<OpportunityId>,
}

impl GroupPage {
    fn of(row: GroupRow) -> Option<Self> {
        let (charter, name, closed_because) = match row.state {
            Group::Standing { charter, name } => (*charter, name, None),
            Group::Closed { charter, name, reason } => (*charter, name, Some(reason)),
            Group::NotEstablished => return None,
        };
        let Charter { name: _, kind, locality, reports_to, purpose, review_on, seats_planned: _ } =
            charter;
        Some(Self {
            group: row.group,
            version: row.version,
            name,
            kind,
            locality,
            purpose,
            reports_to,
            review_on,
            closed_because,
            places: None,
            vacant: None,
            seats: None,
        })
    }

    fn with_seats(self, rows: Vec<SeatRow>, for_staff: bool) -> Self {
        let vacant = rows.iter().filter(|row| row.held_until.is_none()).count();
        Self {
            places: Some(rows.len()),
            vacant: Some(vacant),
            seats: for_staff.then(|| rows.into_iter().map(SeatPart::of).collect()),
            ..self
        }
    }
}

impl SeatPart {
    fn of(row: SeatRow) -> Self {
        Self {
            seat: row.seat,
            version: row.version,
            role: row.place.role,
            constituency: row.place.constituency,
            locality: row.place.locality,
            term_months: row.place.rule.months,
            rule_version: row.place.rule.rule_version,
            held_until: row.held_until,
            recruiting_through: row.recruiting_through,
        }
    }
}

impl State {
    /// A group as it stands now, or 404.
    pub(super) async fn group(&self, id: GroupId) -> Result<Group, Problem> {
        let loaded = self.edge.executor().load::<Group>(id.uuid()).await?;
        if loaded.version == 0 { Err(Problem::unknown()) } else { Ok(loaded.room) }
    }

    async fn give(&self, call: Call, id: GroupId, command: Command) -> Result<Response, Problem> {
        let group = self.group(id).await?;
        let authority = call.permit.require_locality(locality(&group))?;
        Ok(call.execute_under::<Group>(authority, id.uuid(), command).await)
    }
}

/// The groups, in no order that tells anything.
#[utoipa::path(get, path = "/v1/groups", tag = "groups", params(PageQuery),
    responses((status = 200, body = Page<GroupPage>)))]
pub(super) async fn all(
    _: ReadAfter,
    Shared(state): Shared<State>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<GroupPage>>, Problem> {
    let asked = page.read::<GroupId>(VERSION)?;
    let rows = group::all(&state.pool, asked.after, asked.rows_wanted()).await?;
    let pages = rows.into_iter().filter_map(GroupPage::of).collect();
    Ok(Json(asked.page(pages, |page| page.group)))
}

/// One group, and how many places it has.
#[utoipa::path(get, path = "/v1/groups/{group}", tag = "groups",
    params(("group" = GroupId, Path, description = "Which")),
    responses((status = 200, body = GroupPage)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(id): Address<GroupId>,
) -> Result<Json<GroupPage>, Problem> {
    let row = group::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let for_staff = permit.authority_for_locality(locality(&row.state)).is_some();
    let seats = group::seats(&state.pool, id).await?;
    let page = GroupPage::of(row).ok_or_else(Problem::unknown)?;
    Ok(Json(page.with_seats(seats, for_staff)))
}

/// Begin a group, with its purpose and where it reports.
#[utoipa::path(post, path = "/v1/groups", tag = "groups", request_body = Charter,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn establish(Ask { body, call }: Ask<Charter>) -> Result<Response, Problem> {
    let authority = call.permit.require_locality(body.locality.as_deref())?;
    let id: GroupId = call.new_id("group");
    let command = Command::Establish(Establish { said: body });
    Ok(call.execute_under::<Group>(authority, id.uuid(), command).await)
}

/// Call a group something else.
#[utoipa::path(post, path = "/v1/groups/{group}/rename", tag = "groups",
    params(("group" = GroupId, Path, description = "Which")),
    request_body = Rename, responses((status = 200, body = Accepted)))]
pub(super) async fn rename(
    Shared(state): Shared<State>,
    Address(id): Address<GroupId>,
    Ask { body, call }: Ask<Rename>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Rename(body)).await
}

/// Let a group end. Nobody loses a place by this.
#[utoipa::path(post, path = "/v1/groups/{group}/close", tag = "groups",
    params(("group" = GroupId, Path, description = "Which")),
    request_body = Close, responses((status = 200, body = Accepted)))]
pub(super) async fn close(
    Shared(state): Shared<State>,
    Address(id): Address<GroupId>,
    Ask { body, call }: Ask<Close>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Close(body)).await
}
