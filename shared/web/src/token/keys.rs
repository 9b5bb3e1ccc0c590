//! The issuer's public keys: fetched when first needed, again when one is unknown or the set has
//! grown old, never more often than agreed. A secret key in the set is passed over.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use eventstore::Clock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use reqwest::{Client, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::{Algorithm, IssuerConfig, IssuerError, TokenError};

/// After this the keys are fetched again, so that one that was withdrawn is noticed.
const KEYS_FRESH: SignedDuration = SignedDuration::from_mins(10);
/// For so long keys are used although the issuer cannot be reached.
const KEYS_USABLE: SignedDuration = SignedDuration::from_hours(24);
/// After a failure the issuer is asked again as soon as this.
const RETRY: SignedDuration = SignedDuration::from_secs(1);
/// The longest an answer of the issuer may take.
const FETCH_TIME_MAX: Duration = Duration::from_secs(5);
/// No honest document of an issuer is larger.
const DOCUMENT_BYTES_MAX: usize = 512 * 1024;

/// Why the issuer's keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The issuer does not answer, or not with a document.
    #[error("the issuer does not answer")]
    Http(#[from] reqwest::Error),
    /// The answer is larger than a document of an issuer is.
    #[error("the issuer's answer is too large")]
    TooLarge,
    /// The answer is not the document it has to be.
    #[error("the issuer's answer cannot be read")]
    Unreadable(#[from] serde_json::Error),
    /// The document names another issuer, or an address that may not be asked.
    #[error("the issuer's document names another issuer or an address that may not be asked")]
    Other,
}

#[derive(Debug)]
pub(super) struct KeySource {
    http: Client,
    issuer: String,
    jwks_url: Option<Url>,
    discovery_url: Url,
    clock: Clock,
    refetch: SignedDuration,
    known: RwLock<Arc<Keys>>,
    asked: Mutex<Option<Asked>>,
}

#[derive(Debug, Default)]
struct Keys {
    by_id: HashMap<(String, Algorithm), DecodingKey>,
    fetched_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Timestamp,
    answered: bool,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl KeySource {
    pub(super) fn new(config: &IssuerConfig, clock: Clock) -> Result<Self, IssuerError> {
        let issuer = trusted(&config.issuer)?;
        let jwks_url = config.jwks_url.as_deref().map(trusted).transpose()?;
        let discovery = config.issuer.trim_end_matches('/');
        let discovery_url = trusted(&format!("{discovery}/.well-known/openid-configuration"))?;
        let mut http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(FETCH_TIME_MAX)
            .timeout(FETCH_TIME_MAX);
        if is_loopback(&issuer) {
            // No certificate is needed on this machine, and it may have none to load.
            http = http.no_proxy().tls_certs_only([]);
        }
        Ok(Self {
            http: http.build().map_err(IssuerError::Client)?,
            issuer: config.issuer.clone(),
            jwks_url,
            discovery_url,
            clock,
            refetch: SignedDuration::from_secs(i64::from(config.refetch_seconds)),
            known: RwLock::default(),
            asked: Mutex::default(),
        })
    }

    /// The key of this name for this way of signing.
    pub(super) async fn find(
        &self,
        key_id: &str,
        algorithm: Algorithm,
    ) -> Result<DecodingKey, TokenError> {
        let wanted = (key_id.to_owned(), algorithm);
        if let Some(key) = self.known_for(KEYS_FRESH).and_then(|keys| keys.get(&wanted)) {
            return Ok(key);
        }
        self.fetch_unless_just_asked(Some(&wanted)).await;
        let keys = self.known_for(KEYS_USABLE).ok_or(TokenError::NoKeys)?;
        keys.get(&wanted).ok_or(TokenError::UnknownKey)
    }

    /// Whether there are keys to verify with; asks for them where there are none.
    pub(super) async fn at_hand(&self) -> bool {
        let are_usable = || self.known_for(KEYS_USABLE).is_some_and(|keys| !keys.by_id.is_empty());
        if !are_usable() {
            self.fetch_unless_just_asked(None).await;
        }
        are_usable()
    }

    fn known_for(&self, age_max: SignedDuration) -> Option<Arc<Keys>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let age = self.clock.now().duration_since(known.fetched_at?);
        (age < age_max).then(|| Arc::clone(&known))
    }

    /// One request at a time asks; those who waited for it find what it brought.
    async fn fetch_unless_just_asked(&self, wanted: Option<&(String, Algorithm)>) {
        let mut asked = self.asked.lock().await;
        let is_there = |keys: Arc<Keys>| match wanted {
            Some(wanted) => keys.by_id.contains_key(wanted),
            None => !keys.by_id.is_empty(),
        };
        if self.known_for(KEYS_FRESH).is_some_and(is_there) {
            return;
        }
        let now = self.clock.now();
        if let Some(before) = *asked {
            let pause = if before.answered { self.refetch } else { RETRY };
            if now.duration_since(before.at) < pause {
                return;
            }
        }
        let fetched = self.fetch().await;
        *asked = Some(Asked { at: now, answered: fetched.is_ok() });
        match fetched {
            Ok(by_id) => {
                let keys = Keys { by_id, fetched_at: Some(now) };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
            }
            Err(error) => {
                let error = crate::fault::chain(&error);
                tracing::error!(error, "the issuer's keys cannot be fetched");
            }
        }
    }

    async fn fetch(&self) -> Result<HashMap<(String, Algorithm), DecodingKey>, FetchError> {
        let jwks_url = match &self.jwks_url {
            Some(url) => url.clone(),
            None => self.discover().await?,
        };
        let set: KeySet = self.document(jwks_url).await?;
        Ok(set.keys.into_iter().filter_map(usable).collect())
    }

    async fn discover(&self) -> Result<Url, FetchError> {
        let found: Discovery = self.document(self.discovery_url.clone()).await?;
        if found.issuer != self.issuer {
            return Err(FetchError::Other);
        }
        trusted(&found.jwks_uri).map_err(|_| FetchError::Other)
    }

    async fn document<T: DeserializeOwned>(&self, url: Url) -> Result<T, FetchError> {
        let mut response = self.http.get(url).send().await?.error_for_status()?;
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if document.len() + chunk.len() > DOCUMENT_BYTES_MAX {
                return Err(FetchError::TooLarge);
            }
            document.extend_from_slice(&chunk);
        }
        Ok(serde_json::from_slice(&document)?)
    }
}

impl Keys {
    fn get(&self, wanted: &(String, Algorithm)) -> Option<DecodingKey> {
        self.by_id.get(wanted).cloned()
    }
}

/// A key of the set that can be used, under its name and for the one way of signing it is for.
fn usable(key: serde_json::Value) -> Option<((String, Algorithm), DecodingKey)> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let algorithm = algorithm_of(&key.algorithm)?;
    if key.common.public_key_use.as_ref().is_some_and(|of| *of != PublicKeyUse::Signature) {
        return None;
    }
    let said = KeyAlgorithm::from(algorithm.theirs());
    if key.common.key_algorithm.is_some_and(|named| named != said) {
        return None;
    }
    let decoding = DecodingKey::from_jwk(&key).ok()?;
    Some(((key.common.key_id?, algorithm), decoding))
}

fn algorithm_of(parameters: &AlgorithmParameters) -> Option<Algorithm> {
    if let AlgorithmParameters::OctetKeyPair(pair) = parameters {
        return (pair.curve == EllipticCurve::Ed25519).then_some(Algorithm::EdDsa);
    }
    if let AlgorithmParameters::EllipticCurve(curve) = parameters {
        return (curve.curve == EllipticCurve::P256).then_some(Algorithm::Es256);
    }
    matches!(parameters, AlgorithmParameters::RSA(_)).then_some(Algorithm::Rs256)
}

fn trusted(address: &str) -> Result<Url, IssuerError> {
    let url: Url = address.parse().map_err(|_| IssuerError::Address(address.to_owned()))?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        Ok(url)
    } else {
        Err(IssuerError::Insecure(address.to_owned()))
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    })
}
