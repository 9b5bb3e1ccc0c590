//! After a restore, or a forgery, streams and log tell different stories. The relay says so and
//! publishes nothing until a human has looked.

use eventstore::Progress;
use messaging::{Halt, RelayStatus};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use testkit::TestDatabase;

use crate::readers::{AnswerOpenings, Heard};
use crate::world::{ADMIN, Running, Service, World, published, reached, within};

/// A copy of the database as it is now; nobody may be connected to it.
async fn copy(database: &TestDatabase) -> TestDatabase {
    let (server, name) = database.admin_url.rsplit_once('/').unwrap();
    let name = name.split('?').next().unwrap();
    let copied = format!("{name}_copy");
    let elsewhere = format!("{server}/postgres");
    let mut admin = PgConnection::connect(&elsewhere).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {copied} template {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    let at = |url: &str| format!("{}/{copied}", url.rsplit_once('/').unwrap().0);
    TestDatabase {
        admin_url: at(&database.admin_url),
        owner_url: at(&database.owner_url),
        runtime_url: at(&database.runtime_url),
        owner_role: database.owner_role.clone(),
        runtime_role: database.runtime_role.clone(),
    }
}

/// A service whose streams hold five openings and whose database was put back to the third.
async fn restored(world: &World) -> Service {
    let service = world.service("opportunities").await;
    service.publish_up_to(service.open(3).await).await;
    let database = service.close().await;
    let backup = copy(&database).await;
    let service = world.service_on("opportunities", database).await;
    service.publish_up_to(service.open(2).await).await;
    service.close().await;
    world.service_on("opportunities", backup).await
}

async fn halted(relay: &Running<RelayStatus>) -> Halt {
    within("the relay halts", relay.status.clone(), |status| status.halted.is_some())
        .await
        .halted
        .unwrap()
}

#[tokio::test]
async fn a_log_older_than_its_stream_halts_the_relay_which_says_so() {
    let world = World::new().await;
    let service = restored(&world).await;
    let relay = service.relay().await;
    let halt = halted(&relay).await;
    assert!(matches!(halt, Halt::Ahead { published: 5, head: 3, .. }), "{halt}");
    assert!(halt.to_string().contains("deploy/runbooks/relay-halted.md"));
    service.open(1).await;
    relay.stop().await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 5);
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 5);
}

#[tokio::test]
async fn a_log_that_went_another_way_after_a_restore_halts_the_relay() {
    let world = World::new().await;
    let service = restored(&world).await;
    service.open(9).await;
    let relay = service.relay().await;
    let halt = halted(&relay).await;
    assert!(matches!(halt, Halt::OtherHistory { published: 5, .. }), "{halt}");
    relay.stop().await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 5);
}

#[tokio::test]
async fn a_fresh_database_under_old_streams_halts_the_relay() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    service.publish_up_to(service.open(2).await).await;
    service.close().await;
    let fresh = world.service("opportunities").await;
    fresh.open(4).await;
    let relay = fresh.relay().await;
    let halt = halted(&relay).await;
    assert!(matches!(halt, Halt::OtherLog { published: 2, .. }), "{halt}");
    relay.stop().await;
    assert_eq!(world.messages_in("LOG_OPPORTUNITIES").await, 2);
}

#[tokio::test]
async fn a_message_somebody_else_put_into_a_stream_halts_the_relay_before_it_writes_after_it() {
    let world = World::new().await;
    let service = world.service("opportunities").await;
    let relay = service.relay().await;
    published(&relay, service.open(2).await).await;
    world
        .forge_from(2, |message| {
            message.headers.insert("ce-position", "nobody's");
        })
        .await;
    service.open(1).await;
    let halt = halted(&relay).await;
    assert!(matches!(halt, Halt::Foreign { sequence: 3, .. }), "{halt}");
    relay.stop().await;
    assert_eq!(world.messages_in("FACTS_OPPORTUNITIES").await, 3);
}

#[tokio::test]
async fn readers_that_heard_more_than_a_restored_log_holds_say_so_although_no_message_is_missing() {
    let world = World::new().await;
    let reader = world.service("recruitment").await;
    let service = world.service("opportunities").await;
    service.publish_up_to(service.open(3).await).await;
    let database = service.close().await;
    let backup = copy(&database).await;
    let service = world.service_on("opportunities", database).await;
    let policy = AnswerOpenings { asked: std::sync::Arc::default() };
    let running = reader
        .hear(&Progress::default(), |all| {
            all.view(Heard { version: 1 }).unwrap();
            all.policy(policy, reader.executor.clone()).unwrap();
        })
        .await;
    service.publish_up_to(service.open(2).await).await;
    reached(&running, 5).await;
    service.close().await;

    let restored = world.service_on("opportunities", backup).await;
    let admin = world.connect(ADMIN).await;
    for stream in ["LOG_OPPORTUNITIES", "FACTS_OPPORTUNITIES"] {
        admin.jetstream().delete_stream(stream).await.unwrap();
    }
    let relay = restored.relay().await;
    let all = within("every reader says so", running.status.clone(), |all| {
        all.iter().all(|one| {
            one.stalled.as_ref().is_some_and(|why| why.contains("deploy/runbooks/relay-halted.md"))
        })
    })
    .await;
    assert_eq!(all.len(), 2);
    running.stop().await;
    relay.stop().await;
}
