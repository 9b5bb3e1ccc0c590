//! Which person is behind an account that is not the person's own: read by the edge at every
//! request. An account that is not here acts for the person of its own id.

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::view;
use eventstore::{Key, ProjectError, Rows, View};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::involvee::{Event, Involvee};

/// The view.
#[derive(Debug)]
pub struct AccountLinks;

/// One account's person.
#[derive(Clone, Serialize, Deserialize)]
struct Link {
    account: Uuid,
    person: Uuid,
}

impl view::Row for Link {
    const TABLE: &'static str = "account_link";
    const KEY: &'static [&'static str] = &["account"];

    fn key(&self) -> Key {
        self.account.into()
    }
}

#[async_trait]
impl View for AccountLinks {
    fn name(&self) -> &'static str {
        "account_link"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["account_link"]
    }

    fn create(&self) -> &'static str {
        "create table account_link (account uuid primary key, person uuid not null)"
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        if event.stream.kind != Involvee::TYPE {
            return Ok(());
        }
        let person = event.stream.id;
        match event.decode::<Event>()? {
            Event::AccountLinked { account, .. } => {
                rows.put(Link { account: account.uuid(), person })
            }
            Event::AccountUnlinked { account, .. } => {
                let now = rows.one::<Link>(account.uuid()).await?;
                if now.is_some_and(|link| link.person == person) {
                    rows.remove::<Link>(account.uuid())?;
                }
                Ok(())
            }
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
