//! The connection is cut around COMMIT and at every other step: whether a commit arrived or not, the
//! command is stored once and its answer is the truth.

use eventstore::{Executor, Failure, Overloaded};
use futures::future::join_all;
use testkit::{At, Then, Toward, Wire, until};
use uuid::Uuid;

use crate::turnstile::{Store, Turnstile, enter, store};

const COMMIT: &[u8] = b"COMMIT\0";

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_and_answered() {
    for then in [Then::CutAfter, Then::CutBefore] {
        let store = store().await;
        let (wire, executor) = store.by_a_wire().await;
        let turnstile = Uuid::now_v7();
        store.give(turnstile, enter("")).await.unwrap();

        wire.once(At::Bytes(Toward::Server, COMMIT.to_vec()), then);
        let order = store.order(Uuid::now_v7());
        let receipt =
            executor.execute::<Turnstile>(turnstile, enter("a"), order.clone()).await.unwrap();
        assert_eq!((receipt.from_version, receipt.version), (1, 2), "{then:?}");
        assert!(wire.has_happened());

        let again = executor.execute::<Turnstile>(turnstile, enter("a"), order).await.unwrap();
        assert_eq!((again.version, again.position), (receipt.version, receipt.position));
        assert_eq!(store.count().await, 2);
        assert!(store.chain_holds().await);
    }
}

/// One command by a connection that is cut before its n-th chunk; whether it came so far.
async fn cut_at(store: &Store, n: u64) -> bool {
    let (wire, executor) = store.by_a_wire().await;
    wire.once(At::Chunk(n), Then::CutBefore);
    let (turnstile, order) = (Uuid::now_v7(), store.order(Uuid::now_v7()));
    let give = || executor.execute::<Turnstile>(turnstile, enter(""), order.clone());
    let mut first = give().await;
    // A slow machine may not connect in time; then certainly nothing is stored.
    if matches!(first, Err(Failure::Overloaded(Overloaded::DatabaseAway))) {
        first = give().await;
        assert!(first.as_ref().is_ok_and(|receipt| !receipt.repeated), "{n}");
    }
    let receipt = first.unwrap();
    assert_eq!((receipt.from_version, receipt.version), (0, 1), "{n}");
    let was_cut = wire.has_happened();
    let again = give().await.unwrap();
    assert_eq!((again.position, again.version), (receipt.position, 1), "{n}");
    was_cut
}

#[tokio::test]
async fn a_committer_cut_at_any_step_stores_each_command_once_and_answers_truly() {
    const AT_ONCE: u64 = 8;
    let store = store().await;
    let (mut n_given, mut n_cut) = (0, 0);
    // Cut before what the server says, it has done what it was told; cut before what it is told, it
    // has not. On until a whole group of runs comes to its end before anything is cut.
    for group in 0.. {
        let steps = (1..=AT_ONCE).map(|step| cut_at(&store, group * AT_ONCE + step));
        let cut = join_all(steps).await.into_iter().filter(|cut| *cut).count();
        n_given += i64::try_from(AT_ONCE).unwrap();
        n_cut += cut;
        if cut == 0 {
            break;
        }
    }
    assert!(n_cut > 15, "connecting alone takes more steps than {n_cut}");
    assert_eq!(store.count().await, n_given);
    assert!(store.chain_holds().await);
}

/// A command whose COMMIT arrived and whose answer did not, while the database cannot be reached any
/// more, and one that waits behind it.
async fn in_doubt(store: &Store, wire: &Wire, executor: &Executor) -> [Told; 2] {
    wire.once(At::Bytes(Toward::Server, COMMIT.to_vec()), Then::CutAfter);
    let told = [Uuid::now_v7(), Uuid::now_v7()].map(|id| Told { id, order: store.order(id) });
    let first = told[0].give(executor);
    let cut = async {
        wire.happened().await;
        wire.shut();
        until(|| async { executor.committer().trouble().is_some() }).await;
    };
    // The first goes on waiting in the committer's queue when nobody waits for it here any more.
    tokio::select! {
        answer = first => panic!("answered without knowing: {answer:?}"),
        () = cut => {}
    }
    told
}

struct Told {
    id: Uuid,
    order: eventstore::Order,
}

impl Told {
    async fn give(&self, executor: &Executor) -> eventstore::Outcome {
        executor.execute::<Turnstile>(self.id, enter(""), self.order.clone()).await
    }
}

#[tokio::test]
async fn a_commit_in_doubt_shows_until_the_database_is_back_and_is_then_answered_truly() {
    let store = store().await;
    let (wire, executor) = store.by_a_wire().await;
    let [first, second] = in_doubt(&store, &wire, &executor).await;
    let trouble = executor.committer().trouble().unwrap();
    assert_eq!(trouble, "a commit is in doubt, and the database cannot be asked");
    let back = async {
        assert_eq!(store.count().await, 1, "it was stored all the time");
        wire.open();
    };
    let (one, two, ()) = tokio::join!(first.give(&executor), second.give(&executor), back);
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.repeated && !two.repeated);
    assert_eq!((one.position, two.position), (1, 2));
    assert_eq!(executor.committer().trouble(), None);
    assert_eq!(store.count().await, 2);
}

#[tokio::test]
async fn a_stop_ends_the_looking_and_nobody_is_told_that_nothing_was_done() {
    let store = store().await;
    let (wire, executor) = store.by_a_wire().await;
    wire.once(At::Bytes(Toward::Server, COMMIT.to_vec()), Then::CutAfter);
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let told = |id| Told { id, order: store.order(id) };
    let (first, second) = (told(first), told(second));
    let stop = async {
        wire.happened().await;
        wire.shut();
        until(|| async { executor.committer().trouble().is_some() }).await;
        store.stop.cancel();
    };
    let behind = async {
        wire.happened().await;
        second.give(&executor).await
    };
    let (one, two, ()) = tokio::join!(first.give(&executor), behind, stop);
    assert!(matches!(one, Err(Failure::Overloaded(Overloaded::InDoubt))), "{one:?}");
    assert!(matches!(two, Err(Failure::Overloaded(Overloaded::Stopping))), "{two:?}");
    assert_eq!(store.count().await, 1, "the first was stored, the second was not");
    store.tasks.close();
    store.tasks.wait().await;
}
