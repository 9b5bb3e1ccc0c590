//! A way to a server that fails when it is told to: cut around given bytes or at a given chunk,
//! frozen, slow, shut. It carries bytes and understands none of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

const CHUNK_BYTES_MAX: usize = 64 * 1024;
const HAPPENS_WITHIN: Duration = Duration::from_secs(30);

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// From whoever connected to this wire.
    Server,
    /// Back.
    Client,
}

/// Where on the way something is to happen.
#[derive(Clone, Debug)]
pub enum At {
    /// At the first chunk going this way in which these bytes end.
    Bytes(Toward, Vec<u8>),
    /// At the n-th chunk from now, counted from 1 over every connection and both ways.
    Chunk(u64),
}

/// What is to happen there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Its connection is cut; the chunk does not arrive.
    CutBefore,
    /// The chunk arrives and its connection is cut; nothing comes back.
    CutAfter,
    /// Everything stands still; the chunk does not arrive until the thaw.
    FreezeBefore,
    /// The chunk arrives and everything stands still.
    FreezeAfter,
}

/// A way to a server on this machine. Everything it carries is cut when it goes.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    to_port: u16,
    way: Arc<Way>,
    _carrying: JoinSet<()>,
}

#[derive(Debug)]
struct Way {
    mode: watch::Sender<Mode>,
    plan: Mutex<Plan>,
    happened: watch::Sender<bool>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mode {
    frozen: bool,
    shut: bool,
    delay: Duration,
    /// How often every connection was cut.
    cuts: u64,
}

#[derive(Debug, Default)]
struct Plan {
    next: Option<(At, Then)>,
    n_chunks: u64,
}

/// How one direction of a connection ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Closed,
    Cut,
    CutAfter(Toward),
}

impl Wire {
    /// A wire to the server that listens on this port; it passes everything.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let own = listener.local_addr().expect("it has an address").port();
        let way = Arc::new(Way {
            mode: watch::channel(Mode::default()).0,
            plan: Mutex::default(),
            happened: watch::channel(false).0,
        });
        let mut carrying = JoinSet::new();
        carrying.spawn(take_in(listener, port, Arc::clone(&way)));
        Self { port: own, to_port: port, way, _carrying: carrying }
    }

    /// Where to connect instead of to the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's URL, leading over this wire.
    pub fn instead_of(&self, url: &str) -> String {
        let (server, wire) = (format!(":{}", self.to_port), format!(":{}", self.port));
        let (before, after) = url.rsplit_once(&server).expect("the URL is of this wire's server");
        format!("{before}{wire}{after}")
    }

    /// Plans what is to happen next, once, instead of what was planned before.
    pub fn once(&self, at: At, then: Then) {
        *self.way.plan() = Plan { next: Some((at, then)), n_chunks: 0 };
        self.way.happened.send_replace(false);
    }

    /// Whether what was planned last has happened.
    pub fn has_happened(&self) -> bool {
        *self.way.happened.borrow()
    }

    /// Waits until what was planned last has happened.
    pub async fn happened(&self) {
        let mut happened = self.way.happened.subscribe();
        let waiting = happened.wait_for(|happened| *happened);
        let _ = tokio::time::timeout(HAPPENS_WITHIN, waiting).await.expect("it happens in time");
    }

    /// How many chunks have passed since the last plan, over every connection and both ways.
    pub fn n_chunks(&self) -> u64 {
        self.way.plan().n_chunks
    }

    /// Cuts every connection there is. New ones are carried.
    pub fn cut_all(&self) {
        self.way.mode.send_modify(|mode| mode.cuts += 1);
    }

    /// Cuts every connection there is, and every new one as soon as it is made.
    pub fn shut(&self) {
        self.way.mode.send_modify(|mode| {
            mode.shut = true;
            mode.cuts += 1;
        });
    }

    /// Carries new connections again.
    pub fn open(&self) {
        self.way.mode.send_modify(|mode| mode.shut = false);
    }

    /// Holds everything on its way, and takes on nothing more; nobody is told.
    pub fn freeze(&self) {
        self.way.mode.send_modify(|mode| mode.frozen = true);
    }

    /// Lets everything that was held go on.
    pub fn thaw(&self) {
        self.way.mode.send_modify(|mode| mode.frozen = false);
    }

    /// Lets every chunk wait for so long.
    pub fn delay(&self, delay: Duration) {
        self.way.mode.send_modify(|mode| mode.delay = delay);
    }
}

impl Way {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to happen at this chunk. `seen` keeps the end of what went this way before, so that
    /// bytes that are split between two chunks are found too.
    fn judge(&self, toward: Toward, seen: &mut Vec<u8>, chunk: &[u8]) -> Option<Then> {
        let mut plan = self.plan();
        plan.n_chunks += 1;
        let is_here = match &plan.next {
            None => false,
            Some((At::Chunk(n), _)) => plan.n_chunks == *n,
            Some((At::Bytes(way, wanted), _)) => {
                seen.extend_from_slice(chunk);
                let found = seen.windows(wanted.len()).any(|part| part == wanted.as_slice());
                let kept = seen.len().min(wanted.len().saturating_sub(1));
                seen.drain(..seen.len() - kept);
                *way == toward && found
            }
        };
        let (_, then) = if is_here { plan.next.take() } else { None }?;
        self.happened.send_replace(true);
        Some(then)
    }

    fn freeze(&self) {
        self.mode.send_modify(|mode| mode.frozen = true);
    }
}

async fn take_in(listener: TcpListener, to_port: u16, way: Arc<Way>) {
    let mut lines = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while lines.try_join_next().is_some() {}
        if !way.mode.borrow().shut {
            lines.spawn(carry(client, to_port, Arc::clone(&way)));
        }
    }
}

async fn carry(client: TcpStream, to_port: u16, way: Arc<Way>) {
    let mut mode = way.mode.subscribe();
    let cuts = mode.borrow().cuts;
    let _ = mode.wait_for(|mode| !mode.frozen).await;
    let Ok(server) = TcpStream::connect(("127.0.0.1", to_port)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let end = tokio::select! {
        end = pass(Toward::Server, &mut from_client, &mut to_server, &way) => end,
        end = pass(Toward::Client, &mut from_server, &mut to_client, &way) => end,
        _ = mode.wait_for(|mode| mode.cuts > cuts) => End::Cut,
    };
    if end == End::CutAfter(Toward::Server) {
        // The server is to do what it was told, and learn only then that nobody waits for it.
        drop((from_client, to_client));
        let _ = to_server.shutdown().await;
        let _ = tokio::io::copy(&mut from_server, &mut tokio::io::sink()).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow way is slow by the time it takes")]
async fn pass(toward: Toward, from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, way: &Way) -> End {
    let mut mode = way.mode.subscribe();
    let (mut bytes, mut seen) = (vec![0; CHUNK_BYTES_MAX], Vec::new());
    loop {
        let _ = mode.wait_for(|mode| !mode.frozen).await;
        let n_read = from.read(&mut bytes).await.unwrap_or(0);
        let delay = mode.borrow().delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let chunk = bytes.get(..n_read).unwrap_or_default();
        let then = if chunk.is_empty() { None } else { way.judge(toward, &mut seen, chunk) };
        match then {
            Some(Then::CutBefore) => return End::Cut,
            Some(Then::FreezeBefore) => way.freeze(),
            Some(Then::CutAfter | Then::FreezeAfter) | None => {}
        }
        let _ = mode.wait_for(|mode| !mode.frozen).await;
        if chunk.is_empty() || to.write_all(chunk).await.is_err() {
            return End::Closed;
        }
        match then {
            Some(Then::CutAfter) => return End::CutAfter(toward),
            Some(Then::FreezeAfter) => way.freeze(),
            Some(Then::CutBefore | Then::FreezeBefore) | None => {}
        }
    }
}
