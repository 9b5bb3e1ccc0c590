//! Versions, unique keys and data the database refuses: all or nothing per command.

use eventstore::append::{Append, Appended, NewEvent};
use eventstore::{Failure, KeyChange, StreamId, UniqueKey};
use futures::future::join_all;
use uuid::Uuid;

use crate::turnstile::{Command, Turnstile, enter, store};

fn event(payload: &str) -> NewEvent {
    NewEvent {
        event_id: Uuid::now_v7(),
        event_type: "turnstile.shut.v1".to_owned(),
        schema_version: 1,
        payload: payload.to_owned(),
        meta: "{}".to_owned(),
    }
}

#[tokio::test]
async fn whoever_saw_an_older_version_is_told_the_current_one() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    store.give(turnstile, enter("")).await.unwrap();
    store.give(turnstile, enter("")).await.unwrap();
    let mut order = store.order(Uuid::now_v7());
    order.if_match = Some(1);
    let outcome = store.executor.execute::<Turnstile>(turnstile, enter(""), order).await;
    assert!(matches!(outcome, Err(Failure::Stale { version: 2 })));
}

#[tokio::test]
async fn of_decisions_on_the_same_version_one_holds_and_the_others_are_told_to_decide_again() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    let same = (0..12).map(|_| {
        let mut append = Append::nothing(Uuid::now_v7(), StreamId::new("turnstile", turnstile));
        append.events.push(event("{}"));
        store.executor.committer().append(append)
    });
    let answers = join_all(same).await;
    let stored = answers.iter().filter(|one| matches!(one, Ok(Appended::Stored(_)))).count();
    let clashed =
        answers.iter().filter(|one| matches!(one, Ok(Appended::Clash { version: 1 }))).count();
    assert_eq!((stored, clashed), (1, 11));
    assert_eq!(store.count().await, 1);
}

#[tokio::test]
async fn commands_on_one_aggregate_are_all_decided_one_after_another() {
    let store = store().await;
    let turnstile = Uuid::now_v7();
    let all = join_all((0..12).map(|_| store.give(turnstile, enter("")))).await;
    let mut versions: Vec<i64> = all.into_iter().map(|one| one.unwrap().version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=12).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_unique_key_has_one_holder_among_many_who_want_it_at_once() {
    let store = store().await;
    let all = join_all((0..40).map(|_| store.give(Uuid::now_v7(), enter("the badge")))).await;
    let taken = all
        .iter()
        .filter(|one| {
            one.as_ref()
                .unwrap()
                .refusal
                .as_ref()
                .is_some_and(|r| r.code == "turnstile.badge_inside")
        })
        .count();
    assert_eq!(taken, 39);
    assert_eq!(store.count().await, 1);
}

#[tokio::test]
async fn a_released_key_can_be_claimed_by_another_and_only_its_holder_can_release_it() {
    let store = store().await;
    let key = UniqueKey { scope: "badge", value: "b".to_owned() };
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let change = async |stream: Uuid, version: i64, change: KeyChange| {
        let mut append = Append::nothing(Uuid::now_v7(), StreamId::new("turnstile", stream));
        append.expected_version = version;
        append.events.push(event("{}"));
        append.keys.push(change);
        store.executor.committer().append(append).await.unwrap()
    };
    assert!(matches!(change(first, 0, KeyChange::Claim(key.clone())).await, Appended::Stored(_)));
    assert!(matches!(
        change(second, 0, KeyChange::Release(key.clone())).await,
        Appended::Stored(_)
    ));
    assert_eq!(
        change(second, 1, KeyChange::Claim(key.clone())).await,
        Appended::KeyTaken(key.clone())
    );
    assert!(matches!(change(first, 1, KeyChange::Release(key.clone())).await, Appended::Stored(_)));
    assert!(matches!(change(second, 1, KeyChange::Claim(key)).await, Appended::Stored(_)));
}

#[tokio::test]
async fn data_the_database_refuses_fails_alone() {
    let store = store().await;
    let good = (0..10).map(|n| {
        let mut append =
            Append::nothing(Uuid::now_v7(), StreamId::new("turnstile", Uuid::now_v7()));
        let payload = match n {
            3 => r#"{"twice":1,"twice":2}"#,
            5 => "{\"nul\":\"\0\"}",
            7 => "[]",
            _ => "{}",
        };
        append.events.push(event(payload));
        store.executor.committer().append(append)
    });
    let answers = join_all(good).await;
    for (n, answer) in answers.into_iter().enumerate() {
        let unstorable = matches!(answer.unwrap(), Appended::Unstorable { .. });
        assert_eq!(unstorable, [3, 5, 7].contains(&n), "command {n}");
    }
    assert_eq!(store.count().await, 7);
    assert!(store.chain_holds().await);
}

#[tokio::test]
async fn an_event_above_its_limit_is_refused_before_the_database() {
    let store = store().await;
    let outcome = store.give(Uuid::now_v7(), enter(&"x".repeat(300_000))).await;
    assert!(matches!(outcome, Err(Failure::Unwritable(_))));
    let fits = store.give(Uuid::now_v7(), Command::Enter { badges: vec![String::new()] }).await;
    assert!(fits.is_ok());
}
