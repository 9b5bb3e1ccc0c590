//! Which tokens are good, which are not, and how often the issuer is asked.

use aws_lc_rs::hmac;
use eventstore::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::issuer::{AUDIENCE, Issuer, Key, NOW, base64};
use super::{Algorithm, IssuerError, TokenError, Verifier};
use crate::caller::account_of;
use crate::role::Role;
use crate::token::RoleClaim;

fn changed(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

async fn reason(verifier: &Verifier, token: &str) -> String {
    verifier.verify(token).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_good_token_says_whose_account_it_is_and_what_was_granted() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let token = issuer.token("ana", &[RoleClaim::within(Role::Coordinator, &["north"])]);
    let signed_in = verifier.verify(&token).await.unwrap();
    assert_eq!(signed_in.account, account_of(&issuer.url, "ana"));
    assert_eq!(signed_in.grants[0].localities, ["north"]);
}

#[tokio::test]
async fn claims_that_do_not_hold_here_and_now_are_turned_away() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let honest = serde_json::to_value(issuer.claims("ana", &[])).unwrap();
    let now = NOW.as_second();
    let cases = [
        ("iss", json!("http://127.0.0.1:1"), "other issuer"),
        ("aud", json!("payroll"), "other audience"),
        ("aud", json!(["payroll", "library"]), "other audience"),
        ("aud", json!(null), "unreadable claims"),
        ("exp", json!(now - 30), "expired"),
        ("exp", json!(null), "unreadable claims"),
        ("exp", json!(i64::MAX), "unreadable claims"),
        ("nbf", json!(now + 31), "not valid yet"),
        ("iat", json!(now + 31), "not valid yet"),
        ("sub", json!(""), "no subject"),
    ];
    for (name, value, expected) in cases {
        let token = issuer.key.sign(&issuer.key.header(), &changed(&honest, name, value.clone()));
        assert_eq!(reason(&verifier, &token).await, expected, "{name} = {value}");
    }
    for (name, value) in [
        ("aud", json!(["payroll", AUDIENCE])),
        ("exp", json!(now - 29)),
        ("nbf", json!(now + 30)),
        ("nbf", json!(null)),
    ] {
        let token = issuer.key.sign(&issuer.key.header(), &changed(&honest, name, value.clone()));
        assert!(verifier.verify(&token).await.is_ok(), "{name} = {value}");
    }
}

#[tokio::test]
async fn a_token_nobody_signed_is_turned_away() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let claims = serde_json::to_value(issuer.claims("ana", &[])).unwrap();
    for header in [json!({ "alg": "none" }), json!({ "alg": "None", "kid": "first" })] {
        let message = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        assert_eq!(reason(&verifier, &format!("{message}.")).await, "malformed");
        let signature = base64(issuer.key.signature(message.as_bytes()));
        assert_eq!(reason(&verifier, &format!("{message}.{signature}")).await, "malformed");
    }
    for text in ["", "a", "a.b.c", "..", &"x".repeat(20_000)] {
        assert_eq!(reason(&verifier, text).await, "malformed");
    }
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let claims = serde_json::to_value(issuer.claims("ana", &[])).unwrap();
    let header = json!({ "alg": "HS256", "kid": "first" });
    let message = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
    for secret in [issuer.key.public(), base64(issuer.key.public()).into_bytes()] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let token = format!("{message}.{}", base64(hmac::sign(&key, message.as_bytes())));
        assert_eq!(reason(&verifier, &token).await, "algorithm not accepted");
    }
}

#[tokio::test]
async fn a_key_in_the_set_that_is_a_secret_opens_nothing() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let secret = base64(b"a secret that should not stand here");
    issuer.publish(vec![
        json!({ "kty": "oct", "kid": "first", "k": secret }),
        json!({ "kty": "quantum", "kid": "other" }),
        json!("nonsense"),
    ]);
    assert_eq!(reason(&verifier, &issuer.token("ana", &[])).await, "unknown key");
}

#[tokio::test]
async fn a_changed_token_or_another_ones_signature_does_not_fit() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let token = issuer.token("ana", &[]);
    let parts: Vec<&str> = token.split('.').collect();
    let claims =
        serde_json::to_value(issuer.claims("ana", &[RoleClaim::everywhere(Role::Administrator)]))
            .unwrap();
    let raised = format!("{}.{}.{}", parts[0], base64(claims.to_string()), parts[2]);
    assert_eq!(reason(&verifier, &raised).await, "signature does not fit");
    let forged = Key::ed("first").sign(&issuer.key.header(), &claims);
    assert_eq!(reason(&verifier, &forged).await, "signature does not fit");
}

#[tokio::test]
async fn headers_that_ask_for_more_than_we_know_are_turned_away() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let claims = serde_json::to_value(issuer.claims("ana", &[])).unwrap();
    let header = issuer.key.header();
    let cases = [
        (changed(&header, "crit", json!(["b64"])), "malformed"),
        (changed(&header, "typ", json!("logout+jwt")), "malformed"),
        (changed(&header, "kid", json!(null)), "unknown key"),
        (changed(&header, "kid", json!("second")), "unknown key"),
        (changed(&header, "alg", json!("ES256")), "unknown key"),
        (changed(&header, "alg", json!("ES384")), "algorithm not accepted"),
    ];
    for (header, expected) in cases {
        let token = issuer.key.sign(&header, &claims);
        assert_eq!(reason(&verifier, &token).await, expected, "{header}");
    }
}

#[tokio::test]
async fn every_listed_way_of_signing_is_accepted_and_no_other() {
    let issuer = Issuer::start().await;
    let keys = [Key::ed("ed"), Key::ec("ec"), Key::rsa("rsa")];
    issuer.publish(keys.iter().map(Key::jwk).collect());
    let all = issuer.verifier(&Clock::standing_at(NOW));
    let mut config = issuer.config();
    config.algorithms = vec![Algorithm::EdDsa];
    let one = Verifier::new(config, Clock::standing_at(NOW)).unwrap();
    let claims = serde_json::to_value(issuer.claims("ana", &[])).unwrap();
    for key in &keys {
        let token = key.sign(&key.header(), &claims);
        assert!(all.verify(&token).await.is_ok(), "{}", key.algorithm());
        assert_eq!(one.verify(&token).await.is_ok(), key.algorithm() == "EdDSA");
    }
}

#[tokio::test]
async fn a_verified_token_ends_when_its_time_is_over_by_our_clock() {
    let issuer = Issuer::start().await;
    let clock = Clock::standing_at(NOW);
    let verifier = issuer.verifier(&clock);
    let token = issuer.token("ana", &[]);
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance_to(NOW + SignedDuration::from_secs(329)).unwrap();
    assert!(verifier.verify(&token).await.is_ok(), "clocks may differ by half a minute");
    clock.advance_to(NOW + SignedDuration::from_secs(330)).unwrap();
    assert_eq!(reason(&verifier, &token).await, "expired");
}

#[tokio::test]
async fn a_verified_token_is_remembered_for_a_minute_at_most() {
    let issuer = Issuer::start().await;
    let clock = Clock::standing_at(NOW);
    let verifier = issuer.verifier(&clock);
    let token = issuer.token("ana", &[]);
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance_to(NOW + SignedDuration::from_secs(59)).unwrap();
    assert!(verifier.inner.remembered(&super::fingerprint(&token)).is_some());
    clock.advance_to(NOW + SignedDuration::from_secs(60)).unwrap();
    assert!(verifier.inner.remembered(&super::fingerprint(&token)).is_none());
}

#[tokio::test]
async fn unknown_keys_make_us_ask_the_issuer_no_more_often_than_agreed() {
    let issuer = Issuer::start().await;
    let clock = Clock::standing_at(NOW);
    let verifier = issuer.verifier(&clock);
    let claims = serde_json::to_value(issuer.claims("ana", &[])).unwrap();
    for number in 0..20 {
        let key = Key::ed(&format!("key {number}"));
        assert_eq!(reason(&verifier, &key.sign(&key.header(), &claims)).await, "unknown key");
    }
    assert_eq!(issuer.n_fetches(), 1);
    let second = Key::ed("second");
    issuer.publish(vec![issuer.key.jwk(), second.jwk()]);
    let token = second.sign(&second.header(), &claims);
    clock.advance_to(NOW + SignedDuration::from_secs(29)).unwrap();
    assert_eq!(reason(&verifier, &token).await, "unknown key");
    clock.advance_to(NOW + SignedDuration::from_secs(30)).unwrap();
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(issuer.n_fetches(), 2);
}

#[tokio::test]
async fn many_at_once_ask_the_issuer_once() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let mut all = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (verifier, token) = (verifier.clone(), issuer.token(&format!("person {number}"), &[]));
        all.spawn(async move { verifier.verify(&token).await.is_ok() });
    }
    assert!(all.join_all().await.into_iter().all(|is_good| is_good));
    assert_eq!(issuer.n_fetches(), 1);
}

#[tokio::test]
async fn a_withdrawn_key_is_noticed_after_ten_minutes() {
    let issuer = Issuer::start().await;
    let clock = Clock::standing_at(NOW);
    let verifier = issuer.verifier(&clock);
    assert!(verifier.verify(&issuer.token("ana", &[])).await.is_ok());
    issuer.publish(vec![Key::ed("second").jwk()]);
    clock.advance_to(NOW + SignedDuration::from_mins(10)).unwrap();
    let mut claims = issuer.claims("ana", &[]);
    claims.exp += 3600;
    let claims = serde_json::to_value(claims).unwrap();
    let token = issuer.key.sign(&issuer.key.header(), &claims);
    assert_eq!(reason(&verifier, &token).await, "unknown key");
}

#[tokio::test]
async fn known_keys_outlast_an_issuer_that_is_away_but_not_for_ever() {
    let mut issuer = Issuer::start().await;
    let clock = Clock::standing_at(NOW);
    let verifier = issuer.verifier(&clock);
    assert!(verifier.verify(&issuer.token("ana", &[])).await.is_ok());
    issuer.stop().await;
    let mut claims = issuer.claims("ana", &[]);
    claims.exp += 48 * 3600;
    let claims = serde_json::to_value(claims).unwrap();
    let token = issuer.key.sign(&issuer.key.header(), &claims);
    clock.advance_to(NOW + SignedDuration::from_hours(23)).unwrap();
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance_to(NOW + SignedDuration::from_hours(24)).unwrap();
    assert!(matches!(verifier.verify(&token).await, Err(TokenError::NoKeys)));
}

#[tokio::test]
async fn without_any_keys_nothing_is_said_of_the_token() {
    let mut issuer = Issuer::start().await;
    issuer.stop().await;
    let verifier = issuer.verifier(&Clock::standing_at(NOW));
    let outcome = verifier.verify(&issuer.token("ana", &[])).await;
    assert!(matches!(outcome, Err(TokenError::NoKeys)));
}

#[tokio::test]
async fn a_document_that_names_another_issuer_is_not_believed() {
    let issuer = Issuer::start().await;
    let mut config = issuer.config();
    config.issuer = format!("{}/", issuer.url);
    let verifier = Verifier::new(config, Clock::standing_at(NOW)).unwrap();
    let outcome = verifier.verify(&issuer.token("ana", &[])).await;
    assert!(matches!(outcome, Err(TokenError::NoKeys)));
    assert_eq!(issuer.n_fetches(), 0);
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    let clock = Clock::standing_at(NOW);
    let outcome = |issuer: &str| {
        let config = super::IssuerConfig::new(issuer, AUDIENCE);
        Verifier::new(config, clock.clone()).map(|_| ())
    };
    for good in ["http://127.0.0.1:8080", "http://[::1]/realm", "http://localhost:1"] {
        assert!(outcome(good).is_ok(), "{good}");
    }
    for bad in ["http://issuer.example", "http://127.0.0.1.example", "ftp://127.0.0.1"] {
        assert!(matches!(outcome(bad), Err(IssuerError::Insecure(_))), "{bad}");
    }
    assert!(matches!(outcome("issuer"), Err(IssuerError::Address(_))));
    assert!(outcome("https://issuer.example").is_ok());
}
