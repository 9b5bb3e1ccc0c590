//! The rows that a batch of events touches, held in memory while it is folded, and written once at its
//! end. Writes nothing by itself, and knows no view by name.

use std::any::TypeId;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::ProjectError;
use super::held::{Held, Table};

/// One row of a view's table, with every column under the column's own name.
pub trait Row: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The table, without a schema: the engine chooses where the rows live.
    const TABLE: &'static str;

    /// The columns no two rows have alike: its primary key, the first of them never null.
    const KEY: &'static [&'static str];

    /// What stands in them.
    fn key(&self) -> Key;
}

/// One column of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Nothing.
    Null,
    /// A number.
    Number(i64),
    /// A text, or an id as it is written.
    Text(String),
}

impl From<Uuid> for Part {
    fn from(id: Uuid) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<Option<Uuid>> for Part {
    fn from(id: Option<Uuid>) -> Self {
        id.map_or(Self::Null, Self::from)
    }
}

impl From<i64> for Part {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i16> for Part {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

impl From<Option<&str>> for Part {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What stands in the key's columns, in their order; or in the first of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Vec<Part>);

impl From<Uuid> for Key {
    fn from(id: Uuid) -> Self {
        Self(vec![id.into()])
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self(vec![number.into()])
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(vec![text.into()])
    }
}

impl<const N: usize> From<[Part; N]> for Key {
    fn from(parts: [Part; N]) -> Self {
        Self(parts.into())
    }
}

impl Key {
    /// Whether this key begins with that one.
    pub(super) fn begins_with(&self, start: &Self) -> bool {
        self.0.starts_with(&start.0)
    }

    /// As a JSON object of the key's columns.
    pub(super) fn named<'a>(&'a self, columns: &[&'a str]) -> BTreeMap<&'a str, &'a Part> {
        columns.iter().copied().zip(&self.0).collect()
    }

    /// Everything it begins with, itself too.
    pub(super) fn beginnings(&self) -> impl Iterator<Item = Self> {
        (1..=self.0.len()).map(|n| Self(self.0.iter().take(n).cloned().collect()))
    }

    fn columns<'a>(&self, all: &'a [&'a str]) -> &'a [&'a str] {
        all.get(..self.0.len()).unwrap_or(all)
    }
}

/// The rows of one batch, of every table that a view owns.
pub struct Rows<'a> {
    database: &'a mut PgConnection,
    schema: &'static str,
    tables: BTreeMap<TypeId, Box<dyn Table>>,
}

impl<'a> Rows<'a> {
    /// None yet; those that are asked for lie in `schema`.
    pub(super) fn of(database: &'a mut PgConnection, schema: &'static str) -> Self {
        Self { database, schema, tables: BTreeMap::new() }
    }

    /// The row of this key, as it is after everything folded so far.
    pub async fn one<R: Row>(&mut self, key: impl Into<Key>) -> Result<Option<R>, ProjectError> {
        let key = key.into();
        let held = self.held::<R>()?;
        if !held.knows(&key) {
            held.want(key.clone());
            self.load_wanted().await?;
        }
        Ok(self.held::<R>()?.read(&key)?)
    }

    /// Every row whose key begins so, in the order of their keys.
    pub async fn matching<R: Row>(
        &mut self,
        start: impl Into<Key>,
    ) -> Result<Vec<R>, ProjectError> {
        let start = start.into();
        if !self.held::<R>()?.knows_all(&start) {
            let found =
                load(self.database, self.schema, R::TABLE, R::KEY, std::slice::from_ref(&start))
                    .await?;
            self.held::<R>()?.loaded(found);
            self.held::<R>()?.note_all(start.clone());
        }
        Ok(self.held::<R>()?.read_all(&start)?)
    }

    /// Puts a row in the place of the one with its key, if there is one.
    pub fn put<R: Row>(&mut self, row: R) -> Result<(), ProjectError> {
        self.held::<R>()?.put(row);
        Ok(())
    }

    /// Takes the row of this key away, if there is one.
    pub fn remove<R: Row>(&mut self, key: impl Into<Key>) -> Result<(), ProjectError> {
        self.held::<R>()?.remove(key.into());
        Ok(())
    }

    /// Says that the row of this key will be asked for, so that those of a whole batch are read at once.
    pub fn foresee<R: Row>(&mut self, key: impl Into<Key>) {
        if let Ok(held) = self.held::<R>() {
            held.want(key.into());
        }
    }

    /// Reads what was foreseen.
    pub(super) async fn load_wanted(&mut self) -> Result<(), ProjectError> {
        for table in self.tables.values_mut() {
            let wanted = table.wanted();
            if !wanted.is_empty() {
                let name = table.name();
                let found = load(self.database, self.schema, name, table.key(), &wanted).await?;
                table.loaded(found);
                table.missing(wanted);
            }
        }
        Ok(())
    }

    /// What the event changed stays.
    pub(super) fn keep(&mut self) {
        self.tables.values_mut().for_each(|table| table.keep());
    }

    /// What the event changed is as it was before it.
    pub(super) fn undo(&mut self) {
        self.tables.values_mut().for_each(|table| table.undo());
    }

    /// Writes every row that is not as it was: at most one delete and one upsert for each table.
    pub(super) async fn write(&mut self) -> Result<(), ProjectError> {
        for table in self.tables.values() {
            let (name, key) = (table.name(), table.key());
            let changes = table.changes()?;
            if let Some(gone) = changes.gone {
                delete(self.database, self.schema, name, key, &gone).await?;
            }
            if let Some(rows) = changes.rows {
                let written = (&*changes.columns, &*rows);
                upsert(self.database, self.schema, name, key, written).await?;
            }
        }
        Ok(())
    }

    fn held<R: Row>(&mut self) -> Result<&mut Held<R>, ProjectError> {
        let table = self
            .tables
            .entry(TypeId::of::<R>())
            .or_insert_with(|| Box::new(Held::<R>::default()))
            .as_mut();
        let odd = || sqlx::Error::Protocol("rows of two kinds under one type".to_owned());
        Ok(table.as_any().downcast_mut().ok_or_else(odd)?)
    }
}

/// The rows of these keys, or of keys that begin so: each as its key and as JSON.
async fn load(
    database: &mut PgConnection,
    schema: &str,
    table: &str,
    columns: &[&str],
    keys: &[Key],
) -> Result<Vec<(Key, String)>, ProjectError> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let key = listed(columns, |it| format!("t.\"{it}\""), ", ");
    let same = same(first.columns(columns));
    let found = sqlx::query(AssertSqlSafe(format!(
        "select json_build_array({key})::text, to_json(t)::text
         from json_populate_recordset(null::{schema}.{table}, $1::json) k
         join {schema}.{table} t on {same}"
    )))
    .bind(objects(keys, columns)?)
    .fetch_all(database)
    .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<(Key, String), ProjectError> {
        let key: &str = row.try_get(0)?;
        Ok((serde_json::from_str(key)?, row.try_get(1)?))
    };
    found.iter().map(read).collect()
}

fn objects(keys: &[Key], columns: &[&str]) -> Result<String, serde_json::Error> {
    let named: Vec<_> = keys.iter().map(|key| key.named(columns)).collect();
    serde_json::to_string(&named)
}

/// That `k` and `t` agree on their keys; by the first column an index finds them, and it is never null.
fn same(columns: &[&str]) -> String {
    let nth = |(n, it): (usize, &&str)| {
        if n == 0 {
            format!("t.\"{it}\" = k.\"{it}\"")
        } else {
            format!("t.\"{it}\" is not distinct from k.\"{it}\"")
        }
    };
    columns.iter().enumerate().map(nth).collect::<Vec<_>>().join(" and ")
}

fn listed<T: AsRef<str>>(columns: &[T], as_what: impl Fn(&str) -> String, between: &str) -> String {
    columns.iter().map(|it| as_what(it.as_ref())).collect::<Vec<_>>().join(between)
}

async fn delete(
    database: &mut PgConnection,
    schema: &str,
    table: &str,
    key: &[&str],
    gone: &str,
) -> Result<(), sqlx::Error> {
    let same = same(key);
    sqlx::query(AssertSqlSafe(format!(
        "delete from {schema}.{table} t
         using json_populate_recordset(null::{schema}.{table}, $1::json) k where {same}"
    )))
    .bind(gone)
    .execute(database)
    .await
    .map(|_| ())
}

async fn upsert(
    database: &mut PgConnection,
    schema: &str,
    table: &str,
    key: &[&str],
    changes: (&[String], &str),
) -> Result<(), sqlx::Error> {
    let (columns, rows) = changes;
    let others: Vec<&String> = columns.iter().filter(|it| !key.contains(&it.as_str())).collect();
    let on_conflict = if others.is_empty() {
        "nothing".to_owned()
    } else {
        format!(
            "update set {}",
            listed(&others, |it| format!("\"{it}\" = excluded.\"{it}\""), ", ")
        )
    };
    let key = listed(key, |it| format!("\"{it}\""), ", ");
    sqlx::query(AssertSqlSafe(format!(
        "insert into {schema}.{table}
         select * from json_populate_recordset(null::{schema}.{table}, $1::json)
         on conflict ({key}) do {on_conflict}"
    )))
    .bind(rows)
    .execute(database)
    .await
    .map(|_| ())
}
