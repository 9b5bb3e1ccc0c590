//! Holds the rows that were made beside against those that are read, at one position: what differs was
//! changed by another hand, or is folded otherwise now. Changes nothing that is read.

use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection};

use super::beside::{Care, TRIES, Trouble, is_of_the_moment};
use super::stands::State;

/// Keys that are named of each table, at most.
const KEYS_MAX: i64 = 10;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Where both stood in the log.
    pub position: i64,
    /// Table by table.
    pub tables: Vec<Difference>,
}

/// How the rows of one table differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows that were compared: those that are read.
    pub rows: i64,
    /// Rows that are read, and were not made beside.
    pub only_live: i64,
    /// Rows that were made beside, and are not read.
    pub only_next: i64,
    /// The keys of some of them, each as JSON.
    pub keys: Vec<String>,
}

impl Compared {
    /// Rows that are not the same, on either side.
    pub fn n_different(&self) -> i64 {
        self.tables.iter().map(|it| it.only_live + it.only_next).sum()
    }
}

impl Care<'_> {
    /// Compares, row by row, by the columns that both have.
    pub async fn compare(&self) -> Result<Compared, Trouble> {
        for _ in 0..TRIES {
            self.rebuild(|_, _| {}).await?;
            match self.compare_now().await {
                Err(Trouble::Database(error)) if is_of_the_moment(&error) => {}
                other => return other,
            }
        }
        Err(Trouble::Busy)
    }

    async fn compare_now(&self) -> Result<Compared, Trouble> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("set transaction isolation level repeatable read")
            .execute(&mut *transaction)
            .await?;
        let (live, next) = self.level(&mut transaction).await?;
        let mut tables = Vec::new();
        for table in &next.tables {
            if live.tables.contains(table) {
                tables.push(compare(&mut transaction, table).await?);
            }
        }
        transaction.commit().await?;
        Ok(Compared { position: next.position, tables })
    }
}

async fn compare(database: &mut PgConnection, table: &str) -> Result<Difference, sqlx::Error> {
    let (live, next) = (State::Live.schema(), State::Building.schema());
    let both: Vec<String> = sqlx::query_scalar(
        "select quote_ident(a.column_name) from information_schema.columns a
         join information_schema.columns b using (table_name, column_name)
         where a.table_schema = $1 and b.table_schema = $2 and table_name = $3
         order by a.ordinal_position",
    )
    .bind(live)
    .bind(next)
    .bind(table)
    .fetch_all(&mut *database)
    .await?;
    let key: Vec<String> = sqlx::query_scalar(
        "select quote_ident(a.attname) from pg_index i
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
         where i.indrelid = ($1 || '.' || $2)::regclass and i.indisunique
             and i.indexrelid = (select min(indexrelid) from pg_index u
                 where u.indrelid = i.indrelid and u.indisunique)
         order by a.attnum",
    )
    .bind(live)
    .bind(table)
    .fetch_all(&mut *database)
    .await?;
    let (both, key) = (both.join(", "), key.join(", "));
    let (rows, only_live, only_next, keys): (i64, i64, i64, Vec<String>) = sqlx::query_as(AssertSqlSafe(format!(
        "with gone as (select {both} from {live}.{table} except all select {both} from {next}.{table}),
              come as (select {both} from {next}.{table} except all select {both} from {live}.{table}),
              named as (select distinct json_build_array({key})::text as key
                       from (select * from gone union all select * from come) any_side
                       order by 1 limit {KEYS_MAX})
         select (select count(*) from {live}.{table}), (select count(*) from gone),
             (select count(*) from come),
             (select coalesce(array_agg(key order by key), '{{}}') from named)"
    )))
    .fetch_one(database)
    .await?;
    Ok(Difference { table: table.to_owned(), rows, only_live, only_next, keys })
}
