//! Services as processes: told to stop by a signal or by the end of whoever started them, and frozen
//! at the worst moment.

use std::time::Duration;

use boot::Clock;
use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, PgPool};
use testkit::{Http, Issuer, Person, TestDatabase, until};
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;
use uuid::Uuid;

use crate::gatekeeper::{Gatekeeper, keeps_gates_if_told_to};

async fn grounds() -> (TestDatabase, Issuer, Person) {
    let database = testkit::database("gates").await;
    let issuer = Issuer::start(&Clock::machine()).await;
    let person = issuer.person("ana", &json!([]));
    (database, issuer, person)
}

async fn is_ready(http: &Http) {
    until(|| async { http.get(None, "/health/ready", "").await.status == 200 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_or_a_closed_pipe_ends_a_process_within_ten_seconds_with_a_line_and_without_a_fault()
 {
    const THIS_STORY: &str = "processes::a_signal_or_a_closed_pipe_ends_a_process_within_ten_seconds_with_a_line_and_without_a_fault";
    if keeps_gates_if_told_to().await {
        return;
    }
    let (database, issuer, person) = grounds().await;
    let look = PgPool::connect(&database.admin_url).await.unwrap();
    for by in ["TERM", "INT", "a closed pipe"] {
        let mut keeper = Gatekeeper::start(&database, &issuer, THIS_STORY);
        let http = keeper.http();
        is_ready(&http).await;
        let mut other = PgConnection::connect(&database.admin_url).await.unwrap();
        sqlx::raw_sql("begin; select * from log.head for update")
            .execute(&mut other)
            .await
            .unwrap();
        let (gate, body) = (Uuid::now_v7(), json!({ "badge": "" }));
        let path = format!("/v1/gates/{gate}");
        let request = http.request(reqwest::Method::POST, Some(&person), &path);
        let asked = request.header("idempotency-key", "one").json(&body).send();
        let mut slow = tokio::net::TcpStream::connect(keeper_address(&http)).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nx-slow: ").await.unwrap();
        let ending = async {
            wait_for_the_head(&look, 1).await;
            let began = Instant::now();
            match by {
                "a closed pipe" => keeper.close_the_pipe(),
                signal => keeper.signal(signal),
            }
            let (status, log) = keeper.ended().await;
            assert!(began.elapsed() < Duration::from_secs(10), "{by}: {:?}", began.elapsed());
            assert!(status.success(), "{by}: {status}\n{log}");
            log
        };
        // The head is never given back, so nobody can be told that the command is done.
        let (answer, log) = tokio::join!(asked, ending);
        assert!(answer.is_err() || answer.unwrap().status() == 503, "{by}");
        let lines: Vec<Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let said = |message: &str| lines.iter().any(|line| line["message"] == message);
        assert!(said("starting") && said("running"), "{by}: {log}");
        let stopped = lines.last().unwrap()["message"].as_str().unwrap();
        assert!(stopped.starts_with("stopped"), "{by}: {log}");
        sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
        let stored: i64 = sqlx::query_scalar("select count(*) from log.event where stream_id = $1")
            .bind(gate)
            .fetch_one(&mut other)
            .await
            .unwrap();
        assert_eq!(stored, 0, "{by}");
    }
}

/// Where it listens; any answer tells.
fn keeper_address(http: &Http) -> String {
    let request = http.request(reqwest::Method::GET, None, "/").build().unwrap();
    let url = request.url();
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
}

/// Waits until so many wait for the head, which somebody holds.
async fn wait_for_the_head(look: &PgPool, n_expected: i64) {
    until(|| async {
        let n_waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'
                 and datname = current_database()",
        )
        .fetch_one(look)
        .await
        .unwrap();
        n_waiting == n_expected
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_frozen_under_the_heads_lock_stops_another_for_seconds_and_answers_truly_when_it_wakes()
 {
    const THIS_STORY: &str = "processes::a_process_frozen_under_the_heads_lock_stops_another_for_seconds_and_answers_truly_when_it_wakes";
    const GIVEN: usize = 8;
    if keeps_gates_if_told_to().await {
        return;
    }
    let (database, issuer, person) = grounds().await;
    let frozen = Gatekeeper::start(&database, &issuer, THIS_STORY);
    let awake = Gatekeeper::start(&database, &issuer, THIS_STORY);
    let look = PgPool::connect(&database.admin_url).await.unwrap();
    let (to_frozen, to_awake) = (frozen.http(), awake.http());
    is_ready(&to_frozen).await;
    is_ready(&to_awake).await;
    let enter = async |http: &Http, gate: Uuid| {
        let path = format!("/v1/gates/{gate}");
        http.post(&person, &path, &gate.to_string(), &json!({ "badge": "" })).await
    };
    let gates: Vec<Uuid> = (0..GIVEN).map(|_| Uuid::now_v7()).collect();
    let mut other = PgConnection::connect(&database.admin_url).await.unwrap();
    sqlx::raw_sql("begin; select * from log.head for update").execute(&mut other).await.unwrap();
    let giving = join_all(gates.iter().map(|gate| enter(&to_frozen, *gate)));
    let freezing = async {
        // Its session is next in line, and gets the lock when nobody is awake who could use it.
        wait_for_the_head(&look, 1).await;
        frozen.signal("STOP");
        sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
        let began = Instant::now();
        enter(&to_awake, Uuid::now_v7()).await.expect(201);
        let stopped_for = began.elapsed();
        assert!(stopped_for > Duration::from_secs(2), "nobody stood in the way: {stopped_for:?}");
        assert!(stopped_for < Duration::from_secs(6), "{stopped_for:?}");
        frozen.signal("CONT");
    };
    let (answers, ()) = tokio::join!(giving, freezing);
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    let stored: i64 =
        sqlx::query_scalar("select count(*) from log.event").fetch_one(&look).await.unwrap();
    assert_eq!(stored, i64::try_from(GIVEN).unwrap() + 1);
    for (gate, first) in gates.iter().zip(&answers) {
        let again = enter(&to_awake, *gate).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
    }
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    let verdict = eventstore::verify::verify(&mut owner).await.unwrap();
    assert_eq!((verdict.events, verdict.first_break), (stored, None));
}
