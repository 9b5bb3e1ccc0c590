//! Whoever holds the head and does nothing with it stops nobody for long; and who waits behind it is
//! answered truly, or told at once that too many wait.

use std::time::Duration;

use eventstore::{Executor, Failure, Overloaded};
use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _, stream};
use sqlx::{Connection as _, PgConnection};
use testkit::{At, Then, Toward, Wire, until};
use tokio::time::Instant;
use uuid::Uuid;

use crate::turnstile::{Store, Turnstile, enter, store};

/// A process that stands still as soon as it has the head's lock.
async fn frozen_with_the_lock(store: &Store) -> (Wire, Executor) {
    let log_id: Uuid =
        sqlx::query_scalar("select log_id from log.head").fetch_one(&store.pool).await.unwrap();
    let (wire, executor) = store.by_a_wire().await;
    // Nothing but the locked head tells a committer which log it is.
    wire.once(At::Bytes(Toward::Client, log_id.as_bytes().to_vec()), Then::FreezeBefore);
    (wire, executor)
}

#[tokio::test]
async fn processes_frozen_under_the_lock_stop_the_others_for_seconds_and_find_their_answer_later() {
    const GIVEN: usize = 40;
    let store = store().await;
    let frozen = [frozen_with_the_lock(&store).await, frozen_with_the_lock(&store).await];
    let theirs = [Uuid::now_v7(), Uuid::now_v7()];
    let their_answers =
        join_all(frozen.iter().zip(theirs).map(|((_, executor), id)| {
            executor.execute::<Turnstile>(id, enter(""), store.order(id))
        }));
    let others = async {
        frozen[0].0.happened().await;
        let began = Instant::now();
        let answers = join_all((0..GIVEN).map(|_| store.give(Uuid::now_v7(), enter("")))).await;
        for answer in answers {
            assert_eq!(answer.unwrap().version, 1);
        }
        // Both had the lock, one after the other, each for as long as a session may idle.
        frozen[1].0.happened().await;
        assert!(began.elapsed() > Duration::from_secs(2), "nobody stood in the way");
        assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
        assert_eq!(store.count().await, i64::try_from(GIVEN).unwrap());
        for (wire, _) in &frozen {
            wire.thaw();
        }
    };
    let (answers, ()) = tokio::join!(their_answers, others);
    for (answer, id) in answers.into_iter().zip(theirs) {
        let receipt = answer.unwrap();
        assert_eq!((receipt.stream.id, receipt.version, receipt.repeated), (id, 1, false));
    }
    assert_eq!(store.count().await, i64::try_from(GIVEN).unwrap() + 2);
    assert!(store.chain_holds().await);
}

/// Somebody else who holds the head.
async fn holding_the_head(store: &Store) -> PgConnection {
    let mut other = PgConnection::connect(&store.database.admin_url).await.unwrap();
    sqlx::raw_sql("begin; select * from log.head for update").execute(&mut other).await.unwrap();
    other
}

#[tokio::test]
async fn of_more_commands_than_can_wait_the_surplus_is_told_at_once_and_none_is_lost_or_doubled() {
    /// What the queue and the batch before it take.
    const BORNE: usize = 1024 + 256;
    const SURPLUS: usize = 120;
    let store = store().await;
    store.give(Uuid::now_v7(), enter("")).await.unwrap();
    let mut other = holding_the_head(&store).await;
    let orders: Vec<_> = (0..BORNE + SURPLUS).map(|_| store.order(Uuid::now_v7())).collect();
    let give = |order: &eventstore::Order| {
        let (id, order) = (order.command_id, order.clone());
        let store = &store;
        async move { (id, store.executor.execute::<Turnstile>(id, enter(""), order).await) }
    };
    let mut answers: stream::FuturesUnordered<_> = orders.iter().map(give).collect();
    let mut turned_away = Vec::new();
    let mut told = Vec::new();
    // How many the batch that waits for the head holds is chance, so more than these may be told.
    loop {
        let answer = if turned_away.len() < SURPLUS {
            answers.next().await
        } else {
            answers.next().now_or_never().flatten()
        };
        match answer {
            Some((id, Err(Failure::Overloaded(Overloaded::QueueFull)))) => turned_away.push(id),
            Some(other) => panic!("whoever has room waits for the head, and yet: {other:?}"),
            None => break,
        }
    }
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(receipt) => told.push((id, receipt)),
            Err(Failure::Overloaded(Overloaded::QueueFull)) => turned_away.push(id),
            Err(other) => panic!("{other:?}"),
        }
    }
    drop(answers);
    assert_eq!(told.len() + turned_away.len(), orders.len());
    assert_eq!(store.count().await, 1 + i64::try_from(told.len()).unwrap());

    for order in orders.iter().filter(|order| turned_away.contains(&order.command_id)) {
        assert!(!give(order).await.1.unwrap().repeated, "nothing of it had been stored");
    }
    for order in orders.iter().step_by(50) {
        let (id, again) = give(order).await;
        let again = again.unwrap();
        assert!(again.repeated);
        if let Some((_, first)) = told.iter().find(|(told, _)| *told == id) {
            assert_eq!((again.position, again.version), (first.position, first.version));
        }
    }
    assert_eq!(store.count().await, 1 + i64::try_from(orders.len()).unwrap());
    assert!(store.chain_holds().await);
}

#[tokio::test]
async fn a_command_whose_caller_has_gone_is_carried_out_once_and_a_repeat_is_told_what_came_of_it()
{
    let store = store().await;
    let mut other = holding_the_head(&store).await;
    let (turnstile, order) = (Uuid::now_v7(), store.order(Uuid::now_v7()));
    let give = || store.executor.execute::<Turnstile>(turnstile, enter(""), order.clone());
    let waits_for_the_lock = || async {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'
                 and datname = current_database()",
        )
        .fetch_one(&store.pool)
        .await
        .unwrap();
        waiting == 1
    };
    tokio::select! {
        answer = give() => panic!("the head is locked, and yet: {answer:?}"),
        () = until(waits_for_the_lock) => {}
    }
    let release = async {
        // The repeat is on its way before anything can be known of the first.
        tokio::task::yield_now().await;
        sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    };
    let (again, ()) = tokio::join!(give(), release);
    assert_eq!((again.unwrap().version, store.count().await), (1, 1));
    assert!(give().await.unwrap().repeated);
    assert_eq!(store.count().await, 1);
}

#[tokio::test]
async fn a_head_that_somebody_keeps_turns_commands_away_and_the_committer_says_why() {
    let store = store().await;
    let mut other = holding_the_head(&store).await;
    let giving = store.give(Uuid::now_v7(), enter(""));
    let watching = async {
        until(|| async { store.executor.committer().trouble().is_some() }).await;
        let trouble = store.executor.committer().trouble().unwrap();
        assert_eq!(trouble, "somebody else holds the head of the log");
        sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    };
    let (answer, ()) = tokio::join!(giving, watching);
    assert_eq!(answer.unwrap().version, 1);
    assert_eq!(store.executor.committer().trouble(), None);
}
