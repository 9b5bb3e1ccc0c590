//! A command is carried out once, however often it comes.

use eventstore::Failure;
use futures::future::join_all;
use uuid::Uuid;

use crate::turnstile::{Command, Turnstile, enter, store};

#[tokio::test]
async fn a_thousand_twins_leave_one_event_and_agree_on_it() {
    let store = store().await;
    let (turnstile, command_id) = (Uuid::now_v7(), Uuid::now_v7());
    let twins = (0..1000).map(|_| {
        store.executor.execute::<Turnstile>(turnstile, enter("a"), store.order(command_id))
    });
    let mut receipts = Vec::new();
    for outcome in join_all(twins).await {
        match outcome {
            Ok(receipt) => receipts.push((receipt.version, receipt.position, receipt.from_version)),
            Err(Failure::StillRunning) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert!(!receipts.is_empty());
    assert!(receipts.iter().all(|receipt| *receipt == (1, 1, 0)));
    assert_eq!(store.count().await, 1);
}

#[tokio::test]
async fn another_request_under_a_used_key_is_told_so() {
    let store = store().await;
    let (turnstile, command_id) = (Uuid::now_v7(), Uuid::now_v7());
    let order = store.order(command_id);
    store.executor.execute::<Turnstile>(turnstile, enter(""), order.clone()).await.unwrap();
    let mut other = order;
    other.request_hash = b"another request".to_vec();
    let outcome = store.executor.execute::<Turnstile>(turnstile, enter(""), other).await;
    assert!(matches!(outcome, Err(Failure::OtherRequest)));
    assert_eq!(store.count().await, 1);
}

#[tokio::test]
async fn a_refusal_is_remembered_even_when_the_rule_would_now_say_yes() {
    let store = store().await;
    let (here, there, command_id) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    store.give(here, Command::Shut).await.unwrap();
    let first = store
        .executor
        .execute::<Turnstile>(here, enter("a"), store.order(command_id))
        .await
        .unwrap();
    assert_eq!(first.refusal.as_ref().unwrap().code, "turnstile.shut");
    let again = store
        .executor
        .execute::<Turnstile>(there, enter("a"), store.order(command_id))
        .await
        .unwrap();
    assert_eq!(again.refusal, first.refusal);
    assert_eq!(again.stream.id, here);
    assert_eq!(store.count().await, 1);
}

#[tokio::test]
async fn a_command_already_fulfilled_leaves_no_event_but_is_remembered() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    store.give(turnstile, Command::Shut).await.unwrap();
    let receipt = store.give(turnstile, Command::Shut).await.unwrap();
    assert_eq!((receipt.from_version, receipt.version, receipt.position), (1, 1, 1));
    assert_eq!(store.count().await, 1);
    let remembered: i64 = sqlx::query_scalar("select count(*) from log.command")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(remembered, 2);
}
