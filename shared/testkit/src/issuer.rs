//! Signs people in for tests: a real issuer with a key of its own, its keys served over HTTP.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::PersonId;
use eventstore::Clock;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use web::token::{Audience, Claims};

use crate::lines::{self, Listening};

/// What every token of the issuer is meant for.
const AUDIENCE: &str = "involvement";

/// An issuer.
pub struct Issuer {
    /// Its address, which is also the `iss` of its tokens.
    pub url: String,
    pair: Ed25519KeyPair,
    signing_key: EncodingKey,
    clock: Clock,
    _lines: Listening,
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who they are, unless another account of theirs is linked.
    pub id: PersonId,
    /// What they send.
    pub token: String,
}

impl Issuer {
    /// Starts an issuer whose tokens hold by this clock.
    pub async fn start(clock: &Clock) -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key can be made");
        let jwk = jwk(&pair);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let discovery = json!({ "issuer": url, "jwks_uri": format!("{url}/jwks") });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(|| async move { Json(discovery) }))
            .route("/jwks", get(|| async move { Json(json!({ "keys": [jwk] })) }));
        serve(listener, router);
        let pkcs8 = pair.to_pkcs8v1().expect("a key can be written");
        let signing_key = EncodingKey::from_ed_der(pkcs8.as_ref());
        Self { url, pair, signing_key, clock: clock.clone(), _lines: Listening::start() }
    }

    /// Signs someone in with these roles, each as a token grants it.
    pub fn person(&self, subject: &str, roles: &serde_json::Value) -> Person {
        let claims = self.claims(subject, roles);
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some("1".to_owned());
        let token = encode(&header, &claims, &self.signing_key).expect("a token can be signed");
        lines::personal(&[&token]);
        Person { id: PersonId::new(web::caller::account_of(&self.url, subject)), token }
    }

    /// What a token of someone with these roles says.
    pub(crate) fn claims(&self, subject: &str, roles: &serde_json::Value) -> Claims {
        let now = self.clock.now().as_second();
        Claims {
            iss: self.url.clone(),
            sub: subject.to_owned(),
            aud: Audience::One(AUDIENCE.to_owned()),
            exp: now + 400 * 24 * 3600,
            nbf: None,
            iat: Some(now),
            others: BTreeMap::from([("roles".to_owned(), roles.clone())]),
        }
    }

    /// Its key, for signing what it would never sign.
    pub(crate) fn pair(&self) -> &Ed25519KeyPair {
        &self.pair
    }

    /// How a service trusts it.
    pub fn config(&self) -> web::IssuerConfig {
        web::IssuerConfig::new(&self.url, AUDIENCE)
    }
}

/// A key as it is published.
pub(crate) fn jwk(pair: &Ed25519KeyPair) -> serde_json::Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "1",
        "x": URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()) })
}

#[expect(clippy::disallowed_methods, reason = "the issuer lives as long as its test")]
fn serve(listener: tokio::net::TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}
