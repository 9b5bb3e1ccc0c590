//! Which account acts for which person, so that people with an account of any kind read the history
//! that is their own. The edge reads these rows; nothing here decides whose an account is.

use async_trait::async_trait;
use messaging::{Channel, Fact, FactView, ProjectError};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::record::event_name;

/// The view.
#[derive(Debug)]
pub struct AccountLinks;

#[derive(Deserialize)]
struct Linking {
    account: Uuid,
}

#[async_trait]
impl FactView for AccountLinks {
    fn name(&self) -> &'static str {
        "account_links"
    }

    fn version(&self) -> i32 {
        1
    }

    fn sources(&self) -> &'static [&'static str] {
        &["recruitment"]
    }

    fn channel(&self) -> Channel {
        Channel::Log
    }

    fn tables(&self) -> &'static [&'static str] {
        &["views.account_link"]
    }

    fn create(&self) -> &'static str {
        "create table views.account_link (account uuid primary key, person uuid not null)"
    }

    async fn project(&self, rows: &mut PgConnection, fact: &Fact) -> Result<(), ProjectError> {
        let statement = match event_name(&fact.name) {
            "involvee.account_linked" => {
                "insert into views.account_link (account, person) values ($1, $2)
                 on conflict (account) do update set person = excluded.person"
            }
            "involvee.account_unlinked" => {
                "delete from views.account_link where account = $1 and person = $2"
            }
            _ => return Ok(()),
        };
        let payload = fact.stored_event().map(|event| event.payload).unwrap_or_default();
        let Linking { account } = serde_json::from_str(&payload)?;
        sqlx::query(statement).bind(account).bind(fact.stream_id).execute(rows).await?;
        Ok(())
    }
}
