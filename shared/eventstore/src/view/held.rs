//! The rows of one table as a batch holds them: as they were read, as they are now, and how the event
//! that is being folded found them. Asks no database.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};

use super::rows::{Key, Row};

/// What a batch does with a table whatever its rows are.
pub(super) trait Table: Send + Sync {
    fn as_any(&mut self) -> &mut dyn Any;
    fn name(&self) -> &'static str;
    fn key(&self) -> &'static [&'static str];
    /// Takes the keys that nobody has looked up yet.
    fn wanted(&mut self) -> Vec<Key>;
    /// Rows as the database has them; those that are held already stay as they are.
    fn loaded(&mut self, rows: Vec<(Key, String)>);
    /// Keys that were looked up; what was not found is not there.
    fn missing(&mut self, keys: Vec<Key>);
    fn keep(&mut self);
    fn undo(&mut self);
    fn changes(&self) -> Result<Changes, serde_json::Error>;
}

/// What has to be written, each as one JSON array of objects.
pub(super) struct Changes {
    pub(super) columns: Vec<String>,
    pub(super) rows: Option<String>,
    pub(super) gone: Option<String>,
}

/// What is known of a row.
struct Cell<R> {
    was: Was,
    now: Now<R>,
}

/// How the table had it, as we would write it.
enum Was {
    /// Nobody has looked.
    Unknown,
    Nothing,
    /// There is one that no event has asked for.
    Unread,
    Row(String),
}

enum Now<R> {
    /// As it was read, to be understood by the event that asks for it.
    Unread(String),
    Row(R),
    Nothing,
}

/// The rows of one table.
pub(super) struct Held<R> {
    cells: BTreeMap<Key, Cell<R>>,
    wanted: BTreeSet<Key>,
    /// Beginnings of keys of which every row is held.
    whole: BTreeSet<Key>,
    /// What the event that is being folded found, the earliest first.
    before: Vec<(Key, Option<Now<R>>)>,
}

impl<R> Default for Held<R> {
    fn default() -> Self {
        Self {
            cells: BTreeMap::new(),
            wanted: BTreeSet::new(),
            whole: BTreeSet::new(),
            before: Vec::new(),
        }
    }
}

impl<R: Row> Held<R> {
    pub(super) fn knows(&self, key: &Key) -> bool {
        self.cells.contains_key(key) || self.knows_all(key)
    }

    pub(super) fn knows_all(&self, start: &Key) -> bool {
        !self.whole.is_empty() && start.beginnings().any(|it| self.whole.contains(&it))
    }

    pub(super) fn note_all(&mut self, start: Key) {
        self.whole.insert(start);
    }

    pub(super) fn want(&mut self, key: Key) {
        if !self.knows(&key) {
            self.wanted.insert(key);
        }
    }

    pub(super) fn read(&mut self, key: &Key) -> Result<Option<R>, serde_json::Error> {
        let Some(cell) = self.cells.get_mut(key) else { return Ok(None) };
        if let Now::Unread(text) = &cell.now {
            let row: R = serde_json::from_str(text)?;
            cell.was = Was::Row(serde_json::to_string(&row)?);
            cell.now = Now::Row(row);
        }
        Ok(match &cell.now {
            Now::Row(row) => Some(row.clone()),
            Now::Nothing | Now::Unread(_) => None,
        })
    }

    pub(super) fn read_all(&mut self, start: &Key) -> Result<Vec<R>, serde_json::Error> {
        let from = self.cells.range(start..).map(|(key, _)| key);
        let keys: Vec<Key> = from.take_while(|key| key.begins_with(start)).cloned().collect();
        let mut rows = Vec::new();
        for key in keys {
            rows.extend(self.read(&key)?);
        }
        Ok(rows)
    }

    pub(super) fn put(&mut self, row: R) {
        let key = row.key();
        self.set(key, Now::Row(row));
    }

    pub(super) fn remove(&mut self, key: Key) {
        self.set(key, Now::Nothing);
    }

    fn set(&mut self, key: Key, now: Now<R>) {
        let before = if let Some(cell) = self.cells.get_mut(&key) {
            Some(std::mem::replace(&mut cell.now, now))
        } else {
            let was = if self.knows_all(&key) { Was::Nothing } else { Was::Unknown };
            self.cells.insert(key.clone(), Cell { was, now });
            None
        };
        self.before.push((key, before));
    }
}

impl<R: Row> Table for Held<R> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn name(&self) -> &'static str {
        R::TABLE
    }

    fn key(&self) -> &'static [&'static str] {
        R::KEY
    }

    fn wanted(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.wanted).into_iter().collect()
    }

    fn loaded(&mut self, rows: Vec<(Key, String)>) {
        for (key, text) in rows {
            let cell = Cell { was: Was::Unread, now: Now::Unread(text) };
            self.cells.entry(key).or_insert(cell);
        }
    }

    fn missing(&mut self, keys: Vec<Key>) {
        for key in keys {
            let cell = Cell { was: Was::Nothing, now: Now::Nothing };
            self.cells.entry(key).or_insert(cell);
        }
    }

    fn keep(&mut self) {
        self.before.clear();
    }

    fn undo(&mut self) {
        if !self.before.is_empty() {
            // What was read beside a row that is forgotten now may have been hidden by it.
            self.whole.clear();
        }
        for (key, before) in std::mem::take(&mut self.before).into_iter().rev() {
            match before {
                Some(now) => {
                    if let Some(cell) = self.cells.get_mut(&key) {
                        cell.now = now;
                    }
                }
                None => {
                    self.cells.remove(&key);
                }
            }
        }
    }

    fn changes(&self) -> Result<Changes, serde_json::Error> {
        let (mut columns, mut rows, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for (key, cell) in &self.cells {
            match (&cell.now, &cell.was) {
                (Now::Row(row), was) => {
                    let text = serde_json::to_string(row)?;
                    if matches!(was, Was::Row(before) if *before == text) {
                        continue;
                    }
                    if columns.is_empty() {
                        columns = names(&text)?;
                    }
                    rows.push(text);
                }
                (Now::Nothing, Was::Row(_) | Was::Unread | Was::Unknown) => {
                    gone.push(serde_json::to_string(&key.named(R::KEY))?);
                }
                (Now::Nothing, Was::Nothing) | (Now::Unread(_), _) => {}
            }
        }
        Ok(Changes { columns, rows: array(&rows), gone: array(&gone) })
    }
}

fn names(row: &str) -> Result<Vec<String>, serde_json::Error> {
    let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(row)?;
    Ok(row.into_iter().map(|(name, _)| name).collect())
}

fn array(objects: &[String]) -> Option<String> {
    (!objects.is_empty()).then(|| format!("[{}]", objects.join(",")))
}
