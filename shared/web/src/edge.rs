//! What every command's way in needs: the executor, the service's name, the key requests are hashed
//! with. Keeps nothing of a request.

use std::sync::Arc;

use aws_lc_rs::hmac;
use eventstore::{Authority, Executor, Occasion, Order, Room, StreamId, Taken};
use http::HeaderMap;
use http::request::Parts;
use uuid::Uuid;

use crate::behalf;
use crate::permit::Permit;
use crate::problem::Problem;

/// Where the things a service holds have their address: the room's type and the path under which
/// one of it is found by id, such as `("opportunity", "/v1/opportunities")`.
pub type Place = (&'static str, &'static str);

/// One service's edge. Part of a router's state: `impl FromRef<State> for Edge`.
#[derive(Clone, Debug)]
pub struct Edge {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    executor: Executor,
    service: &'static str,
    request_key: hmac::Key,
    places: &'static [Place],
}

impl Edge {
    /// For the service of this name. `request_key` is the secret key that request hashes are made
    /// with, at least 32 random bytes: without it, nobody who reads the log can guess a body.
    pub fn new(
        executor: Executor,
        service: &'static str,
        request_key: &[u8],
        places: &'static [Place],
    ) -> Self {
        let request_key = hmac::Key::new(hmac::HMAC_SHA256, request_key);
        Self { inner: Arc::new(Inner { executor, service, request_key, places }) }
    }

    /// Carries commands out.
    pub fn executor(&self) -> &Executor {
        &self.inner.executor
    }

    /// The service's name, as in tokens.
    pub fn service(&self) -> &'static str {
        self.inner.service
    }

    /// Puts on record that something is read, on a stream of its own, before it is: for what people
    /// wrote of their lives, which they can see that others read. A refusal, as everything that
    /// keeps it from being recorded, is a problem; nothing may be opened then. `traceparent` is the
    /// request's.
    pub async fn record_reading<R: Room>(
        &self,
        permit: &Permit,
        authority: Authority,
        traceparent: Option<String>,
        ask: R::Ask,
    ) -> Result<(), Problem> {
        // New for every reading: an id that the reader could choose would let one record stand for
        // many readings.
        let reading = Uuid::now_v7();
        let now = self.executor().clock().now();
        let order = Order {
            command_id: reading,
            request_hash: Vec::new(),
            if_match: None,
            occasion: Occasion {
                taken_at: now,
                received_at: now,
                taken: Taken::Online,
                actor: permit.caller.person,
                on_behalf_of: None,
            },
            account: permit.caller.account,
            authority,
            correlation_id: reading,
            causation_id: None,
            rule_version: None,
            traceparent,
            fired_timer: None,
        };
        let receipt = self.executor().execute::<R>(reading, ask, order).await?;
        receipt.refusal.map_or(Ok(()), |refused| Err(Problem::refused(refused)))
    }

    /// The address of a thing, if its room has one.
    pub(crate) fn location(&self, stream: &StreamId) -> Option<String> {
        let (_, path) = self.inner.places.iter().find(|(kind, _)| *kind == stream.kind)?;
        Some(format!("{path}/{}", stream.id))
    }

    /// The command's id: the same person, service and key always make the same.
    pub(crate) fn command_id(&self, person: Uuid, key: &str) -> Uuid {
        Uuid::new_v5(&person, format!("{}/{key}", self.inner.service).as_bytes())
    }

    /// What tells a repeat from another request under the same key.
    pub(crate) fn request_hash(&self, parts: &Parts, body: &[u8]) -> Vec<u8> {
        let mut hash = hmac::Context::with_key(&self.inner.request_key);
        let path = parts.uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str);
        add(&mut hash, Some(parts.method.as_str().as_bytes()));
        add(&mut hash, Some(path.as_bytes()));
        add(&mut hash, Some(body));
        for name in [
            http::header::IF_MATCH.as_str(),
            behalf::ON_BEHALF_OF,
            behalf::RECEIVED_AT,
            behalf::TAKEN,
        ] {
            add(&mut hash, header(&parts.headers, name));
        }
        hash.sign().as_ref().to_vec()
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    headers.get(name).map(http::HeaderValue::as_bytes)
}

/// Each part goes in with its length, so that no two requests run together into one.
fn add(hash: &mut hmac::Context, part: Option<&[u8]>) {
    match part {
        None => hash.update(&[0]),
        Some(bytes) => {
            hash.update(&[1]);
            hash.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use eventstore::{Clock, StreamId};
    use http::Request;
    use http::request::Parts;
    use uuid::Uuid;

    use crate::fixture::edge;
    use crate::token::issuer::NOW;

    fn parts(method: &str, path: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::builder().method(method).uri(path), |request, (name, value)| {
                request.header(*name, *value)
            });
        request.body(()).unwrap().into_parts().0
    }

    #[tokio::test]
    async fn whatever_makes_it_another_request_makes_another_hash() {
        let edge = edge(Clock::standing_at(NOW));
        let hash = |method, path, headers: &[(&str, &str)], body: &str| {
            edge.request_hash(&parts(method, path, headers), body.as_bytes())
        };
        let first = hash("POST", "/v1/things", &[], "{}");
        assert_eq!(first, hash("POST", "/v1/things", &[("traceparent", "any")], "{}"));
        let others = [
            hash("PUT", "/v1/things", &[], "{}"),
            hash("POST", "/v1/thing", &[], "s{}"),
            hash("POST", "/v1/things?x", &[], "{}"),
            hash("POST", "/v1/things", &[], "{ }"),
            hash("POST", "/v1/things", &[("if-match", "7")], "{}"),
            hash("POST", "/v1/things", &[("involvement-on-behalf-of", "7")], "{}"),
            hash("POST", "/v1/things", &[("involvement-received-at", "7")], "{}"),
            hash("POST", "/v1/things", &[("involvement-taken", "7")], "{}"),
            hash("POST", "/v1/things", &[("involvement-taken", "")], "{}"),
        ];
        let mut all: Vec<_> = others.iter().chain([&first]).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), others.len() + 1);
    }

    #[tokio::test]
    async fn a_key_is_a_persons_own() {
        let edge = edge(Clock::standing_at(NOW));
        let (ana, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(edge.command_id(ana, "k").to_string(), "dc244b14-8810-5641-b822-55545e7144db");
        assert_ne!(edge.command_id(ana, "k"), edge.command_id(ben, "k"));
        assert_ne!(edge.command_id(ana, "k"), edge.command_id(ana, "l"));
    }

    #[tokio::test]
    async fn a_thing_has_an_address_if_its_room_has_one() {
        let edge = edge(Clock::standing_at(NOW));
        let address = |kind| edge.location(&StreamId::new(kind, Uuid::nil()));
        let expected = "/v1/things/00000000-0000-0000-0000-000000000000";
        assert_eq!(address("thing").as_deref(), Some(expected));
        assert_eq!(address("setting"), None);
    }
}
