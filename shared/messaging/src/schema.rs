//! The tables this crate keeps in the service's schema `views`: how far the relay has come, and how
//! far each view that hears others. All of them can be lost: streams and logs are read again. How far
//! policies have answered is kept beside the log, by the event store's schema.

use sqlx::PgPool;

/// Makes the tables where they are missing. Safe to repeat, also from several processes at once.
pub(crate) async fn prepare(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('messaging', 1))")
        .execute(&mut *transaction)
        .await?;
    sqlx::raw_sql(
        "create table if not exists views.relay_position (
             stream text primary key,
             position bigint not null,
             sequence bigint not null);
         create table if not exists views.fact_checkpoint (
             subscriber text not null,
             source text not null,
             version integer not null,
             log_id uuid,
             position bigint not null,
             ordinal integer not null,
             complete boolean not null,
             chain_hash text,
             stream_made_at bigint,
             stream_sequence bigint,
             primary key (subscriber, source));",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}
