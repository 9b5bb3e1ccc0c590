//! The problems every edge of ours knows, one function each. The texts are sentences that say what
//! to do; none of them has room for anything that came in.

use eventstore::Refused;
use http::StatusCode;

use super::{FieldError, Problem};

impl Problem {
    /// A rule of the business said no.
    pub fn refused(refused: Refused) -> Self {
        let mut problem =
            Self::new(StatusCode::CONFLICT, refused.code, "This is not possible", refused.text);
        problem.body.reasons = refused.reasons;
        problem
    }

    /// Fields of the body are not as they have to be.
    pub fn malformed(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request.malformed",
            "Some fields need mending",
            "Mend the fields listed under errors and send the request again.",
        );
        problem.body.errors = errors;
        problem
    }

    /// The body is not JSON from this place on.
    pub fn not_json(line: usize, column: usize) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "request.not_json",
            "The body cannot be read",
            format!("The body stops being readable JSON at line {line}, column {column}."),
        )
    }

    /// The body is not text in UTF-8.
    pub fn not_text() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request.not_text",
            "The body cannot be read",
            "The body has to be JSON written in UTF-8.",
        )
    }

    /// The body broke off before its end.
    pub fn broken_off() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "request.broken_off",
            "The body cannot be read",
            "The body broke off. Send the request again with the same key.",
        )
    }

    /// A header is missing or not as it has to be; `detail` says how it has to be.
    pub fn header(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.header", "A header needs mending", detail)
    }

    /// A parameter in the address is not as it has to be; `detail` says how it has to be.
    pub fn parameter(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.parameter", "The address needs mending", detail)
    }

    /// A command came without its key, or with an unusable one.
    pub fn missing_key() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "command.key_missing",
            "This request needs a key",
            "Send one Idempotency-Key header of 1 to 200 visible ASCII characters without spaces, \
             new for every new request, and the same again when you repeat one.",
        )
    }

    /// The body is larger than this address takes.
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.too_large",
            "This is too large",
            format!("What you send may have at most {} KiB here.", bytes_max / 1024),
        )
    }

    /// The body is of a kind that this address does not take.
    pub fn media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "request.media_type",
            "This kind of body is not taken here",
            "Send the body as JSON, with the header Content-Type: application/json.",
        )
    }

    /// The address exists, but not for this method.
    pub fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "request.method",
            "This cannot be done at this address",
            "The header Allow lists what can be done here.",
        )
    }

    /// There is nothing, or nothing that this person may know of; the two are never told apart.
    pub fn unknown() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "access.unknown",
            "There is nothing here",
            "Either there is nothing at this address, or it is not for you to see.",
        )
    }

    /// The person may not do this. Answer [`Problem::unknown`] instead wherever it would already
    /// tell something that the thing exists.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "access.forbidden",
            "You cannot do this",
            "Your roles do not allow this. If you think they should, ask the involvement team.",
        )
    }

    /// Nobody has signed in.
    pub fn sign_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "access.sign_in",
            "Please sign in",
            "Sign in and send the request again with your access token.",
        )
    }

    /// The token is not, or no longer, good.
    pub fn sign_in_again() -> Self {
        let mut problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "access.sign_in_again",
            "Please sign in again",
            "Your sign-in is not valid here or has ended. Sign in again and repeat the request.",
        );
        problem.invalid_token = true;
        problem
    }

    /// Something is as it was when the version given was read no more.
    pub fn stale() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "command.stale",
            "This has changed since you looked",
            "Look at it again and decide anew; then send a new request with the version you saw.",
        )
    }

    /// The key was used for another request.
    pub fn other_request() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "command.key_reused",
            "This key belongs to another request",
            "The Idempotency-Key was used for a different request. Send this one with a new key.",
        )
    }

    /// The same command is being carried out at this moment.
    pub fn still_running() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "command.still_running",
            "This is still being done",
            "Your request is still being carried out. Send it again in a moment, with the same key.",
        )
        .retry_after(1)
    }

    /// Too many wait already.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "server.busy",
            "Too much is going on",
            "Nothing was done. Send the request again in a moment, with the same key.",
        )
        .retry_after(1)
    }

    /// It took longer than a request may take.
    pub fn too_slow() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "server.too_slow",
            "This took too long",
            "If it was to change something, it is not known yet whether it did. Send the request again, \
             with the same key.",
        )
        .retry_after(2)
    }

    /// The connection was lost at the last moment, and the process stops before it could ask.
    pub fn in_doubt() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "command.in_doubt",
            "It is not known whether this was done",
            "It is not known yet whether this was done. Send the request again in a moment, with the same \
             key: it is done once at most, and you are told what came of it.",
        )
        .retry_after(2)
    }

    /// The pages do not show yet what the person has just done.
    pub fn behind() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "view.behind",
            "This is not up to date yet",
            "What you did is stored, but not shown yet. Ask again in a moment.",
        )
        .retry_after(1)
    }

    /// A list was continued that has been made anew since.
    pub fn outdated_page() -> Self {
        Self::new(
            StatusCode::GONE,
            "page.outdated",
            "This list has been made anew",
            "Start again at the first page, without the parameter after.",
        )
    }

    /// The database takes this data in no form.
    pub fn unstorable() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request.unstorable",
            "This cannot be stored",
            "Something you sent cannot be stored as it is, such as a character that is not text.",
        )
    }

    /// What stands for a bare status that somebody else answered with.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::sign_in(),
            StatusCode::FORBIDDEN => Self::forbidden(),
            StatusCode::NOT_FOUND => Self::unknown(),
            StatusCode::METHOD_NOT_ALLOWED => Self::method(),
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "request.too_large", "This is too large", "Send less at once.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::media_type(),
            StatusCode::UNPROCESSABLE_ENTITY => Self::malformed(Vec::new()),
            _ if status.is_server_error() => crate::fault::unnamed(status),
            _ => Self::new(
                status,
                "request.unusable",
                "The request cannot be understood",
                "Compare the request with the description at /openapi.json.",
            ),
        }
    }
}
