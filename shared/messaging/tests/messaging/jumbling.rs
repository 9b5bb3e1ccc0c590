//! A way to NATS on which deliveries come twice and out of order, for as long as it is told to. It
//! understands just enough of the protocol to see where a message ends, and changes none of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::chance::Chance;

/// Deliveries held back together, at most.
const HELD_MAX: usize = 12;
/// What is held goes on when nothing more has come for this long.
const HELD_FOR: Duration = Duration::from_millis(15);

pub struct Jumbling {
    port: u16,
    jumbles: Arc<AtomicBool>,
    n_misplaced: Arc<AtomicU64>,
    _carrying: JoinSet<()>,
}

impl Jumbling {
    pub async fn of(nats_port: u16, mut chance: Chance) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (jumbles, n_misplaced) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let (on, count) = (Arc::clone(&jumbles), Arc::clone(&n_misplaced));
        let mut carrying = JoinSet::new();
        carrying.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", nats_port)).await.unwrap();
                let (mut from_client, to_client) = client.into_split();
                let (from_server, mut to_server) = server.into_split();
                let own = Chance::from_seed(chance.throw());
                let jumble = Jumble { chance: own, on: Arc::clone(&on), count: Arc::clone(&count) };
                lines.spawn(async move {
                    tokio::select! {
                        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
                        () = jumble.carry(from_server, to_client) => {}
                    }
                });
            }
        });
        Self { port, jumbles, n_misplaced, _carrying: carrying }
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// From now on everything comes as it was sent.
    pub fn calms_down(&self) {
        self.jumbles.store(false, Ordering::SeqCst);
    }

    /// How many deliveries came in another place than they were sent in.
    pub fn n_misplaced(&self) -> u64 {
        self.n_misplaced.load(Ordering::SeqCst)
    }
}

struct Jumble {
    chance: Chance,
    on: Arc<AtomicBool>,
    count: Arc<AtomicU64>,
}

impl Jumble {
    async fn carry(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let (mut bytes, mut held) = (Vec::new(), Vec::new());
        loop {
            while let Some(frame) = take_frame(&mut bytes) {
                if is_delivery(&frame) && self.on.load(Ordering::SeqCst) {
                    held.push(frame);
                } else if to.write_all(&frame).await.is_err() {
                    return;
                }
                if held.len() >= HELD_MAX && self.let_go(&mut held, &mut to).await.is_err() {
                    return;
                }
            }
            let read = from.read_buf(&mut bytes);
            match tokio::time::timeout(HELD_FOR, read).await {
                Ok(Ok(1..)) => {}
                Err(_) if self.let_go(&mut held, &mut to).await.is_ok() => {}
                Ok(Ok(0) | Err(_)) | Err(_) => return,
            }
        }
    }

    /// Everything that was held, each twice, in any order.
    async fn let_go(
        &mut self,
        held: &mut Vec<Vec<u8>>,
        to: &mut OwnedWriteHalf,
    ) -> std::io::Result<()> {
        let sent: Vec<_> = std::mem::take(held).into_iter().enumerate().collect();
        let mut doubled: Vec<_> = sent.iter().chain(sent.iter()).collect();
        self.chance.shuffle(&mut doubled);
        for (place, (sent_at, frame)) in doubled.into_iter().enumerate() {
            if place != *sent_at {
                self.count.fetch_add(1, Ordering::SeqCst);
            }
            to.write_all(frame).await?;
        }
        Ok(())
    }
}

/// A message that a stream delivers: its answer goes to JetStream.
fn is_delivery(frame: &[u8]) -> bool {
    frame.starts_with(b"HMSG ") && line(frame).contains("$JS.ACK.")
}

fn line(bytes: &[u8]) -> String {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n").unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// The first whole thing that the server says, taken off.
fn take_frame(bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end_of_line = bytes.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let line = line(bytes);
    let carries = line.starts_with("MSG ") || line.starts_with("HMSG ");
    let payload = if carries { line.rsplit(' ').next()?.parse::<usize>().ok()? + 2 } else { 0 };
    let whole = end_of_line + payload;
    (bytes.len() >= whole).then(|| bytes.drain(..whole).collect())
}
