//! Whoever is told something is told once, whatever was killed while it left.

use std::collections::BTreeMap;

use sqlx::Connection as _;

use crate::rows::superuser;
use crate::world::{Place, Told};

/// What would be somebody told twice, each as a query that finds it.
const TWICE: [(&str, &str); 3] = [
    (
        "a message that was sent twice",
        "select count(*) from (
             select 1 from log.event
             where event_type in ('message.sent.v1', 'message.letter_prepared.v1')
             group by stream_id having count(*) > 1) as twice",
    ),
    (
        "two messages because of one fact to one person",
        "select count(*) from (
             select 1 from log.event where event_type = 'message.requested.v1'
             group by payload::jsonb #> '{message.requested.v1,because}',
                      payload::jsonb #> '{message.requested.v1,to}', payload
             having count(*) > 1) as twice",
    ),
    (
        "a message attempted again by itself though it may have left",
        "select count(*) from (
             select 1 from log.event where event_type = 'message.attempted.v1'
             group by stream_id having count(*) > 1) as twice",
    ),
];

/// Nobody was told twice; how many were told.
pub async fn nobody_twice(place: &Place) -> Told<i64> {
    let mut database = superuser(place, "notifications").await?;
    for (what, query) in TWICE {
        let found: i64 = sqlx::query_scalar(query).fetch_one(&mut database).await?;
        assert_eq!(found, 0, "{what}");
    }
    let told = sqlx::query_scalar(
        "select count(*) from log.event
         where event_type in ('message.sent.v1', 'message.letter_prepared.v1')",
    )
    .fetch_one(&mut database)
    .await?;
    database.close().await?;
    no_two_files_for_one_message(place)?;
    Ok(told)
}

/// Files are named by their message.
fn no_two_files_for_one_message(place: &Place) -> Told<()> {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in std::fs::read_dir(place.path().join("data/exports/notifications"))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        let message = name.chars().take(36).collect();
        files.entry(message).or_default().push(name);
    }
    let twice: Vec<_> = files.values().filter(|names| names.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    Ok(())
}
