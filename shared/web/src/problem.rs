//! Every answer that is not the thing asked for, as RFC 9457 writes it: a code for programs, a
//! sentence for people that says what to do. Nothing of the request is ever repeated here.

mod kinds;

use axum::response::{IntoResponse, Response};
use eventstore::{Reason, Refused};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The header in which an answer tells how far the log had come.
pub const TOKEN_HEADER: &str = "involvement-token";

/// What is wrong with one field of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where in the body, such as `criteria.2.text`; empty where only line and column are known.
    pub field: String,
    /// What to do about it, as a sentence; never the value.
    pub problem: String,
}

impl FieldError {
    /// Names the field and says what to do about it.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// The body of a problem, as RFC 9457 defines it, with members of our own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `urn:involvement:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in few words; the same for every problem of a kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do, for people.
    pub detail: String,
    /// This very occurrence, where it was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Permanent machine-readable name, such as `application.closed`.
    pub code: String,
    /// What is wrong with each field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Every reason, where a refusal has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// The number to quote when asking for help; on our own faults only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Uuid>,
}

/// A problem on its way out, with the headers that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    body: Box<ProblemBody>,
    retry_after_seconds: Option<u16>,
    token: Option<Box<str>>,
    invalid_token: bool,
}

impl Problem {
    /// A problem of a service's own. Title and detail are sentences for people.
    pub fn new(
        status: StatusCode,
        code: impl Into<String>,
        title: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        let code = code.into();
        Self {
            body: Box::new(ProblemBody {
                kind: format!("urn:involvement:problem:{code}"),
                title: title.into(),
                status: status.as_u16(),
                detail: detail.into(),
                instance: None,
                code,
                errors: Vec::new(),
                reasons: Vec::new(),
                reference: None,
            }),
            retry_after_seconds: None,
            token: None,
            invalid_token: false,
        }
    }

    /// What will be written.
    pub fn body(&self) -> &ProblemBody {
        &self.body
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Asks to come back after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    pub(crate) fn with_token(mut self, token: String) -> Self {
        self.token = Some(token.into());
        self
    }

    pub(crate) fn with_reference(mut self, reference: Uuid) -> Self {
        self.body.instance = Some(reference.urn().to_string());
        self.body.reference = Some(reference);
        self
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::refused(refused)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self.body).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(token) = self.token.and_then(|token| HeaderValue::try_from(&*token).ok()) {
            headers.insert(TOKEN_HEADER, token);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static(if self.invalid_token {
                    "Bearer realm=\"involvement\", error=\"invalid_token\""
                } else {
                    "Bearer realm=\"involvement\""
                }),
            );
        }
        response
    }
}
