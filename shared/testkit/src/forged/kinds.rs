//! Every kind there is. Each begins with the token of somebody who has every role, so that whoever is
//! taken in by it opens everything.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use web::Role;

use super::Forgery;
use crate::issuer::{Issuer, jwk};

/// Where whoever forges would have us fetch keys. Nobody listens there.
const THEIRS: &str = "http://127.0.0.1:9/jwks";

/// Every kind of attack.
pub fn kinds(issuer: &Issuer) -> Vec<Forgery> {
    let honest = Honest::of(issuer);
    let mut kinds = honest.written_elsewhere();
    kinds.extend(bearing(honest.with_other_claims()));
    kinds.extend(bearing(honest.with_other_headers()));
    kinds.extend(bearing(honest.signed_otherwise()));
    kinds
}

fn bearing(tokens: Vec<(&'static str, String)>) -> impl Iterator<Item = Forgery> {
    tokens.into_iter().map(|(kind, token)| Forgery {
        kind,
        authorization: vec![format!("Bearer {token}")],
        elsewhere: None,
    })
}

struct Honest<'a> {
    issuer: &'a Issuer,
    header: Value,
    claims: Value,
    token: String,
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string()), base64(claims.to_string()))
}

fn signed(pair: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let message = message(header, claims);
    format!("{message}.{}", base64(pair.sign(message.as_bytes())))
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().map(|it| it.remove(name));
    object
}

impl<'a> Honest<'a> {
    fn of(issuer: &'a Issuer) -> Self {
        let every = |role: &Role| json!({"role": role.name(), "localities": []});
        let roles = Role::ALL.iter().map(every).collect();
        let claims = issuer.claims("everything", &roles);
        let claims = serde_json::to_value(claims).expect("claims can be written");
        let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": "1"});
        let token = signed(issuer.pair(), &header, &claims);
        Self { issuer, header, claims, token }
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        signed(self.issuer.pair(), header, claims)
    }

    /// A good token, but not as it has to be sent; or none.
    fn written_elsewhere(&self) -> Vec<Forgery> {
        let good = &self.token;
        let basic = STANDARD.encode(format!("everything:{good}"));
        let in_headers = [
            ("no word behind the scheme", vec!["Bearer".to_owned()]),
            ("nothing behind the scheme", vec!["Bearer ".to_owned()]),
            ("no scheme", vec![good.clone()]),
            ("another scheme", vec![format!("Token {good}")]),
            ("a name and a password", vec![format!("Basic {basic}")]),
            ("two good tokens", vec![format!("Bearer {good}"), format!("Bearer {good}")]),
            ("two tokens in one header", vec![format!("Bearer {good}, Bearer {good}")]),
            (
                "a good token behind another scheme",
                vec!["Basic YTpi".to_owned(), format!("Bearer {good}")],
            ),
            ("a good token and something behind it", vec![format!("Bearer {good} x")]),
            ("a good token in quotes", vec![format!("Bearer \"{good}\"")]),
            ("no token", vec!["Bearer zacanary-nonsense".to_owned()]),
            ("the shape of a token", vec!["Bearer a.b.c".to_owned()]),
            ("the shape of a sealed token", vec!["Bearer a.b.c.d.e".to_owned()]),
            ("sixty-four digits, as the launcher's", vec![format!("Bearer {}", "5a".repeat(32))]),
        ];
        let mut all: Vec<Forgery> = in_headers
            .into_iter()
            .map(|(kind, authorization)| Forgery { kind, authorization, elsewhere: None })
            .collect();
        all.push(Forgery { kind: "nothing at all", ..Forgery::default() });
        for kind in [
            "a good token in the address",
            "a good token in the body",
            "a good token in a cookie",
            "a good token in a header of another name",
        ] {
            all.push(Forgery { kind, elsewhere: Some(good.clone()), ..Forgery::default() });
        }
        all
    }

    /// Signed by the issuer, and not for us, here and now.
    fn with_other_claims(&self) -> Vec<(&'static str, String)> {
        let now = self.claims["iat"].as_i64().unwrap_or_default();
        let issuer = &self.issuer.url;
        let changed = |name: &str, value: Value| with(&self.claims, name, value);
        let twice = message(&self.header, &self.claims).replace('.', " ");
        let mut all: Vec<(&'static str, Value)> = vec![
            ("its time is over", changed("exp", json!(now - 3600))),
            ("it has no end", without(&self.claims, "exp")),
            ("its end is a text", changed("exp", json!("never"))),
            ("its end is beyond all time", changed("exp", json!(i64::MAX))),
            ("its time has not come", changed("nbf", json!(now + 3600))),
            ("it is issued tomorrow", changed("iat", json!(now + 24 * 3600))),
            ("another audience", changed("aud", json!("payroll"))),
            ("the audience of one service alone", changed("aud", json!("involvement-audit"))),
            ("other audiences", changed("aud", json!(["payroll", "library"]))),
            ("no audience", without(&self.claims, "aud")),
            ("another issuer", changed("iss", json!("https://issuer.example"))),
            ("an issuer that looks alike", changed("iss", json!(format!("{issuer}/")))),
            ("no issuer", without(&self.claims, "iss")),
            ("nobody", without(&self.claims, "sub")),
            ("a nameless subject", changed("sub", json!(""))),
            ("a subject that is no text", changed("sub", json!(["everything"]))),
        ];
        all.push(("far too long", changed("padding", json!(twice.repeat(12)))));
        all.into_iter().map(|(kind, claims)| (kind, self.sign(&self.header, &claims))).collect()
    }

    /// Headers that would have us look elsewhere for the key, or know more than we do.
    fn with_other_headers(&self) -> Vec<(&'static str, String)> {
        let theirs = Ed25519KeyPair::generate().expect("a key can be made");
        let changed = |name: &str, value: Value| with(&self.header, name, value);
        let by_us = [
            ("an unknown key", changed("kid", json!("2"))),
            ("no key named", without(&self.header, "kid")),
            ("a key named by a path", changed("kid", json!("../../../../dev/null"))),
            ("a key named by a question", changed("kid", json!("1' or '1'='1"))),
            ("a key named by an address", changed("kid", json!(THEIRS))),
            ("a key that is no text", changed("kid", json!(["1"]))),
            ("something critical we do not know", changed("crit", json!(["b64"]))),
            ("a token for logging out", changed("typ", json!("logout+jwt"))),
            ("another algorithm of curves", changed("alg", json!("ES256"))),
            ("another algorithm of primes", changed("alg", json!("RS256"))),
            ("an algorithm that is not taken", changed("alg", json!("PS512"))),
            ("no algorithm named", without(&self.header, "alg")),
        ];
        let by_them = [
            ("a key of their own under our name", self.header.clone()),
            ("a key that it brings along", changed("jwk", jwk(&theirs))),
            ("a key to be fetched from them", changed("jku", json!(THEIRS))),
            ("a certificate to be fetched from them", changed("x5u", json!(THEIRS))),
            ("a certificate that it brings along", changed("x5c", json!(["MIIB"]))),
        ];
        let ours = by_us.into_iter().map(|(kind, header)| (kind, self.sign(&header, &self.claims)));
        let forged =
            |(kind, header): (&'static str, Value)| (kind, signed(&theirs, &header, &self.claims));
        ours.chain(by_them.into_iter().map(forged)).collect()
    }

    /// Not signed, signed by halves, or signed with what everybody knows.
    fn signed_otherwise(&self) -> Vec<(&'static str, String)> {
        let unsigned = message(&with(&self.header, "alg", json!("none")), &self.claims);
        let (start, signature) = self.token.rsplit_once('.').expect("a token has a signature");
        let (head, _) = start.split_once('.').expect("a token has claims");
        let half: String = signature.chars().take(signature.len() / 2).collect();
        let other = self.sign(&self.header, &with(&self.claims, "sub", json!("somebody")));
        let (_, others) = other.rsplit_once('.').expect("a token has a signature");
        let raised = base64(with(&self.claims, "sub", json!("anybody")).to_string());
        let mut all = vec![
            ("not signed", format!("{unsigned}.")),
            ("not signed, with a signature", format!("{unsigned}.{signature}")),
            ("half a signature", format!("{start}.{half}")),
            ("no signature", format!("{start}.")),
            ("no third part", start.to_owned()),
            ("another one's signature", format!("{start}.{others}")),
            ("claims that were changed", format!("{head}.{raised}.{signature}")),
        ];
        let public = self.issuer.pair().public_key().as_ref().to_vec();
        for (kind, secret) in [
            ("the public key as a secret", public.clone()),
            ("the public key's text as a secret", base64(public).into_bytes()),
            ("the published key as a secret", jwk(self.issuer.pair()).to_string().into_bytes()),
            ("nothing as a secret", vec![0]),
        ] {
            let message = message(&with(&self.header, "alg", json!("HS256")), &self.claims);
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let tag = hmac::sign(&key, message.as_bytes());
            all.push((kind, format!("{message}.{}", base64(tag))));
        }
        all
    }
}
