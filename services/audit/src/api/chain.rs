//! Whether what is held follows, link by link: how each service's log stands, and a verification from
//! the first bytes for whoever asks.

use axum::Json;
use axum::extract::State as Shared;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Address, Permit, Problem, Query, ReadAfter};

use super::State;
use crate::chain::hex;
use crate::verify::{self, Break, Verdict};
use crate::views::record::SOURCES;
use crate::views::standing::{self, Standing};

/// How every log stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Chains {
    /// `as_heard`: this is the second copy, made of what each service published; it says nothing of
    /// what stands in that service's own database now.
    basis: &'static str,
    sources: Vec<LogStanding>,
}

/// How one log stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogStanding {
    source: String,
    /// Which log; missing where nothing was heard of it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_id: Option<Uuid>,
    /// Records held.
    events: i64,
    /// Up to here each record follows from the one before it.
    verified_to: i64,
    /// Whether that is so for every record held.
    intact: bool,
    /// The last record's chain hash, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_hash: Option<String>,
    /// When the last record was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_at: Option<Timestamp>,
    /// The first record that does not follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_break: Option<Break>,
}

impl LogStanding {
    fn of(source: &str, standing: Option<&Standing>) -> Self {
        let first_break = standing.and_then(|it| it.first_break);
        Self {
            source: source.to_owned(),
            log_id: standing.map(|it| it.log_id),
            events: standing.map_or(0, |it| it.events),
            verified_to: standing.map_or(0, |it| it.verified_to),
            intact: first_break.is_none(),
            chain_hash: standing.map(|it| hex(&it.chain_hash)),
            recorded_at: standing.map(|it| it.recorded_at),
            first_break: first_break.map(|(position, flaw)| Break { position, flaw }),
        }
    }
}

/// How every service's log stands, as heard.
#[utoipa::path(get, path = "/v1/chain", tag = "chain", responses((status = 200, body = Chains)))]
pub(super) async fn standings(
    _: ReadAfter,
    Shared(state): Shared<State>,
    _: Permit,
) -> Result<Json<Chains>, Problem> {
    let heard = standing::all(&state.pool).await?;
    let sources = SOURCES
        .iter()
        .map(|source| LogStanding::of(source, heard.iter().find(|it| it.source == *source)))
        .collect();
    Ok(Json(Chains { basis: "as_heard", sources }))
}

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VerifyQuery {
    /// The first position to look at; 1 unless given. Send what the answer before gave as `next`.
    from: Option<i64>,
}

/// Verifies what is held of one log, at most 10,000 records at once.
#[utoipa::path(get, path = "/v1/chain/{source}/verify", tag = "chain",
    params(("source" = String, Path, description = "Whose log"), VerifyQuery),
    responses((status = 200, body = Verdict)))]
pub(super) async fn verify(
    _: ReadAfter,
    Shared(state): Shared<State>,
    _: Permit,
    Address(source): Address<String>,
    Query(wanted): Query<VerifyQuery>,
) -> Result<Json<Verdict>, Problem> {
    let verdict = verify::verify(&state.pool, &source, wanted.from.unwrap_or(1)).await?;
    verdict.map(Json).ok_or_else(Problem::unknown)
}
