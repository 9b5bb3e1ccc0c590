//! What stands in the address: ids in the path, parameters after the question mark. Where they
//! cannot be read, the answer says so without repeating them.

use axum::extract::{FromRequestParts, Path, Query as AxumQuery};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// What the path names, such as `Address(opportunity): Address<OpportunityId>`. A path whose ids
/// cannot be read names nothing: 404. (Not called `Path`, which the OpenAPI macros would take for
/// a set of parameters; routes list theirs under `params`.)
#[derive(Clone, Copy, Debug)]
pub struct Address<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Address<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if holds_nul(parts.uri.path()) {
            return Err(Problem::unknown());
        }
        match Path::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(_) => Err(Problem::unknown()),
        }
    }
}

/// NUL is in no text that is kept, and the database takes none to look for either.
fn holds_nul(encoded: &str) -> bool {
    encoded.contains("%00")
}

/// The parameters after the question mark. Unreadable ones are a 400. A route may take several, one
/// for its filters and [`crate::PageQuery`] beside it.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = AxumQuery::from_request_parts(parts, state).await;
        match read.ok().filter(|_| !holds_nul(parts.uri.query().unwrap_or_default())) {
            Some(AxumQuery(parameters)) => Ok(Self(parameters)),
            None => Err(Problem::parameter(
                "A parameter after the question mark is missing or cannot be read. Compare with \
                 the description at /openapi.json.",
            )),
        }
    }
}
