//! What a group is called and where it belongs, for lists of what happens in groups.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::GroupId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use sqlx::{PgConnection, PgPool, Row as _};
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

#[async_trait]
impl View for GroupLabels {
    fn name(&self) -> &'static str {
        "group_labels"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.group_label"]
    }

    fn create(&self) -> &'static str {
        "create table views.group_label (group_id uuid primary key, name text not null, locality text)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Group::TYPE {
            return Ok(());
        }
        let statement = match event.decode::<Event>()? {
            Event::Established(charter) => sqlx::query(
                "insert into views.group_label (group_id, name, locality) values ($1, $2, $3)",
            )
            .bind(event.stream.id)
            .bind(charter.name)
            .bind(charter.locality),
            Event::Renamed { name, .. } => {
                sqlx::query("update views.group_label set name = $2 where group_id = $1")
                    .bind(event.stream.id)
                    .bind(name)
            }
            Event::Closed { .. } => return Ok(()),
        };
        statement.execute(rows).await?;
        Ok(())
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
