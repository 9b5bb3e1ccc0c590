//! A command's way in: its key, its body, who gives it, for whom, on which version. A repeat is
//! answered here from what was stored, before anything is decided. No rule of the business lives
//! here.

use axum::body::Body as Bytes;
use axum::extract::{FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use contracts::Id;
use eventstore::{Authority, Occasion, Order, Room};
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::behalf;
use crate::edge::Edge;
use crate::json;
use crate::permit::{Permit, admitted};
use crate::problem::{FieldError, Problem};
use crate::trace::Trace;

#[cfg(test)]
mod tests;

/// The header that makes a request repeatable.
const KEY: &str = "idempotency-key";
/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 200;

/// What a command's body is, apart from its fields.
pub trait Body: DeserializeOwned + Send {
    /// The largest body taken, in bytes.
    const BYTES_MAX: usize = 320 * 1024;

    /// Everything about the body that can be seen to be wrong without knowing anything else:
    /// missing or endless texts, lists too long. What depends on state is the room's to judge.
    fn malformed(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A command as it came in. Take it apart in the route: `Ask { body, call }: Ask<Submit>`.
#[derive(Debug)]
pub struct Ask<T> {
    /// What is asked.
    pub body: T,
    /// Everything around it.
    pub call: Call,
}

/// Everything around a command that is not its body.
#[derive(Clone, Debug)]
pub struct Call {
    /// The right it is given with.
    pub permit: Permit,
    edge: Edge,
    command_id: Uuid,
    request_hash: Vec<u8>,
    if_match: Option<i64>,
    occasion: Occasion,
    traceparent: Option<String>,
}

impl Call {
    /// Who, when, for whom, how.
    pub fn occasion(&self) -> &Occasion {
        &self.occasion
    }

    /// The version the caller saw, if they said.
    pub fn if_match(&self) -> Option<i64> {
        self.if_match
    }

    /// A new id for something this command makes; a repeat makes the same. `noun` tells apart what
    /// one command makes several of, such as `opportunity` or `criterion.2`.
    pub fn new_id<K>(&self, noun: &str) -> Id<K> {
        Id::new(Uuid::new_v5(&self.command_id, noun.as_bytes()))
    }

    /// The order for the executor, under this right.
    pub fn order(&self, authority: Authority) -> Order {
        Order {
            command_id: self.command_id,
            request_hash: self.request_hash.clone(),
            if_match: self.if_match,
            occasion: self.occasion.clone(),
            account: self.permit.caller.account,
            authority,
            correlation_id: self.command_id,
            causation_id: None,
            rule_version: None,
            traceparent: self.traceparent.clone(),
            fired_timer: None,
        }
    }

    /// Carries the command out on one aggregate, under the first right that counts.
    pub async fn execute<R: Room>(self, id: Uuid, ask: R::Ask) -> Response {
        let order = self.order(self.permit.authority());
        self.run::<R>(id, ask, order).await
    }

    /// Carries the command out under the right the route has found.
    pub async fn execute_under<R: Room>(
        self,
        authority: Authority,
        id: Uuid,
        ask: R::Ask,
    ) -> Response {
        let order = self.order(authority);
        self.run::<R>(id, ask, order).await
    }

    /// Carries out an order the route has completed, such as with the version of a rule.
    pub async fn run<R: Room>(self, id: Uuid, ask: R::Ask, order: Order) -> Response {
        let outcome = self.edge.executor().execute::<R>(id, ask, order).await;
        self.edge.answer(outcome)
    }
}

impl<S, T> FromRequest<S> for Ask<T>
where
    S: Send + Sync,
    T: Body,
    Edge: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let edge = Edge::from_ref(state);
        let (parts, stream) = request.into_parts();
        let incoming = Incoming::of(&parts).map_err(IntoResponse::into_response)?;
        let bytes = receive(&parts.headers, stream, T::BYTES_MAX)
            .await
            .map_err(IntoResponse::into_response)?;
        let call = incoming.call(edge, &parts, &bytes).await?;
        let body = read_body(&bytes).map_err(IntoResponse::into_response)?;
        Ok(Self { body, call })
    }
}

fn read_body<T: Body>(bytes: &[u8]) -> Result<T, Problem> {
    let body: T = json::read(bytes)?;
    let errors = body.malformed();
    if errors.is_empty() { Ok(body) } else { Err(Problem::malformed(errors)) }
}

/// What the headers of a command say.
struct Incoming {
    permit: Permit,
    key: String,
    if_match: Option<i64>,
}

impl Incoming {
    fn of(parts: &Parts) -> Result<Self, Problem> {
        let permit = admitted(parts)?.ok_or_else(Problem::sign_in)?;
        Ok(Self { permit, key: key(&parts.headers)?, if_match: if_match(&parts.headers)? })
    }

    /// The call, or the answer that was given to the same command before.
    async fn call(self, edge: Edge, parts: &Parts, bytes: &[u8]) -> Result<Call, Response> {
        let request_hash = edge.request_hash(parts, bytes);
        let command_id = edge.command_id(self.permit.caller.person.uuid(), &self.key);
        match edge.executor().remembered(command_id, &request_hash).await {
            Ok(None) => {}
            Ok(Some(receipt)) => return Err(edge.answer(Ok(receipt))),
            Err(failure) => return Err(edge.answer(Err(failure))),
        }
        let occasion = occasion(&self.permit, &edge).map_err(IntoResponse::into_response)?;
        Ok(Call {
            permit: self.permit,
            edge,
            command_id,
            request_hash,
            if_match: self.if_match,
            occasion,
            traceparent: Some(Trace::of_request(parts).traceparent().to_owned()),
        })
    }
}

fn occasion(permit: &Permit, edge: &Edge) -> Result<Occasion, Problem> {
    let now = edge.executor().clock().now();
    let behalf = permit.behalf.as_ref();
    Ok(Occasion {
        taken_at: now,
        received_at: behalf.map_or(Ok(now), |behalf| behalf.received_at(now))?,
        taken: behalf.map_or(eventstore::Taken::Online, |behalf| behalf.taken),
        actor: permit.caller.person,
        on_behalf_of: behalf.map(|behalf| behalf.person),
    })
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut given = headers.get_all(KEY).iter();
    let key = given.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_usable = (1..=KEY_CHARS_MAX).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_graphic())
        && given.next().is_none();
    if is_usable { Ok(key.to_owned()) } else { Err(Problem::missing_key()) }
}

/// The version in `If-Match`: `"7"` or `7`. `*` asks for nothing and is passed over.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    const HOW: &str = "If-Match takes the one version you saw, such as \"7\".";
    let given = behalf::one::<String>(headers, IF_MATCH.as_str(), HOW)?;
    let Some(given) = given.filter(|given| given != "*") else { return Ok(None) };
    let bare = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&given);
    let is_number = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
    match bare.parse() {
        Ok(version) if is_number => Ok(Some(version)),
        Ok(_) | Err(_) => Err(Problem::header(HOW)),
    }
}

async fn receive(
    headers: &HeaderMap,
    stream: Bytes,
    bytes_max: usize,
) -> Result<bytes::Bytes, Problem> {
    let said: Option<usize> = headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    if said.is_some_and(|bytes| bytes > bytes_max) {
        return Err(Problem::too_large(bytes_max));
    }
    let bytes = axum::body::to_bytes(stream, bytes_max).await.map_err(|error| {
        if is_too_long(&error) { Problem::too_large(bytes_max) } else { Problem::broken_off() }
    })?;
    if bytes.is_empty() || headers.get(CONTENT_TYPE).is_some_and(is_json) {
        Ok(bytes)
    } else {
        Err(Problem::media_type())
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        next = error.source();
    }
    false
}

fn is_json(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
