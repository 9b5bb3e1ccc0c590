//! Rows out. What is published anyone may read; drafts and what is never published, only staff whose
//! role reaches them.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::id::OpportunityId;
use contracts::opportunities::Advert;
use http::HeaderMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Address, Page, PageQuery, Permit, Problem, Query, ReadAfter, Role, with_etag};

use super::State;
use crate::access::{APPROVERS, STAFF, WRITERS};
use crate::opportunity::{
    AdvertRules, Content, Internal, Lack, Opportunity, Origin, RecordPublicity,
};
use crate::views::opportunity::{self, Row, VERSION, locality, stage};

/// One opportunity, as far as the reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpportunityPage {
    id: OpportunityId,
    version: i64,
    /// `draft`, `in_review`, `approved`, `open`, `closed`, `concluded` or `withdrawn`.
    stage: &'static str,
    /// The advert, once its words are fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    advert: Option<Advert>,
    /// Why it was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_because: Option<String>,
    /// What changed because of it, once that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    what_changed: Option<String>,
    /// For staff alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<StaffPart>,
}

/// What only staff see of an opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StaffPart {
    /// The words as they stand, while they are not fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<Content>,
    /// Everything the draft still lacks.
    lacking: Vec<Lacking>,
    /// Why it came back, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    returned_because: Option<String>,
    /// What is never published.
    #[serde(skip_serializing_if = "Option::is_none")]
    internal: Option<Internal>,
    /// How it came to be begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    /// Where it was made known.
    publicity: Vec<RecordPublicity>,
}

/// One thing a draft lacks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Lacking {
    code: &'static str,
    text: String,
}

impl OpportunityPage {
    fn of(row: &Row, for_staff: bool, rules: AdvertRules, now: Timestamp) -> Self {
        let advertised = row.state.advertised();
        let staff = for_staff.then(|| StaffPart::of(&row.state, rules, now));
        let (withdrawn_because, what_changed) = match &row.state {
            Opportunity::Withdrawn { reason, .. } => (Some(reason.clone()), None),
            Opportunity::Concluded(_, conclusion) => (None, conclusion.what_changed.clone()),
            Opportunity::NotDrafted
            | Opportunity::Draft(_)
            | Opportunity::InReview(_)
            | Opportunity::Approved(_)
            | Opportunity::Open(_)
            | Opportunity::Closed(_) => (None, None),
        };
        Self {
            id: row.id,
            version: row.version,
            stage: stage(&row.state),
            advert: advertised.map(|advertised| advertised.advert.clone()),
            withdrawn_because,
            what_changed,
            staff,
        }
    }
}

impl StaffPart {
    fn of(state: &Opportunity, rules: AdvertRules, now: Timestamp) -> Self {
        let writing = match state {
            Opportunity::Draft(writing) | Opportunity::InReview(writing) => Some(writing),
            Opportunity::NotDrafted
            | Opportunity::Approved(_)
            | Opportunity::Open(_)
            | Opportunity::Closed(_)
            | Opportunity::Concluded(..)
            | Opportunity::Withdrawn { .. } => None,
        };
        let lacking = writing.and_then(|writing| writing.content.complete(rules, now).err());
        let advertised = state.advertised();
        Self {
            draft: writing.map(|writing| writing.content.clone()),
            lacking: lacking.unwrap_or_default().into_iter().map(Lacking::of).collect(),
            returned_because: writing.and_then(|writing| writing.returned_because.clone()),
            internal: advertised.map(|advertised| advertised.internal.clone()),
            origin: writing
                .map(|writing| &writing.origin)
                .or(advertised.map(|advertised| &advertised.origin))
                .cloned(),
            publicity: advertised
                .map(|advertised| advertised.publicity.iter().cloned().collect())
                .unwrap_or_default(),
        }
    }
}

impl Lacking {
    fn of(lack: Lack) -> Self {
        Self { code: lack.code(), text: lack.to_string() }
    }
}

/// Which open opportunities.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OpenQuery {
    /// Only those of this area or of everywhere.
    locality: Option<String>,
}

/// The opportunities that are open now.
#[utoipa::path(get, path = "/v1/opportunities", tag = "opportunity",
    params(OpenQuery, PageQuery), responses((status = 200, body = Page<OpportunityPage>)))]
pub(super) async fn open(
    _: ReadAfter,
    Shared(state): Shared<State>,
    Query(wanted): Query<OpenQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OpportunityPage>>, Problem> {
    let asked = page.read::<OpportunityId>(VERSION)?;
    let limit = asked.rows_wanted();
    let rows =
        opportunity::open(&state.pool, wanted.locality.as_deref(), asked.after, limit).await?;
    let now = state.edge.executor().clock().now();
    let (rules, _) = state.rules().await?;
    let pages = rows.iter().map(|row| OpportunityPage::of(row, false, rules, now)).collect();
    Ok(Json(asked.page(pages, |page| page.id)))
}

/// One opportunity. Before its opening it is there for staff alone.
#[utoipa::path(get, path = "/v1/opportunities/{opportunity}", tag = "opportunity",
    params(("opportunity" = OpportunityId, Path, description = "Which opportunity")),
    responses((status = 200, body = OpportunityPage), (status = 304)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Option<Permit>,
    Address(id): Address<OpportunityId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = opportunity::one(&state.pool, id).await?.ok_or_else(Problem::unknown)?;
    let for_staff = permit.is_some_and(|permit| reads(&permit, &row.state));
    if !for_staff && !is_public(&row.state) {
        return Err(Problem::unknown());
    }
    let version = row.version;
    let now = state.edge.executor().clock().now();
    let (rules, _) = state.rules().await?;
    Ok(with_etag(&headers, version, &OpportunityPage::of(&row, for_staff, rules, now)))
}

/// What waits for someone on the staff: drafts to finish, adverts to review, outcomes to record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Today {
    items: Vec<Waiting>,
}

/// One thing that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Waiting {
    /// `finish_the_draft`, `review` or `record_the_outcome`.
    what: &'static str,
    /// Since when.
    since: Timestamp,
    opportunity: OpportunityPage,
}

/// What waits for the caller, the longest waiting first.
#[utoipa::path(get, path = "/v1/today", tag = "today", responses((status = 200, body = Today)))]
pub(super) async fn today(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
) -> Result<Json<Today>, Problem> {
    let now = state.edge.executor().clock().now();
    let (rules, _) = state.rules().await?;
    let items = opportunity::waiting(&state.pool)
        .await?
        .into_iter()
        .filter(|row| reads(&permit, &row.state))
        .filter_map(|row| {
            let (what, doers) = what_waits(&row.state)?;
            if !is_theirs(&permit, &row.state, doers) {
                return None;
            }
            let since = row.stage_since;
            let opportunity = OpportunityPage::of(&row, true, rules, now);
            Some(Waiting { what, since, opportunity })
        })
        .collect();
    Ok(Json(Today { items }))
}

/// What waits, and for which roles.
fn what_waits(state: &Opportunity) -> Option<(&'static str, &'static [Role])> {
    match state {
        Opportunity::Draft(_) => Some(("finish_the_draft", WRITERS)),
        Opportunity::InReview(_) => Some(("review", APPROVERS)),
        Opportunity::Closed(_) => Some(("record_the_outcome", STAFF)),
        Opportunity::NotDrafted
        | Opportunity::Approved(_)
        | Opportunity::Open(_)
        | Opportunity::Concluded(..)
        | Opportunity::Withdrawn { .. } => None,
    }
}

/// Whether it is for the caller to do. An auditor looks at what waits for others; nobody approves what
/// they wrote.
fn is_theirs(permit: &Permit, state: &Opportunity, roles: &[Role]) -> bool {
    let has = |role: &Role| permit.authority_as(*role).is_some();
    let is_own_in_review =
        matches!(state, Opportunity::InReview(_)) && super::commands::is_author(permit, state);
    has(&Role::Auditor) || (roles.iter().any(has) && !is_own_in_review)
}

/// Whether the caller's role reaches it: by locality, or by having a hand in it.
fn reads(permit: &Permit, state: &Opportunity) -> bool {
    permit.authority_for_locality(locality(state)).is_some()
        || (permit.authority_as(Role::OpportunityOwner).is_some()
            && super::commands::is_author(permit, state))
}

/// Whether anyone may read it.
pub(super) fn is_public(state: &Opportunity) -> bool {
    match state {
        Opportunity::Open(_) | Opportunity::Closed(_) | Opportunity::Concluded(..) => true,
        Opportunity::Withdrawn { advertised, .. } => advertised.is_some(),
        Opportunity::NotDrafted
        | Opportunity::Draft(_)
        | Opportunity::InReview(_)
        | Opportunity::Approved(_) => false,
    }
}
