//! When a process stops: at a signal, or when the launcher that started it is gone.

use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Cancels `stop` at the first SIGTERM or SIGINT.
pub fn at_a_signal(tasks: &TaskTracker, stop: CancellationToken) -> Result<(), std::io::Error> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tasks.spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = stop.cancelled() => {}
        }
        stop.cancel();
    });
    Ok(())
}

/// Cancels `stop` when `pipe` closes, which it does when its other end's process is gone, however
/// it went.
pub fn when_the_launcher_is_gone(
    mut pipe: impl tokio::io::AsyncRead + Unpin + Send + 'static,
    tasks: &TaskTracker,
    stop: CancellationToken,
) {
    tasks.spawn(async move {
        let mut ignored = [0; 64];
        loop {
            tokio::select! {
                read = pipe.read(&mut ignored) => if matches!(read, Ok(0) | Err(_)) { break },
                () = stop.cancelled() => break,
            }
        }
        stop.cancel();
    });
}
