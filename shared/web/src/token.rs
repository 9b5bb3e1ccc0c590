//! Is this bearer token good? Verified against the issuer's published keys, by our own clock.
//! Only signatures that nobody but the issuer can make are known here; a shared secret is not one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use eventstore::Clock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Header, Validation, decode_header};
use serde::Deserialize;
use uuid::Uuid;

use crate::caller::{Grant, account_of};

mod claims;
mod keys;
#[cfg(test)]
pub(crate) mod issuer;
#[cfg(test)]
mod tests;

pub use claims::{Audience, Claims, RoleClaim};
pub use keys::FetchError;
use keys::KeySource;

/// By how much clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// How long a verified token is taken from memory.
const VERIFIED_KEPT: SignedDuration = SignedDuration::from_secs(60);
/// How many verified tokens are kept in memory.
const VERIFIED_MAX: usize = 10_000;
/// No honest token is longer.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// A way of signing that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Algorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA over P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS #1 v1.5 with SHA-256, at least 2048 bits.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    fn of_header(header: &Header) -> Option<Self> {
        [Self::EdDsa, Self::Es256, Self::Rs256].into_iter().find(|ours| ours.theirs() == header.alg)
    }

    const fn theirs(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
        }
    }
}

/// Whose tokens are good here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// The issuer, exactly as it names itself. Plain `http` is taken from this machine alone.
    pub issuer: String,
    /// What a token must be meant for.
    pub audience: String,
    /// Where the issuer's keys are. Without it the issuer is asked at
    /// `<issuer>/.well-known/openid-configuration`.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// Which ways of signing are accepted; all three that are known, unless fewer are listed.
    #[serde(default = "every_algorithm")]
    pub algorithms: Vec<Algorithm>,
    /// The claim that holds the roles, a list of [`RoleClaim`]; `roles` unless named.
    #[serde(default = "roles_claim")]
    pub roles_claim: String,
    /// How many seconds pass at least before the keys are fetched again because of an unknown key;
    /// 30 unless given.
    #[serde(default = "refetch_seconds")]
    pub refetch_seconds: u32,
}

impl IssuerConfig {
    /// The usual: keys by discovery, every known algorithm, roles in `roles`.
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            jwks_url: None,
            algorithms: every_algorithm(),
            roles_claim: roles_claim(),
            refetch_seconds: refetch_seconds(),
        }
    }
}

fn every_algorithm() -> Vec<Algorithm> {
    vec![Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256]
}

fn roles_claim() -> String {
    claims::ROLES.to_owned()
}

const fn refetch_seconds() -> u32 {
    30
}

/// Why an issuer cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The address cannot be read.
    #[error("the issuer's address {0} cannot be read")]
    Address(String),
    /// The address is neither https nor on this machine.
    #[error("the issuer's address {0} is neither https nor on this machine")]
    Insecure(String),
    /// No algorithm or audience is left.
    #[error("an issuer needs an audience and at least one algorithm")]
    Nothing,
    /// There is no client to ask it with.
    #[error("the client for asking the issuer cannot be made")]
    Client(#[source] reqwest::Error),
}

/// Why a token is not good. Told to the log; outside, all but the last look alike.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is no token at all.
    #[error("malformed")]
    Malformed,
    /// It is signed in a way that is not accepted, or not signed.
    #[error("algorithm not accepted")]
    Algorithm,
    /// The issuer has no such key.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("signature does not fit")]
    Signature,
    /// Its claims cannot be read.
    #[error("unreadable claims")]
    Claims,
    /// It comes from someone else.
    #[error("other issuer")]
    Issuer,
    /// It is meant for someone else.
    #[error("other audience")]
    Audience,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// Its time has not come.
    #[error("not valid yet")]
    NotYet,
    /// It names nobody.
    #[error("no subject")]
    Subject,
    /// The issuer's keys could not be fetched, so nothing is known of the token.
    #[error("the issuer's keys are not known")]
    NoKeys,
}

/// What a good token says.
#[derive(Debug)]
pub struct SignedIn {
    /// Derived from issuer and subject.
    pub account: Uuid,
    /// What the issuer has granted.
    pub grants: Arc<[Grant]>,
}

/// Verifies tokens of one issuer. Cheap to clone; clones share keys and memory.
#[derive(Clone, Debug)]
pub struct Verifier {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: IssuerConfig,
    clock: Clock,
    keys: KeySource,
    verified: Mutex<HashMap<Fingerprint, Remembered>>,
}

/// SHA-256 of a token; the token itself is kept nowhere.
type Fingerprint = [u8; 32];

#[derive(Debug)]
struct Remembered {
    signed_in: Arc<SignedIn>,
    until: Timestamp,
}

impl Verifier {
    /// For one issuer, by this clock. Asks nobody yet.
    pub fn new(config: IssuerConfig, clock: Clock) -> Result<Self, IssuerError> {
        if config.audience.is_empty() || config.algorithms.is_empty() {
            return Err(IssuerError::Nothing);
        }
        let keys = KeySource::new(&config, clock.clone())?;
        Ok(Self { inner: Arc::new(Inner { config, clock, keys, verified: Mutex::default() }) })
    }

    /// Whether tokens can be verified; asks the issuer for its keys where none are known.
    pub async fn has_keys(&self) -> bool {
        self.inner.keys.at_hand().await
    }

    /// Who has signed in with this token.
    pub async fn verify(&self, token: &str) -> Result<Arc<SignedIn>, TokenError> {
        let inner = &*self.inner;
        let fingerprint = fingerprint(token);
        if let Some(signed_in) = inner.remembered(&fingerprint) {
            return Ok(signed_in);
        }
        let (signed_in, expires_at) = inner.check(token).await?;
        inner.remember(fingerprint, Arc::clone(&signed_in), expires_at);
        Ok(signed_in)
    }
}

fn fingerprint(token: &str) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    bytes
}

impl Inner {
    fn remembered(&self, fingerprint: &Fingerprint) -> Option<Arc<SignedIn>> {
        let verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        let remembered = verified.get(fingerprint)?;
        (self.clock.now() < remembered.until).then(|| Arc::clone(&remembered.signed_in))
    }

    fn remember(&self, fingerprint: Fingerprint, signed_in: Arc<SignedIn>, expires_at: Timestamp) {
        let now = self.clock.now();
        let until = now.saturating_add(VERIFIED_KEPT).unwrap_or(Timestamp::MAX).min(expires_at);
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= VERIFIED_MAX {
            verified.retain(|_, remembered| now < remembered.until);
        }
        if verified.len() >= VERIFIED_MAX {
            verified.clear();
        }
        verified.insert(fingerprint, Remembered { signed_in, until });
    }

    async fn check(&self, token: &str) -> Result<(Arc<SignedIn>, Timestamp), TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed);
        }
        let header = decode_header(token).map_err(|_| TokenError::Malformed)?;
        let algorithm = Algorithm::of_header(&header)
            .filter(|algorithm| self.config.algorithms.contains(algorithm))
            .ok_or(TokenError::Algorithm)?;
        if header.crit.is_some() || !is_access_token(header.typ.as_deref()) {
            return Err(TokenError::Malformed);
        }
        let key_id = header.kid.ok_or(TokenError::UnknownKey)?;
        let key = self.keys.find(&key_id, algorithm).await?;
        let claims = signed_claims(token, algorithm, &key)?;
        let expires_at = self.judge(&claims)?;
        let signed_in = SignedIn {
            account: account_of(&claims.iss, &claims.sub),
            grants: claims.grants(&self.config.roles_claim).into(),
        };
        Ok((Arc::new(signed_in), expires_at))
    }

    fn judge(&self, claims: &Claims) -> Result<Timestamp, TokenError> {
        if claims.iss != self.config.issuer {
            return Err(TokenError::Issuer);
        }
        if !claims.aud.contains(&self.config.audience) {
            return Err(TokenError::Audience);
        }
        if claims.sub.is_empty() {
            return Err(TokenError::Subject);
        }
        let now = self.clock.now();
        let at = |seconds| Timestamp::from_second(seconds).map_err(|_| TokenError::Claims);
        let expires_at = at(claims.exp)?;
        if now.duration_since(expires_at) >= LEEWAY {
            return Err(TokenError::Expired);
        }
        for from in [claims.nbf, claims.iat].into_iter().flatten() {
            if at(from)?.duration_since(now) > LEEWAY {
                return Err(TokenError::NotYet);
            }
        }
        Ok(expires_at)
    }
}

/// A token made for something else, such as a logout, says so in its type.
fn is_access_token(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| {
        ["JWT", "at+jwt", "application/at+jwt"].iter().any(|ours| kind.eq_ignore_ascii_case(ours))
    })
}

fn signed_claims(
    token: &str,
    algorithm: Algorithm,
    key: &jsonwebtoken::DecodingKey,
) -> Result<Claims, TokenError> {
    // Issuer, audience and times are judged by us, by our clock; here only the signature counts.
    let mut validation = Validation::new(algorithm.theirs());
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    match jsonwebtoken::decode::<Claims>(token, key, &validation) {
        Ok(token) => Ok(token.claims),
        Err(error) if matches!(error.kind(), jsonwebtoken::errors::ErrorKind::Json(_)) => {
            Err(TokenError::Claims)
        }
        Err(_) => Err(TokenError::Signature),
    }
}
