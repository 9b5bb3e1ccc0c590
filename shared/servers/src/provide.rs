//! A server either way: one that we obtain and keep, or one that somebody else runs.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use crate::Progress;
use crate::nats::{Nats, NatsPlan, NatsUser};
use crate::obtain::{ObtainError, obtain_nats, obtain_postgres_for};
use crate::outside::{OutsideError, OutsideNats, OutsidePostgres};
use crate::postgres::{Postgres, PostgresPlan};
use crate::start::StartError;
use crate::surroundings::Surroundings;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServersError {
    /// Its programs could not be had.
    #[error(transparent)]
    Obtain(#[from] ObtainError),
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The one that somebody else runs cannot be used.
    #[error(transparent)]
    Outside(#[from] OutsideError),
}

/// A Postgres to work with.
pub enum PostgresServer {
    /// Our own.
    Kept(Postgres),
    /// Somebody else's.
    Outside(OutsidePostgres),
}

impl PostgresServer {
    /// The Postgres at `database_url` where one is given, else our own in `data_folder`.
    pub async fn provide(
        surroundings: &Surroundings,
        database_url: Option<&str>,
        data_folder: &Path,
        progress: Progress<'_>,
    ) -> Result<PostgresServer, ServersError> {
        if let Some(url) = database_url {
            return Ok(PostgresServer::Outside(OutsidePostgres::check(url).await?));
        }
        let binaries = obtain_postgres_for(data_folder, surroundings, progress).await?;
        let plan = PostgresPlan { binaries, data_folder: data_folder.to_owned(), port: None };
        Ok(PostgresServer::Kept(Postgres::start(&plan, progress).await?))
    }

    /// How to connect as the role that creates databases and roles.
    pub fn admin(&self) -> &PgConnectOptions {
        match self {
            PostgresServer::Kept(postgres) => postgres.admin(),
            PostgresServer::Outside(postgres) => postgres.admin(),
        }
    }

    /// Waits until our own has ended; for ever where it is somebody else's.
    pub async fn ended(&self) {
        match self {
            PostgresServer::Kept(postgres) => postgres.ended().await,
            PostgresServer::Outside(_) => std::future::pending().await,
        }
    }

    /// Starts our own again on the same data and port after it has ended; leaves somebody else's alone.
    pub async fn start_again(&mut self) -> Result<(), StartError> {
        match self {
            PostgresServer::Kept(postgres) => postgres.start_again().await,
            PostgresServer::Outside(_) => Ok(()),
        }
    }

    /// Where our own writes its log.
    pub fn log(&self) -> Option<PathBuf> {
        match self {
            PostgresServer::Kept(postgres) => Some(postgres.log()),
            PostgresServer::Outside(_) => None,
        }
    }

    /// Stops our own; leaves somebody else's alone.
    pub async fn stop(self) {
        match self {
            PostgresServer::Kept(postgres) => postgres.stop().await,
            PostgresServer::Outside(_) => {}
        }
    }
}

/// A NATS to work with.
pub enum NatsServer {
    /// Our own, with the users it was given.
    Kept(Nats),
    /// Somebody else's; who may connect is set up there.
    Outside(OutsideNats),
}

impl NatsServer {
    /// The NATS at `nats_url` where one is given, else our own in `data_folder` with these users.
    pub async fn provide(
        surroundings: &Surroundings,
        nats_url: Option<&str>,
        data_folder: &Path,
        users: Vec<NatsUser>,
        progress: Progress<'_>,
    ) -> Result<NatsServer, ServersError> {
        if let Some(url) = nats_url {
            return Ok(NatsServer::Outside(OutsideNats::check(url).await?));
        }
        let binary = obtain_nats(surroundings, progress).await?;
        let plan = NatsPlan { binary, data_folder: data_folder.to_owned(), users, port: None };
        Ok(NatsServer::Kept(Nats::start(&plan, progress).await?))
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        match self {
            NatsServer::Kept(nats) => nats.url(),
            NatsServer::Outside(nats) => nats.url().to_owned(),
        }
    }

    /// Waits until our own has ended; for ever where it is somebody else's.
    pub async fn ended(&self) {
        match self {
            NatsServer::Kept(nats) => nats.ended().await,
            NatsServer::Outside(_) => std::future::pending().await,
        }
    }

    /// Starts our own again on the same data and port after it has ended; leaves somebody else's alone.
    pub async fn start_again(&mut self) -> Result<(), StartError> {
        match self {
            NatsServer::Kept(nats) => nats.start_again().await,
            NatsServer::Outside(_) => Ok(()),
        }
    }

    /// Where our own writes its log.
    pub fn log(&self) -> Option<PathBuf> {
        match self {
            NatsServer::Kept(nats) => Some(nats.log()),
            NatsServer::Outside(_) => None,
        }
    }

    /// Stops our own; leaves somebody else's alone.
    pub async fn stop(self) {
        match self {
            NatsServer::Kept(nats) => nats.stop().await,
            NatsServer::Outside(_) => {}
        }
    }
}
