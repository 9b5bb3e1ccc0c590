//! Many writers, one order.

use std::collections::HashMap;

use uuid::Uuid;

use crate::turnstile::{Command, enter, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_leave_dense_positions_dense_versions_and_a_whole_chain() {
    let store = store().await;
    let streams: Vec<Uuid> = (0..8).map(|_| Uuid::now_v7()).collect();
    let writers = (0..64).map(|n| {
        let (store, streams) = (&store, &streams);
        async move {
            for round in 0..10 {
                let many = Command::Enter { badges: vec![String::new(); 1 + (n + round) % 3] };
                store.give(streams[(n + round) % 8], many).await.unwrap();
            }
        }
    });
    futures::future::join_all(writers).await;

    let rows: Vec<(i64, Uuid, i64)> =
        sqlx::query_as("select position, stream_id, version from log.event order by position")
            .fetch_all(&store.pool)
            .await
            .unwrap();
    let mut versions: HashMap<Uuid, i64> = HashMap::new();
    for (at, (position, stream, version)) in rows.iter().enumerate() {
        assert_eq!(*position, i64::try_from(at).unwrap() + 1);
        let before = versions.insert(*stream, *version).unwrap_or(0);
        assert_eq!(*version, before + 1);
    }
    let expected: usize = (0..64).flat_map(|n| (0..10).map(move |round| 1 + (n + round) % 3)).sum();
    assert_eq!(rows.len(), expected);
    assert!(store.chain_holds().await);
}

#[tokio::test]
async fn recorded_time_never_runs_backwards_though_the_clock_of_another_process_is_late() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    store.give(turnstile, enter("")).await.unwrap();
    sqlx::query("update log.head set recorded_at = recorded_at + interval '1 hour'")
        .execute(&store.pool)
        .await
        .unwrap();
    store.give(turnstile, enter("")).await.unwrap();
    let ordered: bool = sqlx::query_scalar(
        "select bool_and(recorded_at >= before) from (select recorded_at,
             lag(recorded_at) over (order by position) as before from log.event) e
         where before is not null",
    )
    .fetch_one(&store.pool)
    .await
    .unwrap();
    assert!(ordered);
    assert!(store.chain_holds().await);
}
