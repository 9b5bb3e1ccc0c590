//! Nothing personal lies in clear anywhere that this service writes, but for the file for the bank.

use std::path::Path;

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::bodies::{by_car, claim_for, fare, payment, session};
use crate::world::{ACCOUNT_NUMBER, SORT_CODE, THE_DAY, world};

/// A name, two notes and an account.
const CANARIES: [&str; 3] = ["zacanary", SORT_CODE, ACCOUNT_NUMBER];

#[tokio::test]
async fn no_account_name_or_note_lies_in_clear_in_the_database_or_in_the_streams() {
    let world = world().await;
    let activity = session(world.attended(&world.ana, THE_DAY, 60).await);
    world.gives_account(&world.ana).await;
    let batch = world.open_run().await;
    let body = claim_for(&activity, &[payment(), by_car(10), fare("taxi", 900)]);
    let claim = world.claims(&world.ana, body).await.expect(201).id();
    let answer = json!({"line": 3, "answer": {"kind": "explained", "note": "zacanary house"}});
    world.act(&world.ana, &claim, "answer-query", answer).await.expect(200);
    world.signed(&claim, &[1, 2, 3]).await;
    world.on_run(&batch, "lock", json!({})).await.expect(200);
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let file = world.file(&batch).await.expect(200).text.to_lowercase();
    for canary in CANARIES {
        assert!(file.contains(canary), "{canary} is what the bank is told");
    }

    let mut admin = PgConnection::connect(&world.database.admin_url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('log', 'views')",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert!(tables.contains(&"views.payee".to_owned()), "{tables:?}");
    let mut n_rows = 0;
    for table in tables {
        let statement = AssertSqlSafe(format!("select lower(t::text) from {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(statement).fetch_all(&mut admin).await.unwrap();
        n_rows += rows.len();
        for canary in CANARIES {
            assert!(!rows.iter().any(|row| row.contains(canary)), "{canary} lies in {table}");
        }
    }
    assert!(n_rows > 40, "{n_rows}");

    let mut files = Vec::new();
    files_below(world.nats.server.data_folder(), &mut files);
    let holds = |needle: &str| {
        files.iter().any(|bytes| bytes.windows(needle.len()).any(|it| it == needle.as_bytes()))
    };
    assert!(holds("claim.received.v1"), "what was told lies in these files");
    for canary in CANARIES {
        assert!(!holds(canary), "{canary} lies in the streams");
    }
}

fn files_below(folder: &Path, files: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push(bytes.to_ascii_lowercase());
        }
    }
}
