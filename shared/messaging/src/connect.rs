//! The connection to NATS: made once, kept for ever. A server that is away is waited for, so a
//! service starts and takes commands without it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectOptions, Event, jetstream};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use crate::layout::inbox_prefix;

/// The longest pause between two tries to reach the server.
const RECONNECT_DELAY_MAX: Duration = Duration::from_secs(2);
/// A server that says nothing on a connection for two of these is gone, though nobody was told.
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// An unanswered request of ours is given up after this long and tried anew.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// Where the server is and who we are to it.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Such as `nats://127.0.0.1:4222`; several addresses with commas between.
    pub url: String,
    /// The service's name, or the administrator's.
    pub user: String,
    /// Never shown.
    pub password: SecretString,
}

/// A connection that mends itself. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connection {
    client: Client,
    jetstream: jetstream::Context,
    connects: watch::Receiver<u64>,
}

/// The server's address cannot be used, or the settings cannot.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to NATS")]
pub struct ConnectError(#[from] async_nats::ConnectError);

/// Connects, or goes on trying in the background. `process` names the connection in the server's
/// own listings.
pub async fn connect(settings: &Settings, process: &str) -> Result<Connection, ConnectError> {
    let (connected, connects) = watch::channel(0);
    let connected = Arc::new(connected);
    let client = ConnectOptions::new()
        .name(process)
        .user_and_password(settings.user.clone(), settings.password.expose_secret().to_owned())
        .custom_inbox_prefix(inbox_prefix(&settings.user))
        .retry_on_initial_connect()
        .max_reconnects(None)
        .ping_interval(PING_INTERVAL)
        .reconnect_delay_callback(delay)
        .event_callback(move |event| {
            note(&event, &connected);
            std::future::ready(())
        })
        .connect(&settings.url)
        .await?;
    let jetstream = ContextBuilder::new().timeout(REQUEST_LIMIT).build(client.clone());
    Ok(Connection { client, jetstream, connects })
}

impl Connection {
    /// Core NATS.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// JetStream.
    pub fn jetstream(&self) -> &jetstream::Context {
        &self.jetstream
    }

    /// Counts how often the server was reached; changes tell of a reconnect.
    pub fn connects(&self) -> watch::Receiver<u64> {
        self.connects.clone()
    }

    /// Whether the server can be reached now.
    pub fn is_up(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}

fn delay(attempts: usize) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(u32::MAX).min(8);
    Duration::from_millis(20).saturating_mul(1 << doublings).min(RECONNECT_DELAY_MAX)
}

fn note(event: &Event, connected: &watch::Sender<u64>) {
    match event {
        Event::Connected => {
            tracing::info!("NATS was reached");
            connected.send_modify(|times| *times += 1);
        }
        Event::Disconnected => tracing::warn!("NATS went away"),
        Event::LameDuckMode | Event::Draining | Event::Closed | Event::SlowConsumer(_) => {
            tracing::warn!(%event, "NATS tells of a change");
        }
        Event::ServerError(_) | Event::ClientError(_) => {
            tracing::warn!(%event, "NATS tells of an error");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, RECONNECT_DELAY_MAX, delay};

    #[test]
    fn tries_to_reconnect_never_stop_and_never_come_further_apart_than_the_limit() {
        assert!(delay(1) < Duration::from_millis(100));
        assert_eq!(delay(7), RECONNECT_DELAY_MAX);
        assert_eq!(delay(usize::MAX), RECONNECT_DELAY_MAX);
    }
}
