//! Another service, as far as this one can tell: a log of its own and a relay that publishes it. What
//! it tells is made up here.

use contracts::fact;
use contracts::opportunities::Fact;
use eventstore::executor::SYSTEM_ACCOUNT;
use eventstore::{
    Actor, Append, Appended, Authority, Clock, Committer, Metadata, NewEvent, StreamId, Taken,
    schema,
};
use messaging::{Connection, Layout, Relay, RelayStatus};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use testkit::TestDatabase;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::world::LIMIT;

pub const NAME: &str = "opportunities";

pub struct Neighbour {
    _database: TestDatabase,
    committer: Committer,
    clock: Clock,
    published: watch::Receiver<RelayStatus>,
    stop: CancellationToken,
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Neighbour {
    pub async fn start(connection: Connection, layout: &Layout, clock: &Clock) -> Self {
        let database = testkit::database(NAME).await;
        let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
        schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
        let options: PgConnectOptions = database.runtime_url.parse().unwrap();
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options.clone());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let committer = Committer::start(options, clock.clone(), &tasks, stop.clone());
        let heads = committer.heads();
        let relay = Relay::prepare(connection, pool, layout, NAME, heads, |event| {
            Ok(vec![(event.event_type.clone(), event.payload.clone())])
        });
        let relay = relay.await.unwrap();
        let published = relay.status();
        relay.start(&tasks, &stop);
        Self { _database: database, committer, clock: clock.clone(), published, stop }
    }

    /// Tells a fact of an opportunity, the first of them or a later one; says where its log ends.
    pub async fn tells(&self, opportunity: Uuid, version: i64, told: &Fact) -> i64 {
        let (event_type, payload) = fact::write(told).unwrap();
        let mut append = Append::nothing(Uuid::now_v7(), StreamId::new("opportunity", opportunity));
        append.expected_version = version - 1;
        let (event_id, meta) = (Uuid::now_v7(), self.meta());
        append.events.push(NewEvent { event_id, event_type, schema_version: 1, payload, meta });
        let appended = self.committer.append(append).await.unwrap();
        let Appended::Stored(receipt) = appended else { unreachable!("{appended:?}") };
        receipt.position
    }

    /// Waits until its facts up to here are published.
    pub async fn published(&self, position: i64) {
        let mut published = self.published.clone();
        let done = published.wait_for(|status| status.has_published(position));
        tokio::time::timeout(LIMIT, done).await.unwrap().unwrap();
    }

    fn meta(&self) -> String {
        let (now, id) = (self.clock.now(), Uuid::now_v7());
        let meta = Metadata {
            command_id: id,
            correlation_id: id,
            causation_id: None,
            actor: Actor { person: SYSTEM_ACCOUNT.into(), account: SYSTEM_ACCOUNT },
            on_behalf_of: None,
            authority: Authority::default(),
            rule_version: None,
            occurred_at: now,
            received_at: now,
            taken: Taken::Online,
            traceparent: None,
            build: "test".to_owned(),
        };
        serde_json::to_string(&meta).unwrap()
    }
}
