//! A view for stories: how many entered by each turnstile, and whose badge is inside; with ways to make
//! it fail at one event.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use contracts::fact::Unreadable;
use eventstore::StoredEvent;
use eventstore::view::{self, Care, Keeper, Key, Progress, ProjectError, Row, Rows, View};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::turnstile::{Event, Store};

/// Badges that a tally stumbles over until it is mended.
pub const UNREADABLE: &str = "unreadable";
pub const BREAKS: &str = "breaks";
pub const REFUSED: &str = "refused";

#[derive(Clone, Default)]
pub struct Tally {
    pub version: i32,
    pub is_mended: Arc<AtomicBool>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Counted {
    turnstile: Uuid,
    entered: i64,
    last: Option<String>,
}

impl Row for Counted {
    const TABLE: &'static str = "tally";
    const KEY: &'static [&'static str] = &["turnstile"];

    fn key(&self) -> Key {
        self.turnstile.into()
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Inside {
    turnstile: Uuid,
    badge: Option<String>,
    position: i64,
}

impl Row for Inside {
    const TABLE: &'static str = "tally_inside";
    const KEY: &'static [&'static str] = &["turnstile", "badge"];

    fn key(&self) -> Key {
        [self.turnstile.into(), self.badge.as_deref().into()].into()
    }
}

#[async_trait]
impl View for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }
    fn version(&self) -> i32 {
        self.version + 1
    }
    fn tables(&self) -> &'static [&'static str] {
        &["tally", "tally_inside"]
    }
    fn create(&self) -> &'static str {
        "create table tally (
             turnstile uuid primary key, entered bigint not null check (entered >= 0), last text);
         create table tally_inside (
             turnstile uuid not null, badge text, position bigint not null,
             unique nulls not distinct (turnstile, badge));
         create unique index tally_inside_by_position on tally_inside (position)"
    }
    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        rows.foresee::<Counted>(event.stream.id);
    }
    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != "turnstile" {
            return Ok(());
        }
        let turnstile = event.stream.id;
        match event.decode::<Event>()? {
            Event::Entered { badge } => {
                let mut entered = rows.one::<Counted>(turnstile).await?.map_or(0, |it| it.entered);
                entered += 1;
                // Changed first, so that whatever fails afterwards has something to undo.
                let last = Some(badge.clone());
                rows.put(Counted { turnstile, entered, last: last.clone() })?;
                let badge = (!badge.is_empty()).then_some(badge);
                let (position, inside) = (event.position, badge.clone());
                rows.put(Inside { turnstile, badge: inside, position })?;
                match badge.as_deref().filter(|_| !self.is_mended.load(Ordering::SeqCst)) {
                    Some(it) if it.starts_with(UNREADABLE) => Err(Unreadable::NotNamed.into()),
                    Some(it) if it.starts_with(BREAKS) => panic!("a tally breaks off"),
                    Some(it) if it.starts_with(REFUSED) => {
                        rows.put(Counted { turnstile, entered: -1_000, last })
                    }
                    Some(_) | None => Ok(()),
                }
            }
            // Put as it is: nothing is changed.
            Event::ShuttingPlanned { .. } => match rows.one::<Counted>(turnstile).await? {
                Some(row) => rows.put(row),
                None => Ok(()),
            },
            Event::Shut {} => {
                for row in rows.matching::<Inside>(turnstile).await? {
                    rows.remove::<Inside>(row.key())?;
                }
                Ok(())
            }
        }
    }
}

impl Tally {
    pub fn care<'a>(&'a self, store: &'a Store) -> Care<'a> {
        Care { view: self, service: "gates", pool: &store.pool }
    }

    /// Follows until the answer is cancelled.
    pub fn follow(&self, store: &Store) -> (Progress, CancellationToken) {
        let (progress, stop) = (Progress::default(), store.stop.child_token());
        store.tasks.spawn(view::follow(
            Arc::new(self.clone()),
            "gates".to_owned(),
            store.executor.clone(),
            progress.clone(),
            stop.clone(),
        ));
        (progress, stop)
    }

    /// Follows until everything is folded, and no longer.
    pub async fn catch_up(&self, store: &Store) {
        let (progress, stop) = self.follow(store);
        let head = eventstore::reader::head(&store.pool).await.unwrap().position;
        assert!(progress.wait_for("gates", head, Duration::from_secs(20)).await);
        stop.cancel();
    }
}

/// An operator of the service.
pub fn keeper(store: &Store) -> Keeper {
    let by = Some(Uuid::from_u128(7).into());
    Keeper { executor: store.executor.clone(), service: "gates".to_owned(), by }
}

/// How many entered by one turnstile, as the rows say that are read.
pub async fn entered(store: &Store, turnstile: Uuid) -> Option<i64> {
    sqlx::query_scalar("select entered from views.tally where turnstile = $1")
        .bind(turnstile)
        .fetch_optional(&store.pool)
        .await
        .unwrap()
}
