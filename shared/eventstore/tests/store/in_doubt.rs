//! The connection is cut around COMMIT: whether it arrived or not, the command is stored once and
//! its answer is the truth.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use eventstore::Committer;
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::turnstile::{Store, Turnstile, enter, store};

const PASS_ALL: u8 = 0;
const CUT_BEFORE_COMMIT: u8 = 1;
const CUT_AFTER_COMMIT: u8 = 2;

/// A way to Postgres that can be cut once.
struct Wire {
    port: u16,
    cut: Arc<AtomicU8>,
}

async fn wire(to_port: u16, tasks: &TaskTracker) -> Wire {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let cut = Arc::new(AtomicU8::new(PASS_ALL));
    let (inner, mode) = (tasks.clone(), Arc::clone(&cut));
    tasks.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            inner.spawn(carry(client, to_port, Arc::clone(&mode)));
        }
    });
    Wire { port, cut }
}

async fn carry(client: TcpStream, to_port: u16, cut: Arc<AtomicU8>) {
    let server = TcpStream::connect(("127.0.0.1", to_port)).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::io::copy(&mut from_server, &mut to_client);
    let forth = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
            let is_commit = bytes[..n].windows(7).any(|at| at == b"COMMIT\0");
            let mode = if is_commit { cut.swap(PASS_ALL, Ordering::SeqCst) } else { PASS_ALL };
            if mode == CUT_BEFORE_COMMIT || to_server.write_all(&bytes[..n]).await.is_err() {
                return;
            }
            if mode == CUT_AFTER_COMMIT {
                return;
            }
        }
    };
    tokio::select! {
        _ = back => {}
        () = forth => {}
    }
}

async fn with_a_wire(store: &mut Store) -> Wire {
    let direct: PgConnectOptions = store.database.runtime_url.parse().unwrap();
    let wire = wire(direct.get_port(), &store.tasks).await;
    let committer = Committer::start(
        direct.port(wire.port),
        store.clock.clone(),
        &store.tasks,
        store.stop.clone(),
    );
    store.executor =
        eventstore::Executor::new(store.pool.clone(), committer, store.clock.clone(), "test");
    wire
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_and_answered() {
    for mode in [CUT_AFTER_COMMIT, CUT_BEFORE_COMMIT] {
        let mut store = store().await;
        let wire = with_a_wire(&mut store).await;
        let turnstile = Uuid::now_v7();
        store.give(turnstile, enter("")).await.unwrap();

        wire.cut.store(mode, Ordering::SeqCst);
        let command_id = Uuid::now_v7();
        let order = store.order(command_id);
        let receipt = store
            .executor
            .execute::<Turnstile>(turnstile, enter("a"), order.clone())
            .await
            .unwrap();
        assert_eq!((receipt.from_version, receipt.version), (1, 2), "cut {mode}");
        assert_eq!(wire.cut.load(Ordering::SeqCst), PASS_ALL, "the wire was cut");

        let again =
            store.executor.execute::<Turnstile>(turnstile, enter("a"), order).await.unwrap();
        assert_eq!((again.version, again.position), (receipt.version, receipt.position));
        assert_eq!(store.count().await, 2);
        assert!(store.chain_holds().await);
    }
}
