//! A stop comes to its end within ten seconds whatever state the service is in: what is under way is
//! answered truly or not at all, and nothing that was answered is lost.

use std::time::Duration;

use boot::Ended;
use futures::FutureExt as _;
use sqlx::{Connection as _, PgConnection};
use testkit::{Wire, until};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;
use uuid::Uuid;

use crate::conditions::{a_nats, settings};
use crate::house::{House, house, house_with};

const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// Stops the service, and holds it to its time.
async fn stopped(house: &House) -> Ended {
    let began = Instant::now();
    let ended = house.running.stop().await;
    assert!(began.elapsed() < STOPS_WITHIN, "{:?}", began.elapsed());
    assert!(TcpStream::connect(house.running.address).await.is_err(), "nobody is taken in");
    ended
}

/// Waits until a session of the service's does this in its database.
async fn does(house: &House, what: &str) {
    until(|| async {
        let n_doing: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database()
                 and pid <> pg_backend_pid() and state = 'active' and query like $1",
        )
        .bind(what)
        .fetch_one(&house.pool)
        .await
        .unwrap();
        n_doing > 0
    })
    .await;
}

#[tokio::test]
async fn what_is_under_way_is_answered_and_whoever_says_nothing_keeps_nobody() {
    let house = house().await;
    house.is_well().await;
    let mut other = PgConnection::connect(&house.database.admin_url).await.unwrap();
    sqlx::raw_sql("begin; select * from log.head for update").execute(&mut other).await.unwrap();
    let gate = Uuid::now_v7();
    let mut slow = TcpStream::connect(house.running.address).await.unwrap();
    slow.write_all(b"GET /v1/gates/x HTTP/1.1\r\nx-slow: ").await.unwrap();
    let mut idle = TcpStream::connect(house.running.address).await.unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);
    let reading = house.http.request(reqwest::Method::GET, Some(&house.person), "/v1/long").send();
    let stop_while_under_way = async {
        does(&house, "%for update%").await;
        does(&house, "%pg_sleep%").await;
        let release = async {
            // The idle line is cut as soon as the service stops.
            assert_eq!(idle.read(&mut [0; 1024]).await.unwrap(), 0);
            sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
        };
        let (ended, ()) = tokio::join!(stopped(&house), release);
        ended
    };
    let entering = house.enters(gate, "one", "");
    let (answer, read, ended) = tokio::join!(entering, reading, stop_while_under_way);
    answer.expect(201);
    assert!(read.is_err(), "a read that takes a minute is not waited for");
    assert_eq!(house.entered(gate).await.0, 1);
    assert_eq!(ended, Ended::Whole);
    let rest = slow.read_to_end(&mut Vec::new()).await;
    assert!(rest.is_ok_and(|n_read| n_read == 0) || rest_is_cut(&mut slow).await);
}

async fn rest_is_cut(line: &mut TcpStream) -> bool {
    line.read(&mut [0; 1]).await.is_ok_and(|n_read| n_read == 0)
}

#[tokio::test]
async fn a_database_that_stands_still_keeps_no_stop_and_the_command_is_found_or_done_later() {
    let house = house().await;
    house.is_well().await;
    house.wire.freeze();
    let gate = Uuid::now_v7();
    let path = format!("/v1/gates/{gate}");
    let request = house.http.request(reqwest::Method::POST, Some(&house.person), &path);
    let body = serde_json::json!({ "badge": "" });
    let asked = request.header("idempotency-key", "one").json(&body).send();
    let stop = async {
        tokio::task::yield_now().await;
        stopped(&house).await
    };
    let (answer, _) = tokio::join!(asked, stop);
    if let Ok(answer) = answer {
        assert_eq!(answer.status(), 503);
    }
    house.wire.thaw();
    assert!(house.entered(gate).await.0 <= 1);
}

#[tokio::test]
async fn a_nats_that_stands_still_keeps_no_stop() {
    let nats = a_nats().await;
    let wire = Wire::to(nats.server.port()).await;
    let mut told = settings(&nats, "opportunities");
    told.url = wire.instead_of(&told.url);
    let house = house_with("opportunities", |config| config.nats = Some(told)).await;
    house.is_well().await;
    wire.freeze();
    house.enters(Uuid::now_v7(), "one", "").await.expect(201);
    assert!(house.running.ended().now_or_never().is_none());
    assert_eq!(stopped(&house).await, Ended::Whole);
}
