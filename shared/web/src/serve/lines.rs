//! Connections, taken in and served until told to stop. Whoever says nothing, or says it too slowly, is
//! cut off, and no more are held than the process can bear, so that nobody keeps everyone else out.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Long enough not to fill the log and the processor with one and the same failure.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

/// What a process bears of connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bears {
    /// How long a request's head may take to come, and how long a line may be idle before one.
    pub(super) head_time: Duration,
    /// How many connections are held at once; more wait to be taken in.
    pub(super) lines: usize,
    /// How long requests that still run may take to end after a stop.
    pub(super) drain_time: Duration,
}

/// Takes connections in until `stop`, then lets what runs come to its end, for a bounded time.
pub(super) async fn take_in(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    bears: Bears,
) -> std::io::Result<()> {
    let slots = Arc::new(Semaphore::new(bears.lines));
    let running = GracefulShutdown::new();
    let (tasks, cut) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let slot = Arc::clone(&slots).acquire_owned();
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Ok(slot) = slot => tokio::select! {
                () = stop.cancelled() => break,
                accepted = listener.accept() => accepted.map(|(line, _)| (line, slot)),
            },
            else => break,
        };
        match accepted {
            Ok((line, slot)) => {
                let served = running.watch(connection(line, router.clone(), bears));
                let cut = cut.clone();
                tasks.spawn(async move {
                    if let Some(Err(error)) = cut.run_until_cancelled(served).await {
                        tracing::debug!(%error, "a connection ended");
                    }
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken in");
                before_the_next().await;
            }
        }
    }
    drop(listener);
    tokio::time::timeout(bears.drain_time, running.shutdown()).await.unwrap_or_else(|_| {
        tracing::warn!("some connections did not end in time and are cut");
    });
    cut.cancel();
    tasks.close();
    tasks.wait().await;
    Ok(())
}

/// A line that broke before it was taken in concerns nobody else; that no more files may be open
/// passes when others close.
#[expect(clippy::disallowed_methods, reason = "nothing tells when another file may be opened")]
async fn before_the_next() {
    tokio::time::sleep(AFTER_A_FAILURE).await;
}

fn connection(
    line: TcpStream,
    router: Router,
    bears: Bears,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // Answers are small; waiting to fill a packet would only make them late.
    if let Err(error) = line.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bears.head_time)
        .serve_connection(TokioIo::new(line), TowerToHyperService::new(router))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinSet;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);
    const ASKED: &[u8] = b"GET /open HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

    /// A service that bears this much, and where it is.
    async fn bearing(bears: Bears) -> (std::net::SocketAddr, JoinSet<std::io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/open", get(|| async { "open" }));
        let mut tasks = JoinSet::new();
        tasks.spawn(take_in(listener, router, CancellationToken::new(), bears));
        (address, tasks)
    }

    /// What came until the line was cut.
    async fn came(line: &mut TcpStream) -> String {
        let mut came = Vec::new();
        let read = tokio::time::timeout(SOON, line.read_to_end(&mut came)).await;
        read.expect("the line is cut").unwrap();
        String::from_utf8(came).unwrap()
    }

    #[tokio::test]
    async fn whoever_begins_a_request_and_never_ends_it_is_cut_off() {
        let head_time = Duration::from_millis(50);
        let bears = Bears { head_time, lines: 8, drain_time: SOON };
        let (address, _tasks) = bearing(bears).await;
        for begun in [&b""[..], b"GET /open HTTP/1.1\r\nx-slow: "] {
            let mut line = TcpStream::connect(address).await.unwrap();
            line.write_all(begun).await.unwrap();
            assert!(!came(&mut line).await.contains("200"));
        }
    }

    #[tokio::test]
    async fn more_lines_than_can_be_borne_wait_for_one_to_end() {
        let bears = Bears { head_time: SOON, lines: 1, drain_time: SOON };
        let (address, _tasks) = bearing(bears).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(b"GET /open HTTP/1.1\r\n").await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(ASKED).await.unwrap();
        first.write_all(b"host: x\r\nconnection: close\r\n\r\n").await.unwrap();
        assert!(came(&mut first).await.ends_with("open"));
        assert!(came(&mut second).await.ends_with("open"));
    }
}
