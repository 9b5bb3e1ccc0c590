//! What nobody can do to a log, and how it shows when someone did it all the same.

use eventstore::verify::{Break, Flaw, verify};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::turnstile::{Store, enter, store};

async fn with_three_events() -> Store {
    let store = store().await;
    for _ in 0..3 {
        store.give(Uuid::now_v7(), enter("")).await.unwrap();
    }
    store
}

#[tokio::test]
async fn neither_the_runtime_role_nor_the_owner_can_change_or_remove_an_event() {
    let store = with_three_events().await;
    for url in [&store.database.runtime_url, &store.database.owner_url] {
        let mut connection = PgConnection::connect(url).await.unwrap();
        for attempt in [
            "update log.event set payload = '{}' where position = 2",
            "delete from log.event where position = 3",
            "truncate log.event",
            "update log.head set position = 1",
            "delete from log.head",
        ] {
            assert!(sqlx::query(attempt).execute(&mut connection).await.is_err(), "{attempt}");
        }
    }
    assert_eq!(store.count().await, 3);
}

#[tokio::test]
async fn what_is_changed_past_the_triggers_is_found_at_its_position() {
    for (tampering, position, what) in [
        (
            "update log.event set payload = '{\"badge\":\"x\"}' where position = 2",
            2,
            Flaw::HashDiffers,
        ),
        (
            "update log.event set recorded_at = recorded_at + interval '1 us' where position = 3",
            3,
            Flaw::HashDiffers,
        ),
        ("delete from log.event where position = 2", 2, Flaw::PositionMissing),
        ("delete from log.event where position = 3", 2, Flaw::HeadDiffers),
    ] {
        let store = with_three_events().await;
        let mut owner = PgConnection::connect(&store.database.owner_url).await.unwrap();
        sqlx::query("alter table log.event disable trigger all").execute(&mut owner).await.ok();
        sqlx::query("alter table log.event disable trigger event_is_never_changed")
            .execute(&mut owner)
            .await
            .unwrap();
        sqlx::query(AssertSqlSafe(tampering)).execute(&mut owner).await.unwrap();
        let verdict = verify(&mut owner).await.unwrap();
        assert_eq!(verdict.first_break, Some(Break { position, what }), "{tampering}");
    }
}
