//! Settings: every version there was, and putting another in force from a day on.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Accepted, Address, Ask, FieldError, Problem, ReadAfter};

use super::State;
use crate::setting::{Command, Name, PutInForce, Setting, Values, Version, in_force};
use crate::views::setting;

/// Which kind of setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SettingKind {
    /// How panels are made up and how they score.
    SelectionRules,
    /// How long someone serves.
    TermPolicy,
    /// A year's bank holidays in a nation.
    WorkingCalendar,
}

/// Every version of every setting.
#[derive(Serialize, ToSchema)]
pub(super) struct SettingsPage {
    items: Vec<VersionPart>,
}

/// One version of one setting.
#[derive(Serialize, ToSchema)]
struct VersionPart {
    /// How a decision cites it, such as `selection_rules.3`.
    cited_as: String,
    #[schema(value_type = String, format = Date)]
    effective_from: Date,
    /// Whether it holds today.
    in_force: bool,
    values: Values,
}

/// Every version of every setting, the latest of each first.
#[utoipa::path(get, path = "/v1/settings", tag = "settings",
    responses((status = 200, body = SettingsPage)))]
pub(super) async fn all(
    _: ReadAfter,
    Shared(state): Shared<State>,
) -> Result<Json<SettingsPage>, Problem> {
    let today = state.edge.executor().clock().today();
    let rows = setting::all(&state.pool).await?;
    let versions: Vec<Version> = rows.into_iter().map(|row| row.0).collect();
    let holds = |it: &Version| in_force(&versions, &it.values.name(), today) == Some(it);
    let items = versions
        .iter()
        .map(|it| VersionPart {
            cited_as: it.cited(),
            effective_from: it.effective_from,
            in_force: holds(it),
            values: it.values.clone(),
        })
        .collect();
    Ok(Json(SettingsPage { items }))
}

/// Let values hold from a day on.
#[utoipa::path(post, path = "/v1/settings/{kind}", tag = "settings",
    params(("kind" = String, Path,
        description = "selection_rules, term_policy or working_calendar")),
    request_body = PutInForce,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn put_in_force(
    Address(kind): Address<SettingKind>,
    Ask { body, call }: Ask<PutInForce>,
) -> Result<Response, Problem> {
    let name = body.values.name();
    if kind_of(name) != kind {
        let problem = "These values belong to another setting than the address names.";
        return Err(Problem::malformed(vec![FieldError::new("values.kind", problem)]));
    }
    let authority = call.permit.authority();
    let command = Command::PutInForce(body);
    Ok(call.execute_under::<Setting>(authority, name.stream(), command).await)
}

fn kind_of(name: Name) -> SettingKind {
    match name {
        Name::SelectionRules => SettingKind::SelectionRules,
        Name::TermPolicy => SettingKind::TermPolicy,
        Name::WorkingCalendar { .. } => SettingKind::WorkingCalendar,
    }
}
