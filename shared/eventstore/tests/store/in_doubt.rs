//! The connection is cut around COMMIT: whether it arrived or not, the command is stored once and
//! its answer is the truth.

use eventstore::Committer;
use sqlx::postgres::PgConnectOptions;
use testkit::{At, Then, Toward, Wire};
use uuid::Uuid;

use crate::turnstile::{Store, Turnstile, enter, store};

async fn with_a_wire(store: &mut Store) -> Wire {
    let direct: PgConnectOptions = store.database.runtime_url.parse().unwrap();
    let wire = Wire::to(direct.get_port()).await;
    let committer = Committer::start(
        direct.port(wire.port()),
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
    for then in [Then::CutAfter, Then::CutBefore] {
        let mut store = store().await;
        let wire = with_a_wire(&mut store).await;
        let turnstile = Uuid::now_v7();
        store.give(turnstile, enter("")).await.unwrap();

        wire.once(At::Bytes(Toward::Server, b"COMMIT\0".to_vec()), then);
        let command_id = Uuid::now_v7();
        let order = store.order(command_id);
        let receipt = store
            .executor
            .execute::<Turnstile>(turnstile, enter("a"), order.clone())
            .await
            .unwrap();
        assert_eq!((receipt.from_version, receipt.version), (1, 2), "{then:?}");
        assert!(wire.has_happened());

        let again =
            store.executor.execute::<Turnstile>(turnstile, enter("a"), order).await.unwrap();
        assert_eq!((again.version, again.position), (receipt.version, receipt.position));
        assert_eq!(store.count().await, 2);
        assert!(store.chain_holds().await);
    }
}
