//! One person's record, and the lists staff look through. Values are opened at the last moment, for
//! the person and for staff of their localities; that staff read a record is on record before.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::PersonId;
use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Address, Ask, Body, FieldError, PROBLEM_JSON, Page, PageQuery, Permit, Problem, ProblemBody,
    Query, ReadAfter, with_etag,
};

use super::State;
use super::reach;
use crate::involvee::{
    AccountId, AgeBand, AgeStatement, Consent, Format, HowToReach, Involvee, Preferences, Profile,
};
use crate::opening::{Read, What};
use crate::views::involvee::{self, Row, VERSION};

/// How many people one page of a search looks through.
const LOOKED_THROUGH: u16 = 200;
/// The longest text to search for, in characters.
const SEARCHED_CHARS_MAX: usize = 100;

/// All that is kept of a person here, for them and for staff of their localities. What was sealed
/// and is no longer kept is missing.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonPage {
    person: PersonId,
    version: i64,
    name: Option<String>,
    how_to_reach: Channel,
    preferences: Preferences,
    age_band: AgeBand,
    /// For someone registered at 16 or 17.
    #[serde(skip_serializing_if = "Option::is_none")]
    guardian: Option<Guardian>,
    consents: BTreeMap<Consent, String>,
    access_need: Option<String>,
    formats: BTreeSet<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    away: Option<AwayPart>,
    supporter: Option<PersonId>,
    accounts: BTreeSet<AccountId>,
    registered_at: Timestamp,
    privacy_notice_version: String,
    heard_from: Option<String>,
}

/// The way by which someone wants to hear from us.
#[derive(Serialize, ToSchema)]
struct Channel {
    /// `email`, `phone`, `text` or `letter`.
    channel: &'static str,
    /// The address or number.
    to: Option<String>,
}

/// A parent or guardian who agreed.
#[derive(Serialize, ToSchema)]
struct Guardian {
    contact: Option<String>,
    #[schema(value_type = String, format = Date)]
    agreed_on: Date,
}

/// That someone is away.
#[derive(Serialize, ToSchema)]
struct AwayPart {
    /// Why, if they wished to say.
    reason: Option<String>,
}

/// A person as staff see them in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Listed {
    person: PersonId,
    name: Option<String>,
    registered_at: Timestamp,
    away: bool,
}

impl State {
    /// Someone's record, opened.
    pub(super) async fn record(&self, row: &Row, profile: &Profile) -> Result<PersonPage, Problem> {
        let registration = &profile.registration;
        let away = match &profile.away {
            Some(away) => {
                Some(AwayPart { reason: self.open_if_given(away.reason.as_ref()).await? })
            }
            None => None,
        };
        Ok(PersonPage {
            person: row.person,
            version: row.version,
            name: self.open(&profile.name).await?,
            how_to_reach: self.channel(&profile.how_to_reach).await?,
            preferences: profile.preferences.clone(),
            age_band: profile.age_band,
            guardian: self.guardian(&registration.age).await?,
            consents: profile.consents.clone(),
            access_need: self.open_if_given(profile.access_need.as_ref()).await?,
            formats: profile.formats.clone(),
            away,
            supporter: profile.supporter,
            accounts: profile.accounts.clone(),
            registered_at: row.registered_at,
            privacy_notice_version: registration.privacy_notice_version.clone(),
            heard_from: registration.heard_from.clone(),
        })
    }

    async fn channel(&self, how_to_reach: &HowToReach) -> Result<Channel, Problem> {
        let (channel, to) = match how_to_reach {
            HowToReach::Email { address } => ("email", self.open(address).await?),
            HowToReach::Phone { number } => ("phone", self.open(number).await?),
            HowToReach::Text { number } => ("text", self.open(number).await?),
            HowToReach::Letter { address } => ("letter", self.open(address).await?),
        };
        Ok(Channel { channel, to })
    }

    async fn guardian(&self, age: &AgeStatement) -> Result<Option<Guardian>, Problem> {
        match age {
            AgeStatement::SixteenOrSeventeen { guardian_consent: Some(consent) } => {
                let contact = self.open(&consent.guardian).await?;
                Ok(Some(Guardian { contact, agreed_on: consent.given_on }))
            }
            AgeStatement::Adult | AgeStatement::SixteenOrSeventeen { guardian_consent: None } => {
                Ok(None)
            }
        }
    }

    /// What someone is called, for staff.
    pub(super) async fn name_of(&self, person: PersonId) -> Result<Option<String>, Problem> {
        let row = involvee::one(&self.pool, person).await?;
        match row.as_ref().and_then(|row| profile(&row.state)) {
            Some(profile) => self.open(&profile.name).await,
            None => Ok(None),
        }
    }

    async fn listed(&self, row: &Row) -> Result<Option<Listed>, Problem> {
        let Some(profile) = profile(&row.state) else { return Ok(None) };
        Ok(Some(Listed {
            person: row.person,
            name: self.open(&profile.name).await?,
            registered_at: row.registered_at,
            away: profile.away.is_some(),
        }))
    }
}

/// Who someone is, once they have registered.
pub(super) fn profile(state: &Involvee) -> Option<&Profile> {
    match state {
        Involvee::Registered(profile) => Some(profile),
        Involvee::NotRegistered => None,
    }
}

/// One person's record: their own, or of someone in the caller's localities.
#[utoipa::path(get, path = "/v1/people/{person}", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    responses((status = 200, body = PersonPage), (status = 304)))]
pub(super) async fn person(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(person): Address<PersonId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = involvee::one(&state.pool, person).await?.ok_or_else(Problem::unknown)?;
    let profile = profile(&row.state).ok_or_else(Problem::unknown)?;
    if !permit.is_person(person) {
        let authority = reach::over(&permit, &profile.preferences.localities);
        let authority = authority.ok_or_else(Problem::unknown)?;
        state.note_reading(&permit, authority, [Read { person, what: What::Record }]).await?;
    }
    Ok(with_etag(&headers, row.version, &state.record(&row, profile).await?))
}

/// People of the caller's localities, in no order that tells anything.
#[utoipa::path(get, path = "/v1/people", tag = "people", params(PageQuery),
    responses((status = 200, body = Page<Listed>)))]
pub(super) async fn people(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Listed>>, Problem> {
    state.list(&permit, &page).await.map(Json)
}

/// Whom to look for. A name belongs into no address, which others write down; so it is a body.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchBody {
    /// Part of a name.
    #[schema(max_length = 100)]
    name: String,
    /// What the page before gave as `next`.
    #[serde(default)]
    #[schema(max_length = 1024)]
    after: Option<String>,
}

impl Body for SearchBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        web::text::line("name", &self.name, SEARCHED_CHARS_MAX, &mut errors);
        errors
    }
}

/// Look for people by part of their name, in the caller's localities. Each page looks through the
/// next 200 people, so it may hold few or none and still have a `next`.
#[utoipa::path(post, path = "/v1/people/search", tag = "people", request_body = SearchBody,
    responses((status = 200, body = Page<Listed>),
        (status = 410, body = ProblemBody, content_type = PROBLEM_JSON,
            description = "The list has been made anew since the page before; begin again")))]
pub(super) async fn search(
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<SearchBody>,
) -> Result<Json<Page<Listed>>, Problem> {
    let page = PageQuery { limit: Some(LOOKED_THROUGH), after: body.after };
    let mut page = state.list(&call.permit, &page).await?;
    let sought = body.name.trim().to_lowercase();
    page.items.retain(|listed| is_called(listed, &sought));
    Ok(Json(page))
}

impl State {
    async fn list(&self, permit: &Permit, page: &PageQuery) -> Result<Page<Listed>, Problem> {
        let asked = page.read::<PersonId>(VERSION)?;
        let localities = reach::scope(permit);
        let rows =
            involvee::within(&self.pool, &localities, asked.after, asked.rows_wanted()).await?;
        let Page { items: rows, next } = asked.page(rows, |row| row.person);
        let mut items = Vec::new();
        for row in &rows {
            items.extend(self.listed(row).await?);
        }
        let (reader, opened) = (permit.caller.person, items.len());
        tracing::info!(%reader, opened, what = "names", "sealed values were opened");
        Ok(Page { items, next })
    }
}

fn is_called(listed: &Listed, sought: &str) -> bool {
    listed.name.as_ref().is_some_and(|name| name.to_lowercase().contains(sought))
}
