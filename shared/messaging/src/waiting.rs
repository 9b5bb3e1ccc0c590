//! Waiting for a change with a time limit. Nothing here sleeps without listening.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The first and the longest pause between two tries of something that failed.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Growing pauses between tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    pause: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { pause: PAUSE_MIN }
    }

    /// The pause before the next try; each is twice as long as the one before it.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = pause.saturating_mul(2).min(PAUSE_MAX);
        pause
    }

    pub(crate) fn reset(&mut self) {
        self.pause = PAUSE_MIN;
    }
}

/// Ends when the value changes. Whoever sent it may have gone: then it never ends, and the time
/// limit around it decides.
pub(crate) async fn changed<T>(value: &mut watch::Receiver<T>) {
    if value.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits until `wake` ends, `limit` is over, or a stop is asked for; false on a stop.
pub(crate) async fn wait(
    limit: Duration,
    stop: &CancellationToken,
    wake: impl Future<Output = ()>,
) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        _ = tokio::time::timeout(limit, wake) => true,
    }
}
