//! Makes schema `log` as the owner and gives the runtime role what it needs, no more: it may add
//! events and read them, and keep the books beside them.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::chain;

static MIGRATOR: Migrator = sqlx::migrate!("src/migrations");

/// Why the schema could not be made or the database must not be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A migration failed.
    #[error("the log's schema cannot be brought up to date")]
    Migration(#[from] MigrateError),
    /// The database said no.
    #[error("the database cannot be prepared")]
    Database(#[from] sqlx::Error),
    /// A role's name cannot be quoted safely.
    #[error("the role name may hold lower-case letters, digits and underscores only")]
    RoleName,
}

/// Brings schema `log` up to date and grants the runtime role its rights. Safe to repeat.
pub async fn migrate(owner: &mut PgConnection, runtime_role: &str) -> Result<(), SchemaError> {
    if runtime_role.is_empty()
        || !runtime_role.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        return Err(SchemaError::RoleName);
    }
    let mut migrator = Migrator::with_migrations(MIGRATOR.iter().cloned().collect());
    migrator.create_schema("log");
    migrator.dangerous_set_table_name("log.store_migration");
    migrator.run(&mut *owner).await?;
    let log_id = Uuid::now_v7();
    sqlx::query(
        "insert into log.head (log_id, position, chain_hash, recorded_at)
         values ($1, 0, $2, 'epoch') on conflict do nothing",
    )
    .bind(log_id)
    .bind(chain::genesis(log_id).to_vec())
    .execute(&mut *owner)
    .await?;
    // Rows that are read, those that are made beside them, and those that were read before.
    for schema in ["views", "views_next", "views_before"] {
        sqlx::query(AssertSqlSafe(format!("create schema if not exists {schema}")))
            .execute(&mut *owner)
            .await?;
    }
    for grant in [
        "grant usage on schema log to",
        "grant select, insert on log.event to",
        "grant select, update on log.head to",
        "grant select, insert on log.command to",
        "grant select, insert, delete on log.unique_key to",
        "grant select, insert, update, delete on log.timer to",
        "grant select, insert, update, delete on log.policy_checkpoint to",
        "grant select, insert, update, delete on log.fact_checkpoint to",
        "grant usage, create on schema views, views_next, views_before to",
    ] {
        sqlx::query(AssertSqlSafe(format!("{grant} \"{runtime_role}\"")))
            .execute(&mut *owner)
            .await?;
    }
    Ok(())
}

/// Removes outcomes of commands older than 90 days; run by the owner.
pub async fn forget_old_commands(
    owner: &mut PgConnection,
    before: jiff::Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut transaction = owner.begin().await?;
    let gone = sqlx::query("delete from log.command where stored_at < $1")
        .bind(jiff_sqlx::ToSqlx::to_sqlx(before))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
    transaction.commit().await?;
    Ok(gone)
}
