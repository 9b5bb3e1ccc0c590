//! Services with real servers behind them. Nothing here sleeps: everything is waited for by what it
//! says of itself, within a limit.

use std::fs;
use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Config;
use eventstore::{Clock, Committer, Executor, Order, Progress, Taken, schema};
use messaging::connect::Settings;
use messaging::relay::Unready;
use messaging::{Connection, Layout, Relay, RelayStatus, SubscriptionStatus, Subscriptions};
use messaging::{connect, rights, streams};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool};
use testkit::{NatsUser, TestDatabase, TestNats};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::opportunity::{Ask, Opportunity, publish};

/// Longer than anything takes on a slow machine; reached only by what has failed.
pub const LIMIT: Duration = Duration::from_secs(40);
pub const ADMIN: &str = "admin";

const LAYOUT: &str = "
    replicas = 1
    [services.opportunities]
    [services.recruitment]
    facts.opportunities = ['heard', 'answer_openings']
    [services.audit]
    log.opportunities = ['history']";

/// One NATS with a user for each service and one for the administrator.
pub struct World {
    pub nats: TestNats,
    pub layout: Layout,
}

impl World {
    pub async fn new() -> Self {
        let layout = Layout::parse(LAYOUT).unwrap();
        let all = vec![">".to_owned()];
        let mut users = vec![NatsUser {
            name: ADMIN.to_owned(),
            password: password(ADMIN),
            publish_allow: all.clone(),
            subscribe_allow: all,
            ..NatsUser::default()
        }];
        for service in layout.services.keys() {
            let rights = rights::rights(&layout, service).unwrap();
            users.push(NatsUser {
                name: service.clone(),
                password: password(service),
                publish_allow: rights.publish,
                subscribe_allow: rights.subscribe,
                ..NatsUser::default()
            });
        }
        let world = Self { nats: testkit::nats(&users).await, layout };
        let admin = world.connect(ADMIN).await;
        streams::provision(admin.jetstream(), &world.layout).await.unwrap();
        world
    }

    /// Connects as a user, and waits until the server was reached.
    pub async fn connect(&self, user: &str) -> Connection {
        self.connect_at(&self.nats.url, user).await
    }

    /// Connects by another way to the same server, and waits until it was reached.
    pub async fn connect_at(&self, url: &str, user: &str) -> Connection {
        let connection = self.connects_at(url, user).await;
        within("the server is reached", connection.connects(), |times| *times > 0).await;
        connection
    }

    /// The same, without waiting.
    pub async fn connects_at(&self, url: &str, user: &str) -> Connection {
        let settings = Settings {
            url: url.to_owned(),
            user: user.to_owned(),
            password: password(user).into(),
        };
        connect(&settings, "test").await.unwrap()
    }

    /// A service with an empty log.
    pub async fn service(&self, name: &'static str) -> Service {
        let database = testkit::database(name).await;
        let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
        schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
        owner.close().await.unwrap();
        self.service_on(name, database).await
    }

    /// A service on a database that is there already.
    pub async fn service_on(&self, name: &'static str, database: TestDatabase) -> Service {
        let options: PgConnectOptions = database.runtime_url.parse().unwrap();
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
        let clock = Clock::standing_at("2026-11-23T09:00:00Z".parse().unwrap());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let committer = Committer::start(options, clock.clone(), &tasks, stop.clone());
        Service {
            name,
            database,
            executor: Executor::new(pool.clone(), committer, clock, "test"),
            pool,
            connection: self.connect(name).await,
            layout: self.layout.clone(),
            tasks,
            stop,
        }
    }

    /// Messages in a stream, as the server counts them.
    pub async fn messages_in(&self, stream: &str) -> u64 {
        let admin = self.connect(ADMIN).await;
        let stream = admin.jetstream().get_stream(stream).await.unwrap();
        stream.cached_info().state.messages
    }

    /// Every message a stream holds: its sequence, and the position of its event.
    pub async fn kept_in(&self, stream: &str) -> Vec<(u64, i64)> {
        let admin = self.connect(ADMIN).await;
        let stream = admin.jetstream().get_stream(stream).await.unwrap();
        let mut kept = Vec::new();
        for sequence in 1..=stream.cached_info().state.last_sequence {
            if let Ok(message) = stream.get_raw_message(sequence).await {
                let position = message.headers.get("ce-position").unwrap().as_str();
                kept.push((sequence, position.parse().unwrap()));
            }
        }
        kept
    }

    /// A stream made anew by somebody with other promises.
    pub async fn made_otherwise(&self, stream: &str, change: impl FnOnce(&mut Config)) {
        let admin = self.connect(ADMIN).await;
        let jetstream = admin.jetstream();
        let found = jetstream.get_stream(stream).await.unwrap();
        let mut config = found.cached_info().config.clone();
        jetstream.delete_stream(stream).await.unwrap();
        change(&mut config);
        jetstream.create_stream(config).await.unwrap();
    }

    /// Puts a message into the facts of `opportunities` that no relay published, made from the one
    /// at `sequence`.
    pub async fn forge_from(&self, sequence: u64, change: impl FnOnce(&mut StreamMessage)) {
        let admin = self.connect(ADMIN).await;
        let stream = admin.jetstream().get_stream("FACTS_OPPORTUNITIES").await.unwrap();
        let mut message = stream.get_raw_message(sequence).await.unwrap();
        let all = std::mem::take(&mut message.headers);
        for (name, values) in all.iter().filter(|(name, _)| name.to_string().starts_with("ce-")) {
            message.headers.insert(name.clone(), values[0].clone());
        }
        change(&mut message);
        let StreamMessage { subject, headers, payload, .. } = message;
        let jetstream = admin.jetstream();
        jetstream.publish_with_headers(subject, headers, payload).await.unwrap().await.unwrap();
    }

    /// An outage, during which everything the server kept is lost.
    pub async fn lose_all_streams(&mut self, meanwhile: impl AsyncFnOnce()) {
        self.nats.server.halt().await.unwrap();
        fs::remove_dir_all(self.nats.server.data_folder().join("store/jetstream")).unwrap();
        meanwhile().await;
        self.nats.server.start_again().await.unwrap();
    }
}

fn password(user: &str) -> String {
    format!("of-{user}")
}

/// One service's log, with what runs around it.
pub struct Service {
    pub name: &'static str,
    pub database: TestDatabase,
    pub pool: PgPool,
    pub executor: Executor,
    pub connection: Connection,
    pub layout: Layout,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Something that runs until it is stopped.
pub struct Running<T> {
    pub status: watch::Receiver<T>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl<T> Running<T> {
    /// Stops it as a kill would, wherever it stands.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(LIMIT, self.tasks.wait()).await.expect("it stops");
    }
}

impl Service {
    /// Gives a command; says where the log ends after it.
    pub async fn give(&self, id: Uuid, ask: Ask) -> i64 {
        let command_id = Uuid::now_v7();
        let now = self.executor.clock().now();
        let order = Order::by_system(command_id, command_id, command_id, Taken::Online, now);
        self.executor.execute::<Opportunity>(id, ask, order).await.unwrap().position
    }

    /// Opens so many opportunities; says where the log ends after the last.
    pub async fn open(&self, n: u16) -> i64 {
        let mut end = 0;
        for places in 1..=n {
            end = self.give(Uuid::now_v7(), Ask::Open { places }).await;
        }
        end
    }

    pub async fn relay(&self) -> Running<RelayStatus> {
        self.relay_by(self.connection.clone(), self.pool.clone()).await.unwrap()
    }

    /// A relay that reaches its servers by these ways; none where it cannot begin.
    pub async fn relay_by(
        &self,
        connection: Connection,
        pool: PgPool,
    ) -> Option<Running<RelayStatus>> {
        let heads = self.executor.committer().heads();
        let made = Relay::prepare(connection, pool, &self.layout, self.name, heads, publish).await;
        let relay = match made {
            Ok(relay) => relay,
            Err(Unready::Database(_)) => return None,
            Err(Unready::Unlisted(name)) => panic!("{name} is not in the layout"),
        };
        let (status, tasks, stop) = (relay.status(), TaskTracker::new(), CancellationToken::new());
        relay.start(&tasks, &stop);
        Some(Running { status, tasks, stop })
    }

    /// Relays until the log is published up to `position`, then stops.
    pub async fn publish_up_to(&self, position: i64) {
        let relay = self.relay().await;
        published(&relay, position).await;
        relay.stop().await;
    }

    pub async fn hear(
        &self,
        progress: &Progress,
        subscribers: impl FnOnce(&mut Subscriptions),
    ) -> Running<Vec<SubscriptionStatus>> {
        let (connection, pool) = (self.connection.clone(), self.pool.clone());
        self.hear_with(connection, pool, progress, subscribers).await.unwrap()
    }

    /// Hears by these ways; none where it cannot begin.
    pub async fn hear_by(
        &self,
        connection: Connection,
        pool: PgPool,
        subscribers: impl FnOnce(&mut Subscriptions),
    ) -> Option<Running<Vec<SubscriptionStatus>>> {
        self.hear_with(connection, pool, &Progress::default(), subscribers).await.ok()
    }

    async fn hear_with(
        &self,
        connection: Connection,
        pool: PgPool,
        progress: &Progress,
        subscribers: impl FnOnce(&mut Subscriptions),
    ) -> Result<Running<Vec<SubscriptionStatus>>, sqlx::Error> {
        let layout = self.layout.clone();
        let mut subscriptions =
            Subscriptions::new(connection, pool, layout, self.name, progress.clone());
        subscribers(&mut subscriptions);
        let (status, tasks, stop) =
            (subscriptions.statuses(), TaskTracker::new(), CancellationToken::new());
        subscriptions.start(&tasks, &stop).await?;
        Ok(Running { status, tasks, stop })
    }

    /// Events in its log.
    pub async fn count(&self) -> i64 {
        sqlx::query_scalar("select count(*) from log.event").fetch_one(&self.pool).await.unwrap()
    }

    /// Ends everything that is connected to the database, and gives the database back.
    pub async fn close(self) -> TestDatabase {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(LIMIT, self.tasks.wait()).await.expect("the committer stops");
        self.pool.close().await;
        self.database
    }
}

/// Waits until what is watched is as it has to be.
pub async fn within<T: Clone>(
    what: &str,
    mut watched: watch::Receiver<T>,
    holds: impl FnMut(&T) -> bool,
) -> T {
    let waited = tokio::time::timeout(LIMIT, watched.wait_for(holds)).await;
    waited.unwrap_or_else(|_| panic!("not in time: {what}")).expect(what).clone()
}

pub async fn published(relay: &Running<RelayStatus>, position: i64) -> RelayStatus {
    within("the log is published", relay.status.clone(), |status| status.has_published(position))
        .await
}

/// Waits until every subscriber has reached a position of its publisher.
pub async fn reached(running: &Running<Vec<SubscriptionStatus>>, position: i64) {
    within("everything is heard", running.status.clone(), |all| {
        all.iter().all(|one| one.reached_position >= position && one.stalled.is_none())
    })
    .await;
}

/// Waits until the first subscriber stands still; says why.
pub async fn stalled(running: &Running<Vec<SubscriptionStatus>>) -> String {
    let all = within("a subscriber stands still", running.status.clone(), |all| {
        all.iter().any(|one| one.stalled.is_some())
    })
    .await;
    all.into_iter().find_map(|one| one.stalled).unwrap()
}
