//! An event that cannot be folded holds back its own stream, and nothing else; and the two ways on.

use std::sync::atomic::Ordering;
use std::time::Duration;

use eventstore::view::parked::parked;
use eventstore::view::{Trouble, upkeep};
use sqlx::PgPool;
use uuid::Uuid;

use crate::tally::{BREAKS, REFUSED, Tally, UNREADABLE, entered, keeper};
use crate::turnstile::{enter, store};

/// The longest that anybody may wait for what is not parked.
const LAG_MAX: Duration = Duration::from_secs(2);

async fn names_on_record(pool: &PgPool) -> Vec<String> {
    let id = upkeep::stream("gates", "tally").id;
    sqlx::query_scalar(
        "select event_type from log.event where stream_type = 'view' and stream_id = $1
         order by version",
    )
    .bind(id)
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn an_event_that_cannot_be_folded_parks_its_stream_while_all_others_go_on() {
    for poison in [UNREADABLE, BREAKS, REFUSED] {
        let store = store().await;
        let tally = Tally::default();
        let (parked_one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let (progress, _stop) = tally.follow(&store);
        store.give(parked_one, enter("")).await.unwrap();
        store.give(parked_one, enter(poison)).await.unwrap();
        store.give(other, enter("")).await.unwrap();
        let last = store.give(parked_one, enter("after")).await.unwrap().position;
        assert!(progress.wait_for("gates", last, LAG_MAX).await, "{poison}");
        assert_eq!(entered(&store, parked_one).await, Some(1), "{poison}: up to what failed");
        assert_eq!(entered(&store, other).await, Some(1), "{poison}");
        let all = parked(&store.pool).await.unwrap();
        let [one] = all.as_slice() else { panic!("{poison}: {all:?}") };
        assert_eq!((one.stream.id, one.from_version, one.position), (parked_one, 2, 2));
        let told: Vec<usize> = progress.now().values().map(|it| it.parked).collect();
        assert_eq!(told, [1]);
        let last = store.give(other, enter("later")).await.unwrap().position;
        assert!(progress.wait_for("gates", last, LAG_MAX).await, "{poison}");
        assert_eq!(entered(&store, other).await, Some(2), "{poison}");
    }
}

#[tokio::test]
async fn poison_in_a_whole_batch_is_found_by_its_stream_alone() {
    let store = store().await;
    let streams: Vec<Uuid> = (0..40).map(|_| Uuid::now_v7()).collect();
    for stream in &streams {
        store.give(*stream, enter("")).await.unwrap();
    }
    for (n, poison) in [(3, REFUSED), (17, UNREADABLE), (29, BREAKS)] {
        store.give(streams[n], enter(poison)).await.unwrap();
    }
    for stream in &streams {
        store.give(*stream, enter("")).await.unwrap();
    }
    let tally = Tally::default();
    tally.catch_up(&store).await;
    for (n, stream) in streams.iter().enumerate() {
        let expected = if [3, 17, 29].contains(&n) { 1 } else { 2 };
        assert_eq!(entered(&store, *stream).await, Some(expected), "stream {n}");
    }
    assert_eq!(parked(&store.pool).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_parked_stream_is_resumed_once_it_can_be_folded_and_somebody_stands_for_it() {
    let store = store().await;
    let (tally, stream) = (Tally::default(), Uuid::now_v7());
    let (progress, _stop) = tally.follow(&store);
    store.give(stream, enter(UNREADABLE)).await.unwrap();
    let last = store.give(stream, enter("after")).await.unwrap().position;
    assert!(progress.wait_for("gates", last, LAG_MAX).await);
    assert_eq!(entered(&store, stream).await, None);

    let operator = keeper(&store);
    let still = tally.care(&store).resume(stream, &operator).await;
    assert!(matches!(still, Err(Trouble::Poison(it)) if it.position == 1));
    assert!(names_on_record(&store.pool).await.is_empty(), "what was not done is not on record");

    tally.is_mended.store(true, Ordering::SeqCst);
    tally.care(&store).resume(stream, &operator).await.unwrap();
    assert_eq!(entered(&store, stream).await, Some(2));
    assert_eq!(names_on_record(&store.pool).await, ["view.stream_resumed.v1"]);
    assert!(parked(&store.pool).await.unwrap().is_empty());
    let again = tally.care(&store).resume(stream, &operator).await;
    assert!(matches!(again, Err(Trouble::Nothing(_))));

    // Whoever follows notices, and folds what comes next.
    let last = store.give(stream, enter("later")).await.unwrap().position;
    assert!(progress.wait_for("gates", last, LAG_MAX).await);
    assert_eq!(entered(&store, stream).await, Some(3));
    assert!(progress.now().values().all(|it| it.parked == 0));
    let actor: String = sqlx::query_scalar(
        "select meta::json->'actor'->>'person' from log.event where stream_type = 'view'",
    )
    .fetch_one(&store.pool)
    .await
    .unwrap();
    assert_eq!(actor, Uuid::from_u128(7).to_string());
}

#[tokio::test]
async fn an_event_is_skipped_for_a_reason_and_stays_left_out_when_the_view_is_made_again() {
    let store = store().await;
    let (tally, stream) = (Tally::default(), Uuid::now_v7());
    let (progress, _stop) = tally.follow(&store);
    store.give(stream, enter("before")).await.unwrap();
    let poison = store.give(stream, enter(REFUSED)).await.unwrap().position;
    let last = store.give(stream, enter("after")).await.unwrap().position;
    assert!(progress.wait_for("gates", last, LAG_MAX).await);

    let (care, operator) = (tally.care(&store), keeper(&store));
    let without_reason = care.skip(poison, " ", &operator).await;
    assert!(matches!(without_reason, Err(Trouble::NotRecorded(_))));
    assert!(matches!(care.skip(99, "why", &operator).await, Err(Trouble::Nothing(_))));
    let failed = care.rebuild(|_, _| {}).await;
    assert!(failed.is_ok(), "what is parked already may be parked beside: {failed:?}");

    care.skip(poison, "a badge that cannot be", &operator).await.unwrap();
    care.skip(poison, "a badge that cannot be", &operator).await.unwrap();
    assert_eq!(names_on_record(&store.pool).await, ["view.event_skipped.v1"]);
    assert_eq!(entered(&store, stream).await, Some(2));
    let last = store.give(stream, enter("later")).await.unwrap().position;
    assert!(progress.wait_for("gates", last, LAG_MAX).await);
    assert_eq!(entered(&store, stream).await, Some(3));

    let anew = Tally { version: 1, ..tally.clone() };
    anew.catch_up(&store).await;
    assert_eq!(entered(&store, stream).await, Some(3), "skipped for ever");
    assert!(parked(&store.pool).await.unwrap().iter().all(|it| it.generation == 1));
}

#[tokio::test]
async fn what_is_made_beside_fails_by_the_name_of_an_event_rather_than_park_it_unseen() {
    let store = store().await;
    let (tally, stream) = (Tally::default(), Uuid::now_v7());
    tally.is_mended.store(true, Ordering::SeqCst);
    store.give(stream, enter("before")).await.unwrap();
    let poison = store.give(stream, enter(UNREADABLE)).await.unwrap().position;
    tally.catch_up(&store).await;
    tally.is_mended.store(false, Ordering::SeqCst);
    for _ in 0..2 {
        let failed = tally.care(&store).rebuild(|_, _| {}).await;
        let Err(Trouble::Poison(it)) = failed else { panic!("{failed:?}") };
        assert_eq!((it.position, it.event_type.as_str()), (poison, "turnstile.entered.v1"));
    }
    assert!(parked(&store.pool).await.unwrap().is_empty());
    assert_eq!(entered(&store, stream).await, Some(2), "what is read is as it was");
}
