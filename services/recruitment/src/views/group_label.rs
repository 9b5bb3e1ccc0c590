//! What a group is called and where it belongs, for lists of what happens in groups.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::GroupId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view;
use eventstore::{Key, ProjectError, Rows, View};
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use crate::group::{Event, Group};

/// The view.
#[derive(Debug)]
pub struct GroupLabels;

/// One group's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it is called.
    pub name: String,
    /// Area it belongs to; `None` means everywhere.
    pub locality: Option<String>,
}

/// One row, column by column.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    group_id: Uuid,
    name: String,
    locality: Option<String>,
}

impl view::Row for Columns {
    const TABLE: &'static str = "group_label";
    const KEY: &'static [&'static str] = &["group_id"];

    fn key(&self) -> Key {
        self.group_id.into()
    }
}

#[async_trait]
impl View for GroupLabels {
    fn name(&self) -> &'static str {
        "group_labels"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["group_label"]
    }

    fn create(&self) -> &'static str {
        "create table group_label (group_id uuid primary key, name text not null, locality text)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Group::TYPE {
            return Ok(());
        }
        let group_id = event.stream.id;
        match event.decode::<Event>()? {
            Event::Established(charter) => {
                rows.put(Columns { group_id, name: charter.name, locality: charter.locality })
            }
            Event::Renamed { name, .. } => {
                let before = rows.one::<Columns>(group_id).await?;
                before.map_or(Ok(()), |row| rows.put(Columns { name, ..row }))
            }
            Event::Closed { .. } => Ok(()),
        }
    }
}

/// The labels of these groups.
pub async fn of(
    pool: &PgPool,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<BTreeMap<GroupId, Label>, sqlx::Error> {
    let ids: Vec<Uuid> = groups.into_iter().map(GroupId::uuid).collect();
    let rows = sqlx::query("select * from views.group_label where group_id = any($1)")
        .bind(ids)
        .fetch_all(pool)
        .await?;
    let mut labels = BTreeMap::new();
    for row in rows {
        let label = Label { name: row.try_get("name")?, locality: row.try_get("locality")? };
        labels.insert(GroupId::new(row.try_get("group_id")?), label);
    }
    Ok(labels)
}
