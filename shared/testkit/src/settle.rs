//! Waiting for the thing itself: until services have settled, until something holds. Bounded.

use std::time::Duration;

use boot::{Running, ServiceConfig, TelemetryConfig};
use secrecy::SecretString;

use crate::database::TestDatabase;
use crate::issuer::Issuer;
use crate::lines;

const LOOKS_EVERY: Duration = Duration::from_millis(5);
const WAITS_AT_MOST: Duration = Duration::from_secs(20);

/// What a service under test is told.
pub fn service_config(database: &TestDatabase, issuer: &Issuer) -> ServiceConfig {
    ServiceConfig {
        listen: "127.0.0.1:0".to_owned(),
        database_url: SecretString::from(database.runtime_url.clone()),
        owner_database_url: Some(SecretString::from(database.owner_url.clone())),
        database_connections_max: 4,
        request_key: SecretString::from("0123456789abcdef".repeat(4)),
        issuer: issuer.config(),
        nats: None,
        vault: None,
        telemetry: TelemetryConfig {
            metrics_listen: Some("127.0.0.1:0".to_owned()),
            otlp_endpoint: None,
        },
        log: "warn".to_owned(),
    }
}

/// Waits until nothing is due, and every view and policy has come to the end of its log.
pub async fn settled(service: &Running) {
    until(|| async { service.standing().await.is_ok_and(|standing| standing.waiting.is_empty()) })
        .await;
    let numbers = service.metrics.text();
    assert_eq!(lines::found_in(&numbers), None, "no number names anybody: {numbers}");
}

/// Waits until it holds.
#[expect(clippy::disallowed_methods, reason = "a bounded look at something that tells nobody")]
pub async fn until<F: Future<Output = bool>>(holds: impl Fn() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    };
    tokio::time::timeout(WAITS_AT_MOST, waiting).await.expect("it comes to hold in time");
}
