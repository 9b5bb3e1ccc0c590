//! Which person is behind an account that is not the person's own: read by the edge at every
//! request. An account that is not here acts for the person of its own id.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{ProjectError, View};
use sqlx::PgConnection;

use crate::involvee::{AccountId, Event, Involvee};

/// The view.
#[derive(Debug)]
pub struct AccountLinks;

#[async_trait]
impl View for AccountLinks {
    fn name(&self) -> &'static str {
        "account_link"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.account_link"]
    }

    fn create(&self) -> &'static str {
        "create table views.account_link (account uuid primary key, person uuid not null)"
    }

    async fn project(
        &self,
        rows: &mut PgConnection,
        event: &StoredEvent,
    ) -> Result<(), ProjectError> {
        if event.stream.kind != Involvee::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            Event::AccountLinked { account, .. } => link(rows, account, event).await,
            Event::AccountUnlinked { account, .. } => unlink(rows, account, event).await,
            Event::Registered { .. }
            | Event::InterestsChosen { .. }
            | Event::LocalitiesChosen { .. }
            | Event::ConstituenciesStated { .. }
            | Event::DigestChosen { .. }
            | Event::ChannelChosen { .. }
            | Event::Renamed { .. }
            | Event::AccessNeedRecorded { .. }
            | Event::CameOfAge {}
            | Event::ConsentGiven { .. }
            | Event::ConsentWithdrawn { .. }
            | Event::SupporterNamed { .. }
            | Event::SupportEnded { .. }
            | Event::WentAway { .. }
            | Event::CameBack {}
            | Event::OpportunityMatched { .. } => Ok(()),
        }
    }
}

async fn link(
    rows: &mut PgConnection,
    account: AccountId,
    event: &StoredEvent,
) -> Result<(), ProjectError> {
    sqlx::query(
        "insert into views.account_link (account, person) values ($1, $2)
         on conflict (account) do update set person = excluded.person",
    )
    .bind(account.uuid())
    .bind(event.stream.id)
    .execute(rows)
    .await?;
    Ok(())
}

async fn unlink(
    rows: &mut PgConnection,
    account: AccountId,
    event: &StoredEvent,
) -> Result<(), ProjectError> {
    sqlx::query("delete from views.account_link where account = $1 and person = $2")
        .bind(account.uuid())
        .bind(event.stream.id)
        .execute(rows)
        .await?;
    Ok(())
}
