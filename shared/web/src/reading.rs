//! What reads have in common: waiting until a view shows what the reader has just done, and the
//! version as `ETag`. Nothing here reads a row.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use eventstore::view::Progress;
use http::header::{ETAG, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use tokio::time::Instant;

use crate::problem::{Problem, TOKEN_HEADER};

/// How long a read waits for its view.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// How many tokens one read may wait for.
const TOKENS_MAX: usize = 8;

/// As an argument of a route: the views have come to every `Involvement-Token` of the request, which
/// may be repeated or list several with commas. Otherwise 503 with Retry-After after 2 seconds.
#[derive(Clone, Copy, Debug)]
pub struct ReadAfter;

impl<S> FromRequestParts<S> for ReadAfter
where
    S: Send + Sync,
    Progress: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        arrived(&Progress::from_ref(state), &parts.headers, WAIT_MAX).await
    }
}

async fn arrived(
    progress: &Progress,
    headers: &HeaderMap,
    wait_max: Duration,
) -> Result<ReadAfter, Problem> {
    let until = Instant::now() + wait_max;
    for (source, position) in tokens(headers)? {
        let left = until.saturating_duration_since(Instant::now());
        if !progress.wait_for(&source, position, left).await {
            return Err(Problem::behind());
        }
    }
    Ok(ReadAfter)
}

/// The furthest position asked for, per source.
fn tokens(headers: &HeaderMap) -> Result<BTreeMap<String, i64>, Problem> {
    let mut furthest = BTreeMap::new();
    let mut n_tokens = 0;
    for value in headers.get_all(TOKEN_HEADER) {
        let text = value.to_str().map_err(|_| unreadable())?;
        for token in text.split(',').map(str::trim) {
            n_tokens += 1;
            if n_tokens > TOKENS_MAX {
                return Err(unreadable());
            }
            let (source, position) = token.split_once(':').ok_or_else(unreadable)?;
            let is_name = (1..=40).contains(&source.len())
                && source.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let is_number = position.bytes().all(|byte| byte.is_ascii_digit());
            let position: i64 = position.parse().map_err(|_| unreadable())?;
            if !is_name || !is_number {
                return Err(unreadable());
            }
            let known = furthest.entry(source.to_owned()).or_insert(position);
            *known = position.max(*known);
        }
    }
    Ok(furthest)
}

fn unreadable() -> Problem {
    Problem::header(
        "Involvement-Token takes tokens as commands answer them, such as recruitment:4711, at most \
         eight.",
    )
}

/// One thing with its version as `ETag`; 304 where the reader has this version already.
pub fn with_etag<T: Serialize>(headers: &HeaderMap, version: i64, body: &T) -> Response {
    let etag = format!("\"{version}\"");
    let mut response = if has_already(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(body).into_response()
    };
    if let Ok(value) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

fn has_already(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == etag)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use eventstore::view::Progress;
    use http::{HeaderMap, StatusCode};

    use super::{arrived, tokens, with_etag};

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.parse().unwrap(), value.parse().unwrap())).fold(
            HeaderMap::new(),
            |mut all, (name, value): (http::HeaderName, http::HeaderValue)| {
                all.append(name, value);
                all
            },
        )
    }

    #[test]
    fn tokens_may_be_repeated_or_listed_and_the_furthest_counts() {
        let given = headers("involvement-token", &["recruitment:7, audit:3", "recruitment:5"]);
        let wanted = [("audit".to_owned(), 3), ("recruitment".to_owned(), 7)];
        assert_eq!(tokens(&given).unwrap(), wanted.into());
        assert!(tokens(&HeaderMap::new()).unwrap().is_empty());
    }

    #[test]
    fn a_token_nobody_answered_is_a_400() {
        for bad in [
            "recruitment",
            "recruitment:-1",
            "Jane:1",
            "a:1,",
            ":1",
            "a:+1",
            "a:99999999999999999999",
        ] {
            let problem = tokens(&headers("involvement-token", &[bad])).unwrap_err();
            assert_eq!(problem.body().status, 400, "{bad}");
        }
        let many = ["a:1"; 9];
        assert_eq!(tokens(&headers("involvement-token", &many)).unwrap_err().body().status, 400);
    }

    #[tokio::test]
    async fn a_read_goes_on_when_its_view_has_come_and_is_a_503_when_it_has_not() {
        let progress = Progress::default();
        progress.reached("recruitment", "seats", 6);
        let given = headers("involvement-token", &["recruitment:7"]);
        let late = arrived(&progress, &given, Duration::ZERO).await.unwrap_err();
        assert_eq!(late.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(late.body().code, "view.behind");
        let waiting = arrived(&progress, &given, Duration::from_mins(1));
        let (arrived, ()) = tokio::join!(waiting, async {
            progress.reached("recruitment", "seats", 7);
        });
        assert!(arrived.is_ok());
    }

    #[test]
    fn who_has_this_version_already_gets_no_body() {
        for seen in ["\"7\"", "W/\"7\"", "\"6\", \"7\"", "*"] {
            let response = with_etag(&headers("if-none-match", &[seen]), 7, &"row");
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{seen}");
            assert_eq!(response.headers()["etag"], "\"7\"");
        }
        let response = with_etag(&headers("if-none-match", &["\"6\""]), 7, &"row");
        assert_eq!(response.status(), StatusCode::OK);
    }
}
