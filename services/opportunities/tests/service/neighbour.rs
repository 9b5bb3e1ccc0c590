//! A NATS with another service on it, as far as this one can tell: a log of its own and a relay that
//! publishes it. What it tells is made up here.

use std::time::Duration;

use boot::Clock;
use contracts::fact;
use contracts::recruitment::Fact;
use eventstore::executor::SYSTEM_ACCOUNT;
use eventstore::{
    Actor, Append, Appended, Authority, Committer, Metadata, NewEvent, StreamId, Taken, schema,
};
use messaging::connect::Settings;
use messaging::{Connection, Layout, Relay, connect, rights, streams};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use testkit::{NatsUser, TestDatabase, TestNats};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Longer than anything takes on a slow machine; reached only by what has failed.
pub const LIMIT: Duration = Duration::from_secs(40);
pub const NAME: &str = "recruitment";
const ADMIN: &str = "admin";

pub struct Neighbour {
    nats: TestNats,
    _database: TestDatabase,
    committer: Committer,
    clock: Clock,
    stop: CancellationToken,
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Neighbour {
    pub async fn start(clock: &Clock) -> Self {
        let layout = Layout::shipped().unwrap();
        let nats = testkit::nats(&users(&layout)).await;
        let admin = connected(&nats, ADMIN).await;
        streams::provision(admin.jetstream(), &layout).await.unwrap();
        let database = testkit::database(NAME).await;
        let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
        schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
        let options: PgConnectOptions = database.runtime_url.parse().unwrap();
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options.clone());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let committer = Committer::start(options, clock.clone(), &tasks, stop.clone());
        let connection = connected(&nats, NAME).await;
        let heads = committer.heads();
        let relay = Relay::prepare(connection, pool, &layout, NAME, heads, |event| {
            Ok(vec![(event.event_type.clone(), event.payload.clone())])
        });
        relay.await.unwrap().start(&tasks, &stop);
        Self { nats, _database: database, committer, clock: clock.clone(), stop }
    }

    /// How another service reaches the same NATS.
    pub fn settings(&self, user: &str) -> Settings {
        settings(&self.nats, user)
    }

    /// Tells a fact of someone; says where its log ends.
    pub async fn tells(&self, person: Uuid, told: &Fact) -> i64 {
        let (event_type, payload) = fact::write(told).unwrap();
        let mut append = Append::nothing(Uuid::now_v7(), StreamId::new("involvee", person));
        let (event_id, meta) = (Uuid::now_v7(), self.meta());
        append.events.push(NewEvent { event_id, event_type, schema_version: 1, payload, meta });
        let appended = self.committer.append(append).await.unwrap();
        let Appended::Stored(receipt) = appended else { unreachable!("{appended:?}") };
        receipt.position
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

fn users(layout: &Layout) -> Vec<NatsUser> {
    let all = vec![">".to_owned()];
    let admin = NatsUser {
        name: ADMIN.to_owned(),
        password: password(ADMIN),
        publish_allow: all.clone(),
        subscribe_allow: all,
        ..NatsUser::default()
    };
    let services = layout.services.keys().map(|service| {
        let rights = rights::rights(layout, service).unwrap();
        NatsUser {
            name: service.clone(),
            password: password(service),
            publish_allow: rights.publish,
            subscribe_allow: rights.subscribe,
            ..NatsUser::default()
        }
    });
    std::iter::once(admin).chain(services).collect()
}

fn password(user: &str) -> String {
    format!("of-{user}")
}

fn settings(nats: &TestNats, user: &str) -> Settings {
    Settings { url: nats.url.clone(), user: user.to_owned(), password: password(user).into() }
}

async fn connected(nats: &TestNats, user: &str) -> Connection {
    let connection = connect(&settings(nats, user), "test").await.unwrap();
    let mut connects = connection.connects();
    let reached = connects.wait_for(|times| *times > 0);
    tokio::time::timeout(LIMIT, reached).await.unwrap().unwrap();
    connection
}
