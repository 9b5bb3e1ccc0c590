//! A small OpenID issuer for this machine alone: signs the sample people in. Its key is a secret of
//! the data folder; its name never changes, since everybody's identity hangs on it.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::PersonId;
use eventstore::Clock;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::RoleClaim;
use web::token::{Audience, Claims};

use crate::folder::{DataFolder, FolderTrouble};
use crate::ports::{PortTrouble, Ports, address};
use crate::secrets::Secrets;

/// What every token is meant for.
pub const AUDIENCE: &str = "involvement";
/// The one key's name.
const KEY_ID: &str = "this-machine";
/// How long a token is good, in seconds of the launcher's clock.
const GOOD_FOR_SECONDS: i64 = 90 * 24 * 3600;

/// Why nobody can be signed in.
#[derive(Debug, thiserror::Error)]
pub enum IssuerTrouble {
    /// Its place in the data folder.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// Its port.
    #[error(transparent)]
    Port(#[from] PortTrouble),
    /// It cannot listen.
    #[error("the development issuer cannot listen on 127.0.0.1")]
    Listen(#[from] std::io::Error),
    /// The key of the data folder is none.
    #[error("the development issuer's key cannot be made")]
    Key,
    /// A token cannot be signed.
    #[error("a sign-in cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Signs people in.
pub struct Issuer {
    name: String,
    keys_url: String,
    key: EncodingKey,
    clock: Clock,
}

impl Issuer {
    /// Starts it; it serves until `stop`.
    pub async fn start(
        folder: &DataFolder,
        ports: &mut Ports,
        clock: &Clock,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self, IssuerTrouble> {
        let port = ports.port("issuer").await?;
        let base = format!("http://127.0.0.1:{port}");
        let name = name_kept_in(folder, &base)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&Secrets::of(folder).seed("issuer_key")?)
            .map_err(|_| IssuerTrouble::Key)?;
        let private = pair.to_pkcs8v1().map_err(|_| IssuerTrouble::Key)?;
        let keys_url = format!("{base}/jwks");
        let listener = TcpListener::bind(address(port)).await?;
        let router = pages(&name, &keys_url, public_key(&pair));
        let stop = stop.clone();
        // Where it cannot go on serving, services say so themselves: nobody can sign in.
        tasks.spawn(async move { web::serve(listener, router, stop).await });
        let key = EncodingKey::from_ed_der(private.as_ref());
        Ok(Self { name, keys_url, key, clock: clock.clone() })
    }

    /// How it names itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its keys are.
    pub fn keys_url(&self) -> &str {
        &self.keys_url
    }

    /// The person that services see behind a subject, unless another account of theirs is linked.
    pub fn person(&self, subject: &str) -> PersonId {
        PersonId::new(web::caller::account_of(&self.name, subject))
    }

    /// Signs someone in with these roles, from now on.
    pub fn token(&self, subject: &str, roles: &[RoleClaim]) -> Result<String, IssuerTrouble> {
        let now = self.clock.now().as_second();
        let claims = Claims {
            iss: self.name.clone(),
            sub: subject.to_owned(),
            aud: Audience::One(AUDIENCE.to_owned()),
            exp: now + GOOD_FOR_SECONDS,
            nbf: Some(now),
            iat: Some(now),
            others: BTreeMap::new(),
        }
        .with_roles(roles);
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(KEY_ID.to_owned());
        Ok(encode(&header, &claims, &self.key)?)
    }
}

/// The name it was given at the first start, even where its port has moved since.
fn name_kept_in(folder: &DataFolder, base: &str) -> Result<String, FolderTrouble> {
    if let Some(name) = folder.read("issuer")? {
        return Ok(name);
    }
    folder.write_private("issuer", base.as_bytes())?;
    Ok(base.to_owned())
}

fn public_key(pair: &Ed25519KeyPair) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID,
            "x": URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()) })
}

fn pages(name: &str, keys_url: &str, key: Value) -> Router {
    let discovery = json!({
        "issuer": name,
        "jwks_uri": keys_url,
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "subject_types_supported": ["public"],
        "response_types_supported": []
    });
    Router::new()
        .route("/.well-known/openid-configuration", get(|| async move { Json(discovery) }))
        .route("/jwks", get(|| async move { Json(json!({ "keys": [key] })) }))
}
