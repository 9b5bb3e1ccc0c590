//! Another service, as far as this one can tell: a log of its own and a relay that publishes it. What
//! it tells is made up here.

use boot::Clock;
use contracts::fact;
use eventstore::executor::SYSTEM_ACCOUNT;
use eventstore::{
    Actor, Append, Appended, Authority, Committer, Metadata, NewEvent, StoredEvent, StreamId,
    Taken, schema,
};
use messaging::connect::Settings;
use messaging::{Connection, Layout, Relay, connect, rights, streams};
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use testkit::{NatsUser, TestDatabase, TestNats};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

const ADMIN: &str = "admin";

/// One NATS with a user for each service and one for the administrator.
pub async fn nats() -> TestNats {
    let layout = Layout::shipped().unwrap();
    let nats = testkit::nats(&users(&layout)).await;
    let admin = connected(&nats, ADMIN).await;
    streams::provision(admin.jetstream(), &layout).await.unwrap();
    nats
}

/// How a service reaches it.
pub fn settings(nats: &TestNats, user: &str) -> Settings {
    Settings { url: nats.url.clone(), user: user.to_owned(), password: password(user).into() }
}

/// Every message in a service's stream of facts: its subject and what it holds.
pub async fn facts_of(nats: &TestNats, service: &str) -> Vec<(String, serde_json::Value)> {
    let admin = connected(nats, ADMIN).await;
    let name = messaging::Channel::Facts.stream(service);
    let stream = admin.jetstream().get_stream(name).await.unwrap();
    let mut all = Vec::new();
    for sequence in 1..=stream.cached_info().state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        all.push((message.subject.to_string(), serde_json::from_slice(&message.payload).unwrap()));
    }
    all
}

/// A neighbour.
pub struct Neighbour {
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
    pub async fn start(name: &'static str, nats: &TestNats, clock: &Clock) -> Self {
        let database = testkit::database(name).await;
        let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
        schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
        let options: PgConnectOptions = database.runtime_url.parse().unwrap();
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options.clone());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let committer = Committer::start(options, clock.clone(), &tasks, stop.clone());
        let connection = connected(nats, name).await;
        let layout = Layout::shipped().unwrap();
        let heads = committer.heads();
        let relay = Relay::prepare(connection, pool, &layout, name, heads, as_stored);
        relay.await.unwrap().start(&tasks, &stop);
        Self { _database: database, committer, clock: clock.clone(), stop }
    }

    /// Tells a fact about something; says where its log ends.
    pub async fn tells<F: Serialize>(&self, about: Uuid, told: &F) -> i64 {
        let (event_type, payload) = fact::write(told).unwrap();
        let room = event_type.split('.').next().unwrap();
        let mut append = Append::nothing(Uuid::now_v7(), StreamId::new(room, Uuid::now_v7()));
        let (event_id, meta) = (Uuid::now_v7(), self.meta(about));
        append.events.push(NewEvent { event_id, event_type, schema_version: 1, payload, meta });
        let stored = self.committer.append(append).await.unwrap();
        assert!(matches!(stored, Appended::Stored(_)), "{stored:?}");
        if let Appended::Stored(receipt) = stored { receipt.position } else { 0 }
    }

    fn meta(&self, correlation_id: Uuid) -> String {
        let now = self.clock.now();
        let meta = Metadata {
            command_id: Uuid::now_v7(),
            correlation_id,
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

#[expect(clippy::unnecessary_wraps, reason = "a relay takes a door that may fail")]
fn as_stored(event: &StoredEvent) -> Result<Vec<(String, String)>, fact::Unreadable> {
    Ok(vec![(event.event_type.clone(), event.payload.clone())])
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

async fn connected(nats: &TestNats, user: &str) -> Connection {
    let connection = connect(&settings(nats, user), "test").await.unwrap();
    let mut connects = connection.connects();
    connects.wait_for(|times| *times > 0).await.unwrap();
    connection
}
