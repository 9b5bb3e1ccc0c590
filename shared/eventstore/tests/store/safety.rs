//! Every connection that commits is judged, and the one in use goes on being judged.

use eventstore::Committer;
use eventstore::safety::SafetyError;
use eventstore::{Failure, Overloaded};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use testkit::until;
use uuid::Uuid;

use crate::turnstile::{Turnstile, enter, store};

#[tokio::test]
async fn a_committer_that_connects_anew_to_a_database_made_unsafe_commits_nothing_until_it_is_mended()
 {
    let store = store().await;
    let (wire, executor) = store.by_a_wire().await;
    let give = |id| executor.execute::<Turnstile>(id, enter(""), store.order(id));
    give(Uuid::now_v7()).await.unwrap();
    let mut admin = PgConnection::connect(&store.database.admin_url).await.unwrap();
    let role = store.database.runtime_role.as_str();
    let unsafe_role = format!("alter role {role} set synchronous_commit = off");
    sqlx::raw_sql(AssertSqlSafe(unsafe_role)).execute(&mut admin).await.unwrap();
    give(Uuid::now_v7()).await.unwrap();

    wire.cut_all();
    let turned_away = Uuid::now_v7();
    let answer = give(turned_away).await;
    assert!(matches!(answer, Err(Failure::Overloaded(Overloaded::DatabaseAway))), "{answer:?}");
    assert_eq!(store.count().await, 2);
    let trouble = executor.committer().trouble().unwrap();
    assert_eq!(trouble, "Postgres runs with synchronous_commit = off");
    let looked = Committer::look(store.database.runtime_url.parse().unwrap()).await;
    let remedy = format!("run ALTER ROLE {role} RESET synchronous_commit");
    assert!(matches!(looked, Err(SafetyError::Unsafe(it)) if it.remedy == remedy));

    let mended = format!("alter role {role} reset synchronous_commit");
    sqlx::raw_sql(AssertSqlSafe(mended)).execute(&mut admin).await.unwrap();
    until(|| async { executor.committer().trouble().is_none() }).await;
    assert!(!give(turned_away).await.unwrap().repeated);
    assert_eq!(store.count().await, 3);
}
