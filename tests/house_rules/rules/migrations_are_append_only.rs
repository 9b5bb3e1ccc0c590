//! An applied migration lives in databases we cannot reach. Editing its file would make new
//! installations differ from old ones; what must change is changed by the next migration.

use crate::house::{is_named, this_house};
use crate::sealed::obey_seals;

#[test]
fn in_this_house() {
    obey_seals(this_house(), is_migration, "write the change as a new migration");
}

#[test]
fn and_every_place_of_migrations_is_looked_at() {
    assert!(is_migration("shared/eventstore/src/migrations/0001_create_the_log.sql"));
    assert!(is_migration("services/audit/migrations/0001_create_record.sql"));
    assert!(!is_migration("services/audit/src/search.sql"));
}

fn is_migration(path: &str) -> bool {
    path.contains("/migrations/") && is_named(path, "sql")
}
