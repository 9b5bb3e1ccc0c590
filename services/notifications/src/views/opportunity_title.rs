//! What opportunities are called, as their service published it: a receipt says which one it is for.

use async_trait::async_trait;
use contracts::id::OpportunityId;
use messaging::{Fact, FactView, ProjectError};
use sqlx::{PgConnection, PgPool};

use crate::subscribe::title;

/// The view.
#[derive(Clone, Copy, Debug)]
pub struct OpportunityTitles;

#[async_trait]
impl FactView for OpportunityTitles {
    fn name(&self) -> &'static str {
        "opportunity_title"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["opportunities"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.opportunity_title_view"]
    }

    fn create(&self) -> &'static str {
        "create table views.opportunity_title_view (
             opportunity uuid primary key, title text not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let Some((opportunity, title)) = title(fact)? else { return Ok(()) };
        sqlx::query(
            "insert into views.opportunity_title_view (opportunity, title) values ($1, $2)
             on conflict (opportunity) do update set title = excluded.title",
        )
        .bind(opportunity.uuid())
        .bind(title)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// What an opportunity is called, where that has been heard.
pub async fn of(pool: &PgPool, opportunity: OpportunityId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select title from views.opportunity_title_view where opportunity = $1")
        .bind(opportunity.uuid())
        .fetch_optional(pool)
        .await
}
