//! What whoever asks is told when the database is slow, silent or gone, when too many ask, and when
//! they themselves hang up: always the truth, and the same again on a repeat.

use futures::future::join_all;
use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use testkit::{Answer, At, Http, Then, Toward, Wire, until};
use uuid::Uuid;

use crate::gate::{FOLLOWED, behind};
use crate::house::{House, house};

const COMMIT: &[u8] = b"COMMIT\0";

#[tokio::test]
async fn of_more_requests_than_are_borne_the_surplus_is_asked_to_come_back_and_none_is_lost_or_doubled()
 {
    const BORNE: usize = 1024;
    const SURPLUS: usize = 60;
    let house = house().await;
    house.is_well().await;
    house.enters(Uuid::now_v7(), "first", "").await.expect(201);
    let mut other = PgConnection::connect(&house.database.admin_url).await.unwrap();
    sqlx::raw_sql("begin; select * from log.head for update").execute(&mut other).await.unwrap();
    let gates: Vec<Uuid> = (0..BORNE + SURPLUS).map(|_| Uuid::now_v7()).collect();
    let enters = |gate: &Uuid| {
        let (gate, house) = (*gate, &house);
        async move { (gate, house.enters(gate, &gate.to_string(), "").await) }
    };
    let mut answers: stream::FuturesUnordered<_> = gates.iter().map(enters).collect();
    let mut turned_away = Vec::new();
    while turned_away.len() < SURPLUS {
        let (gate, answer) = answers.next().await.unwrap();
        let answer = answer.expect(503);
        assert_eq!(answer.code(), "server.busy");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.headers["retry-after"], "1");
        turned_away.push(gate);
    }
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    let rest: Vec<(Uuid, Answer)> = answers.collect().await;
    let (done, undone): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|(_, answer)| answer.status == 201);
    // On a slow machine some wait too long for a connection; they are asked to come back, too.
    for (gate, answer) in undone {
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.headers.contains_key("retry-after"));
        turned_away.push(gate);
    }
    for (gate, answer) in done.iter().step_by(20) {
        same(answer, &house.enters(*gate, &gate.to_string(), "").await);
    }
    for some in turned_away.chunks(64) {
        for answer in join_all(some.iter().map(enters)).await {
            assert_eq!(answer.1.status, 201, "{}", answer.1.text);
        }
    }
    let n_stored: i64 =
        sqlx::query_scalar("select count(*) from log.event").fetch_one(&house.pool).await.unwrap();
    assert_eq!(n_stored, 1 + i64::try_from(BORNE + SURPLUS).unwrap());
}

/// The same answer in every byte; only when it was given may differ.
fn same(first: &Answer, again: &Answer) {
    let all = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("date");
        (answer.status, headers, answer.text.clone())
    };
    assert_eq!(all(first), all(again));
}

#[tokio::test]
async fn a_client_that_hangs_up_before_the_answer_is_given_the_first_answer_when_it_comes_again() {
    let house = house().await;
    house.is_well().await;
    let clients = Wire::to(house.running.address.port()).await;
    let by_wire = Http::to(([127, 0, 0, 1], clients.port()).into());
    for then in [Then::CutBefore, Then::CutAfter] {
        for toward in [Toward::Server, Toward::Client] {
            let (gate, key) = (Uuid::now_v7(), Uuid::now_v7().to_string());
            let path = format!("/v1/gates/{gate}");
            let seen = match toward {
                Toward::Server => b"idempotency-key".to_vec(),
                Toward::Client => b"HTTP/1.1 201".to_vec(),
            };
            clients.once(At::Bytes(toward, seen), then);
            let request = by_wire.request(Method::POST, Some(&house.person), &path);
            let sent = request.header("idempotency-key", &key).json(&json!({ "badge": "" }));
            let lost = sent.send().await;
            assert!(clients.has_happened());
            // Cut after the answer, the client has it.
            assert_eq!(lost.is_ok(), (then, toward) == (Then::CutAfter, Toward::Client));
            let again = house.enters(gate, &key, "").await;
            let again = if again.code() == "command.still_running" {
                until(|| async { house.enters(gate, &key, "").await.status == 201 }).await;
                house.enters(gate, &key, "").await
            } else {
                again
            };
            assert_eq!(again.status, 201, "{}", again.text);
            same(&again, &house.enters(gate, &key, "").await);
            assert_eq!(house.entered(gate).await.0, 1, "{then:?} {toward:?}");
        }
    }
}

#[tokio::test]
async fn a_commit_whose_answer_the_service_did_not_hear_is_answered_truly_and_again_in_every_byte()
{
    let house = house().await;
    house.is_well().await;
    for then in [Then::CutBefore, Then::CutAfter] {
        let gate = Uuid::now_v7();
        house.wire.once(At::Bytes(Toward::Server, COMMIT.to_vec()), then);
        let first = house.enters(gate, &gate.to_string(), "").await.expect(201);
        assert!(house.wire.has_happened());
        same(&first, &house.enters(gate, &gate.to_string(), "").await);
        assert_eq!(house.entered(gate).await.0, 1);
    }
}

#[tokio::test]
async fn while_a_commit_is_in_doubt_nobody_waits_for_ever_and_a_repeat_is_told_what_came_of_it() {
    let house = house().await;
    house.is_well().await;
    let (gate, other) = (Uuid::now_v7(), Uuid::now_v7());
    house.wire.once(At::Bytes(Toward::Server, COMMIT.to_vec()), Then::CutAfter);
    let lost = async {
        house.wire.happened().await;
        house.wire.shut();
        house.lacks("committer").await;
    };
    let (first, behind, ()) = tokio::join!(
        house.enters(gate, "one", ""),
        async {
            house.wire.happened().await;
            house.enters(other, "two", "").await
        },
        lost
    );
    let first = first.expect(503);
    assert_eq!(first.code(), "server.too_slow");
    assert!(first.text.contains("it is not known yet whether it did"), "{}", first.text);
    assert!(first.headers.contains_key("retry-after"));
    behind.expect(503);
    house.wire.open();
    house.is_well().await;
    let again = house.enters(gate, "one", "").await.expect(201);
    same(&again, &house.enters(gate, "one", "").await);
    house.enters(other, "two", "").await.expect(201);
    assert_eq!((house.entered(gate).await.0, house.entered(other).await.0), (1, 1));
}

/// A command whose policy gives another, with whatever connection carries the n-th chunk cut there.
async fn cut_at(house: &House, n: u64, then: Then) -> bool {
    house.wire.once(At::Chunk(n), then);
    let (gate, key) = (Uuid::now_v7(), Uuid::now_v7().to_string());
    until(|| async { house.enters(gate, &key, FOLLOWED).await.status == 201 }).await;
    until(|| async { house.entered(behind(gate)).await == (1, Some(1)) }).await;
    assert_eq!(house.entered(gate).await, (1, Some(1)), "{then:?} {n}");
    house.wire.has_happened()
}

#[tokio::test]
async fn wherever_a_services_connections_are_cut_rows_are_right_and_policies_command_once() {
    let house = house().await;
    house.is_well().await;
    let mut n_cut = 0;
    // What looks again by itself makes chunks too, so no run is ever over; enough is enough.
    for n in 1..=30 {
        let then = if n % 2 == 0 { Then::CutBefore } else { Then::CutAfter };
        n_cut += usize::from(cut_at(&house, n, then).await);
    }
    assert!(n_cut >= 25, "{n_cut} of 30 were cut");
    let n_twice: i64 = sqlx::query_scalar(
        "select count(*) from (select stream_id from log.event where event_type = 'gate.entered.v1'
             group by stream_id having count(*) <> 1) twice",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(n_twice, 0);
    house.is_well().await;
    let mut owner = PgConnection::connect(&house.database.owner_url).await.unwrap();
    assert!(eventstore::verify::verify(&mut owner).await.unwrap().first_break.is_none());
}
