//! A service that runs, until it is told to stop or a part of it breaks down; and how it came to its
//! end. Nothing here decides what a service does.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventstore::Executor;
use eventstore::view::Progress;
use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::Readiness;

use crate::control::{self, Standing};
use crate::metrics::Metrics;
use crate::traffic::Traffic;

/// How long after a stop everything may take to come to its end. Then the process goes all the same:
/// what was answered is stored, and what was not is repeated by whoever asked.
const ENDS_WITHIN: Duration = Duration::from_millis(9_500);
/// A service that runs.
pub struct Running {
    /// The service's name.
    pub name: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where those who run it read its metrics, where they are served.
    pub metrics_address: Option<SocketAddr>,
    /// What it tells in numbers.
    pub metrics: Metrics,
    /// Whether it can do its work.
    pub readiness: Readiness,
    /// How far its views have come.
    pub progress: Progress,
    /// Carries commands out.
    pub executor: Executor,
    pub(crate) traffic: Traffic,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) breakdown: Breakdown,
}

impl Running {
    /// Waits until everything has come to its end after a stop, for a bounded time.
    pub async fn ended(&self) -> Ended {
        let too_late = async {
            self.stop.cancelled().await;
            patience(ENDS_WITHIN).await;
        };
        let is_whole = tokio::select! {
            () = self.tasks.wait() => true,
            () = too_late => false,
        };
        let ended = match (self.breakdown.happened.load(Ordering::SeqCst), is_whole) {
            (true, _) => Ended::Broken,
            (false, true) => Ended::Whole,
            (false, false) => Ended::CutOff,
        };
        let service = self.name;
        if is_whole {
            tracing::info!(service, ?ended, "stopped");
        } else {
            let left = self.tasks.len();
            tracing::warn!(service, ?ended, left, "stopped before everything had come to its end");
        }
        ended
    }

    /// Where it stands: its clock, its next timer, its log, and what has not caught up with it.
    pub async fn standing(&self) -> Result<Standing, sqlx::Error> {
        control::standing_of(self.name, &self.executor, &self.progress, &self.traffic).await
    }

    /// Stops it and waits until everything has come to its end.
    pub async fn stop(&self) -> Ended {
        self.stop.cancel();
        self.ended().await
    }
}

/// How a service came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything came to its end after a stop.
    Whole,
    /// Something did not come to its end in time and is left where it was.
    CutOff,
    /// A part that nothing goes on without broke down.
    Broken,
}

/// Whether a part broke down without which nothing goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breakdown {
    happened: Arc<AtomicBool>,
}

impl Breakdown {
    pub(crate) fn of(&self, part: &'static str, stop: &CancellationToken) {
        tracing::error!(part, "a part broke down without which nothing goes on; stopping");
        self.happened.store(true, Ordering::SeqCst);
        stop.cancel();
    }
}

/// Runs a part without which nothing goes on: where it breaks down, everything stops.
pub(crate) fn spawn(
    tasks: &TaskTracker,
    part: &'static str,
    work: impl Future<Output = ()> + Send + 'static,
    stop: CancellationToken,
    breakdown: Breakdown,
) {
    tasks.spawn(async move {
        if AssertUnwindSafe(work).catch_unwind().await.is_err() {
            breakdown.of(part, &stop);
        }
    });
}

#[expect(clippy::disallowed_methods, reason = "a bound on how long a stop takes is a time")]
async fn patience(length: Duration) {
    tokio::time::sleep(length).await;
}
