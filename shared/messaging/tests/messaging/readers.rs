//! Subscribers that write down all they hear, so that anything doubled or lost shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use eventstore::Executor;
use messaging::{Channel, Fact, FactPolicy, FactView, PolicyError, ProjectError};
use sqlx::{PgConnection, PgPool};

use crate::opportunity::{self, Ask, Opportunity};

/// Every fact in the order it was applied.
pub struct Heard {
    pub version: i32,
}

#[async_trait]
impl FactView for Heard {
    fn name(&self) -> &'static str {
        "heard"
    }
    fn version(&self) -> i32 {
        self.version
    }
    fn sources(&self) -> &'static [&'static str] {
        &["opportunities"]
    }
    fn tables(&self) -> &'static [&'static str] {
        &["views.heard", "views.place_count"]
    }
    fn create(&self) -> &'static str {
        "create table views.heard (
             turn bigint generated always as identity primary key,
             position bigint not null, ordinal integer not null, name text not null);
         create table views.place_count (places bigint not null);
         insert into views.place_count values (0)"
    }
    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        sqlx::query("insert into views.heard (position, ordinal, name) values ($1, $2, $3)")
            .bind(fact.mark.position)
            .bind(fact.mark.ordinal)
            .bind(&fact.name)
            .execute(&mut *rows)
            .await?;
        match fact.read::<opportunity::Fact>()? {
            Some(opportunity::Fact::Opened { places }) => {
                sqlx::query("update views.place_count set places = places + $1")
                    .bind(i64::from(places))
                    .execute(rows)
                    .await?;
            }
            Some(opportunity::Fact::AnnouncedToOne { .. }) | None => {}
        }
        Ok(())
    }
}

/// What the view holds: position and ordinal of every fact in the order applied, and a sum that
/// differs when one of them was applied twice.
pub async fn rows(pool: &PgPool) -> (Vec<(i64, i32)>, i64) {
    let heard = sqlx::query_as("select position, ordinal from views.heard order by turn")
        .fetch_all(pool)
        .await
        .unwrap();
    let places =
        sqlx::query_scalar("select places from views.place_count").fetch_one(pool).await.unwrap();
    (heard, places)
}

/// What it has to hold after `n` openings at positions 1 to n.
pub fn openings(n: u16) -> (Vec<(i64, i32)>, i64) {
    let heard = (1..=i64::from(n)).map(|position| (position, 1)).collect();
    (heard, (1..=i64::from(n)).sum())
}

/// Every stored event of a publisher, rebuilt from its log stream.
pub struct History;

#[async_trait]
impl FactView for History {
    fn name(&self) -> &'static str {
        "history"
    }
    fn version(&self) -> i32 {
        1
    }
    fn sources(&self) -> &'static [&'static str] {
        &["opportunities"]
    }
    fn channel(&self) -> Channel {
        Channel::Log
    }
    fn tables(&self) -> &'static [&'static str] {
        &["views.history"]
    }
    fn create(&self) -> &'static str {
        "create table views.history (position bigint primary key, payload text not null,
             meta text not null, chain_hash bytea not null)"
    }
    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let event = fact.stored_event().unwrap();
        sqlx::query("insert into views.history values ($1, $2, $3, $4)")
            .bind(event.position)
            .bind(&event.payload)
            .bind(&event.meta)
            .bind(&event.chain_hash)
            .execute(rows)
            .await?;
        Ok(())
    }
}

/// Whenever an opportunity opens, then one of our own is opened with the same id.
pub struct AnswerOpenings {
    pub asked: Arc<AtomicU32>,
}

#[async_trait]
impl FactPolicy for AnswerOpenings {
    fn name(&self) -> &'static str {
        "answer_openings"
    }
    fn source(&self) -> &'static str {
        "opportunities"
    }
    async fn answer(&self, fact: &Fact, executor: &Executor) -> Result<(), PolicyError> {
        if let Some(opportunity::Fact::Opened { places }) = fact.read()? {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let ask = Ask::Open { places };
            fact.answer_with::<Opportunity>(executor, self.name(), fact.stream_id, ask).await?;
        }
        Ok(())
    }
}
