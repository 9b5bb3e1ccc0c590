//! A service's database: its schema brought up to date by the owner, unsafe settings refused, and a
//! small pool for reading as the runtime role.

use std::time::Duration;

use eventstore::Committer;
use eventstore::safety::SafetyError;
use eventstore::schema::{self, SchemaError};
use eventstore::upcast::Unsound;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};

use crate::config::ServiceConfig;

/// Why a service does not start. Each says what to look at.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A database URL is not one.
    #[error("the database URL in the configuration cannot be read")]
    DatabaseUrl(#[source] sqlx::Error),
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Database(#[from] sqlx::Error),
    /// The schema cannot be made.
    #[error("the database cannot be used")]
    Schema(#[from] SchemaError),
    /// What was answered could be lost with this database, or not be seen.
    #[error("the database is not safe")]
    Unsafe(#[source] SafetyError),
    /// Events stored in old shapes would not be read.
    #[error("events stored in old shapes cannot be read")]
    OldShapes(#[from] Unsound),
    /// A key is not 64 hexadecimal digits.
    #[error("`{0}` in the configuration must be 64 hexadecimal digits")]
    Key(&'static str),
    /// A part of the configuration that this service needs is missing.
    #[error("the configuration lacks [{0}]")]
    Lacks(&'static str),
    /// The address to listen on is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Signals cannot be heard.
    #[error("signals cannot be heard")]
    Signals(#[source] std::io::Error),
    /// NATS cannot be reached or used.
    #[error("NATS cannot be used")]
    Messaging(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The vault cannot be used.
    #[error("the vault cannot be used")]
    Vault(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The part that signs people in cannot be made ready.
    #[error("sign-in cannot be made ready")]
    SignIn(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A service's own part does not start.
    #[error("the service's own part does not start")]
    Own(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Reads a `postgres://` URL.
pub fn options(url: &SecretString) -> Result<PgConnectOptions, StartError> {
    let options: PgConnectOptions = url.expose_secret().parse().map_err(StartError::DatabaseUrl)?;
    Ok(options.disable_statement_logging())
}

/// Reads 64 hexadecimal digits.
pub fn key(name: &'static str, hex: &SecretString) -> Result<[u8; 32], StartError> {
    let digits = hex.expose_secret().as_bytes();
    let mut key = [0; 32];
    if digits.len() != 64 {
        return Err(StartError::Key(name));
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| StartError::Key(name))?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| StartError::Key(name))?;
    }
    Ok(key)
}

/// Brings the log's schema up to date where the owner's URL is given, and refuses a database that
/// may lose a commit.
pub async fn prepare(config: &ServiceConfig) -> Result<(PgConnectOptions, PgPool), StartError> {
    let runtime = options(&config.database_url)?;
    // Judged first: on a standby, nothing could be brought up to date.
    Committer::look(runtime.clone()).await.map_err(|error| match error {
        SafetyError::Database(error) => StartError::Database(error),
        SafetyError::Unsafe(_) | SafetyError::Silence => StartError::Unsafe(error),
    })?;
    if let Some(owner_url) = &config.owner_database_url {
        let mut owner = PgConnection::connect_with(&options(owner_url)?).await?;
        schema::migrate(&mut owner, runtime.get_username()).await?;
        owner.close().await?;
    }
    let pool = PgPoolOptions::new()
        .max_connections(config.database_connections_max.clamp(1, 50))
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(runtime.clone())
        .await?;
    eventstore::view::create_checkpoints(&pool).await?;
    eventstore::policy::adopt_checkpoints(&pool).await?;
    Ok((runtime, pool))
}
