//! One service as a process of its own, from the inside: hears from the launcher who it is and what
//! time it is, runs, and ends when the launcher says so or is gone. Useless to anyone else.

use std::os::fd::AsFd as _;
use std::path::Path;

use boot::{Clock, Ended, Launched, TelemetryConfig, shutdown, telemetry};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::unix::pipe;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::environment;
use crate::services::{self, Birth, BirthTrouble, ServiceKind};

/// The first line is short; what is longer is none.
const FIRST_LINE_BYTES_MAX: u64 = 4096;

/// What the launcher says first, as one line of JSON on standard input.
#[derive(Serialize, Deserialize)]
pub struct FirstLine {
    /// By which the service knows its launcher from now on.
    pub token: String,
    /// By how much its clock is ahead of the machine's.
    pub clock_offset_ms: i64,
}

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessTrouble {
    /// There is no such service.
    #[error("there is no service {name:?}; there are {}", known())]
    Unknown {
        /// The name given.
        name: String,
    },
    /// Somebody else than the launcher started it.
    #[error("a service is started by its launcher alone; try `involvement up`")]
    NoLauncher,
    /// Signals cannot be heard.
    #[error("signals cannot be heard")]
    Signals(#[source] std::io::Error),
    /// It stopped because a part of it broke down.
    #[error("a part of the service broke down; its log tells which")]
    Broken,
    /// It does not start.
    #[error(transparent)]
    Birth(#[from] BirthTrouble),
}

impl ProcessTrouble {
    /// Whether the service's own log tells it.
    pub fn is_logged(&self) -> bool {
        match self {
            Self::Unknown { .. } | Self::NoLauncher => false,
            Self::Signals(_) | Self::Broken | Self::Birth(_) => true,
        }
    }
}

fn known() -> String {
    services::SERVICES.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

/// Only what is told from the first moment on; everything else is the service's own to read.
#[derive(Deserialize)]
struct Told {
    service: Log,
}

#[derive(Default, Deserialize)]
struct Log {
    #[serde(default)]
    log: Option<String>,
    #[serde(default)]
    telemetry: TelemetryConfig,
}

/// Runs the service of this name until it is stopped.
pub async fn run(name: &str, config: &Path) -> Result<(), ProcessTrouble> {
    let kind =
        services::named(name).ok_or_else(|| ProcessTrouble::Unknown { name: name.to_owned() })?;
    let (first, pipe) = first_line().await.ok_or(ProcessTrouble::NoLauncher)?;
    let told = boot::config::load::<Told>(name, Some(config), environment::variables());
    let Log { log, telemetry: asked } = told.map(|told| told.service).unwrap_or_default();
    let levels = log.as_deref().unwrap_or("info");
    let telling = telemetry::start(kind.name, levels, asked.otlp_endpoint.as_deref());

    let tasks = TaskTracker::new();
    let stop = CancellationToken::new();
    let heard = shutdown::at_a_signal(&tasks, stop.clone()).map_err(ProcessTrouble::Signals);
    shutdown::when_the_launcher_is_gone(pipe, &tasks, stop.clone());
    let ended = match heard {
        Ok(()) => live(kind, config, first, stop.clone()).await,
        Err(error) => Err(error),
    };
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    if let Err(error) = &ended {
        let error: &dyn std::error::Error = error;
        tracing::error!(error, "the service does not run");
    }
    telling.end().await;
    ended
}

async fn live(
    kind: &ServiceKind,
    config: &Path,
    first: FirstLine,
    stop: CancellationToken,
) -> Result<(), ProcessTrouble> {
    let birth = Birth {
        config: config.to_owned(),
        clock: Clock::ahead_by_millis(first.clock_offset_ms),
        launched: Launched { token: SecretString::from(first.token) },
        stop: stop.clone(),
    };
    let running = tokio::select! {
        running = (kind.start)(birth) => running?,
        // The launcher may be gone before everything has started.
        () = stop.cancelled() => return Ok(()),
    };
    match running.ended().await {
        Ended::Whole | Ended::CutOff => Ok(()),
        Ended::Broken => Err(ProcessTrouble::Broken),
    }
}

/// The launcher's first line, and the pipe that stays open as long as the launcher lives.
async fn first_line() -> Option<(FirstLine, BufReader<pipe::Receiver>)> {
    let input = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
    let mut pipe = BufReader::new(pipe::Receiver::from_owned_fd(input).ok()?);
    let mut line = String::new();
    (&mut pipe).take(FIRST_LINE_BYTES_MAX).read_line(&mut line).await.ok()?;
    Some((serde_json::from_str(&line).ok()?, pipe))
}
