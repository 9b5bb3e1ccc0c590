//! Every row of every service, table by table, so that two moments can be compared whole. Nothing is
//! left out but what only hints where in a stream to read or write on.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::world::{Place, Told};

pub const SERVICES: [&str; 5] =
    ["audit", "notifications", "opportunities", "recruitment", "reimbursements"];

/// Where the message applied last stood in one making of its stream: a hint where to read on, which is
/// void once the stream was made again. How often a lease was tried is nobody's answer either.
const HINTS: [(&str, &[&str]); 3] = [
    ("log.fact_checkpoint", &["stream_made_at", "stream_sequence"]),
    ("views.fact_checkpoint", &["stream_made_at", "stream_sequence"]),
    ("log.timer", &["lease_until", "attempts"]),
];

/// How far a relay read events that make no message: looked at by people, and lost without harm.
const HINTED: &str = "relay_position";

/// How many of the rows that differ are shown.
const SHOWN_MAX: usize = 3;

/// All rows of these tables, by service and table, each as the text of an object, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows(BTreeMap<String, Vec<String>>);

impl Rows {
    /// Every row of every view of every service.
    pub async fn of_views(place: &Place) -> Told<Self> {
        Self::of(place, "views").await
    }

    /// Every row of every service's log and of the books beside it.
    pub async fn of_logs(place: &Place) -> Told<Self> {
        Self::of(place, "log").await
    }

    async fn of(place: &Place, schema: &str) -> Told<Self> {
        let mut all = BTreeMap::new();
        for service in SERVICES {
            let mut database = superuser(place, service).await?;
            let tables: Vec<String> = sqlx::query_scalar(
                "select table_schema || '.' || table_name from information_schema.tables
                 where table_schema = $1 and table_name <> $2 order by 1",
            )
            .bind(schema)
            .bind(HINTED)
            .fetch_all(&mut database)
            .await?;
            for table in tables {
                all.insert(format!("{service} {table}"), rows_of(&mut database, &table).await?);
            }
            database.close().await?;
        }
        Ok(Self(all))
    }

    /// How many rows there are, all tables together.
    pub fn n_rows(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Tables in which the two differ, each with some of the rows that only one of them has.
    pub fn differences(&self, later: &Self) -> Vec<String> {
        let tables: BTreeSet<&String> = self.0.keys().chain(later.0.keys()).collect();
        let of = |rows: &Self, table: &str| rows.0.get(table).cloned().unwrap_or_default();
        tables
            .into_iter()
            .map(|table| (table, of(self, table), of(later, table)))
            .filter(|(_, before, after)| before != after)
            .map(|(table, before, after)| {
                let (gone, new) = (beyond(&after, &before), beyond(&before, &after));
                format!("{table}: gone such as {gone:#?}, new such as {new:#?}")
            })
            .collect()
    }
}

/// Some of the rows that the second has beyond the first; rows that are equal count each for itself.
fn beyond<'a>(rows: &[String], others: &'a [String]) -> Vec<&'a String> {
    let mut left: BTreeMap<&String, usize> = BTreeMap::new();
    for row in rows {
        *left.entry(row).or_default() += 1;
    }
    let mut is_beyond = |row: &&String| match left.get_mut(*row) {
        Some(count @ 1..) => {
            *count -= 1;
            false
        }
        Some(_) | None => true,
    };
    others.iter().filter(|row| is_beyond(row)).take(SHOWN_MAX).collect()
}

async fn rows_of(database: &mut PgConnection, table: &str) -> Told<Vec<String>> {
    let hints = HINTS.iter().find(|(of, _)| *of == table).map_or(&[][..], |(_, hints)| *hints);
    let left_out = hints.iter().fold(String::new(), |all, hint| format!("{all} - '{hint}'"));
    let every = format!("select (to_jsonb(t){left_out})::text from {table} t order by 1");
    Ok(sqlx::query_scalar(AssertSqlSafe(every)).fetch_all(database).await?)
}

/// As the superuser of the running Postgres, whom no trigger holds back.
pub async fn superuser(place: &Place, database: &str) -> Told<PgConnection> {
    let read = |name: &str| std::fs::read_to_string(place.path().join("data/postgres").join(name));
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(read("port")?.trim().parse()?)
        .username("postgres")
        .password(read("superuser_password")?.trim())
        .database(database)
        .ssl_mode(PgSslMode::Disable);
    Ok(PgConnection::connect_with(&options).await?)
}
