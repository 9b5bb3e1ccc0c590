//! An issuer on this machine for the crate's own tests: real keys, real signatures, a real server.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use axum::Json;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eventstore::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Audience, Claims, IssuerConfig, RoleClaim, Verifier};

pub(crate) const AUDIENCE: &str = "involvement";
pub(crate) const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);

pub(crate) enum Signer {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) signer: Signer,
}

pub(crate) struct Issuer {
    pub(crate) url: String,
    pub(crate) key: Key,
    published: Arc<Mutex<Vec<Value>>>,
    n_fetches: Arc<AtomicUsize>,
    serving: JoinSet<()>,
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    pub(crate) fn ed(id: &str) -> Self {
        Self { id: id.to_owned(), signer: Signer::Ed(Ed25519KeyPair::generate().unwrap()) }
    }

    pub(crate) fn ec(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { id: id.to_owned(), signer: Signer::Ec(pair) }
    }

    pub(crate) fn rsa(id: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Self { id: id.to_owned(), signer: Signer::Rsa(pair) }
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match self.signer {
            Signer::Ed(_) => "EdDSA",
            Signer::Ec(_) => "ES256",
            Signer::Rsa(_) => "RS256",
        }
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        match &self.signer {
            Signer::Ed(pair) => pair.public_key().as_ref().to_vec(),
            Signer::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Signer::Rsa(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let id = &self.id;
        match &self.signer {
            Signer::Ed(_) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": base64(self.public()) })
            }
            Signer::Ec(_) => {
                let point = self.public();
                let (x, y) = point[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "use": "sig",
                        "x": base64(x), "y": base64(y) })
            }
            Signer::Rsa(pair) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "kid": id, "alg": "RS256",
                        "n": base64(parts.n), "e": base64(parts.e) })
            }
        }
    }

    pub(crate) fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.signer {
            Signer::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Signer::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Signer::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// Signs whatever it is given, honest or not.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        let signature = base64(self.signature(message.as_bytes()));
        format!("{message}.{signature}")
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm(), "kid": self.id, "typ": "JWT" })
    }
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = Key::ed("first");
        let published = Arc::new(Mutex::new(vec![key.jwk()]));
        let n_fetches = Arc::new(AtomicUsize::new(0));
        let discovery = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        let (keys, counted) = (Arc::clone(&published), Arc::clone(&n_fetches));
        let router = axum::Router::new()
            .route("/.well-known/openid-configuration", get(async || Json(discovery)))
            .route(
                "/keys",
                get(async move || {
                    counted.fetch_add(1, Ordering::SeqCst);
                    Json(json!({ "keys": *keys.lock().unwrap() }))
                }),
            );
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, key, published, n_fetches, serving }
    }

    pub(crate) fn publish(&self, keys: Vec<Value>) {
        *self.published.lock().unwrap() = keys;
    }

    pub(crate) fn n_fetches(&self) -> usize {
        self.n_fetches.load(Ordering::SeqCst)
    }

    pub(crate) async fn stop(&mut self) {
        self.serving.shutdown().await;
    }

    pub(crate) fn config(&self) -> IssuerConfig {
        IssuerConfig::new(&self.url, AUDIENCE)
    }

    pub(crate) fn verifier(&self, clock: &Clock) -> Verifier {
        Verifier::new(self.config(), clock.clone()).unwrap()
    }

    /// Honest claims, good for five minutes.
    pub(crate) fn claims(&self, subject: &str, roles: &[RoleClaim]) -> Claims {
        let now = NOW.as_second();
        Claims {
            iss: self.url.clone(),
            sub: subject.to_owned(),
            aud: Audience::One(AUDIENCE.to_owned()),
            exp: now + 300,
            nbf: Some(now),
            iat: Some(now),
            others: BTreeMap::new(),
        }
        .with_roles(roles)
    }

    pub(crate) fn token(&self, subject: &str, roles: &[RoleClaim]) -> String {
        let claims = serde_json::to_value(self.claims(subject, roles)).unwrap();
        self.key.sign(&self.key.header(), &claims)
    }
}
