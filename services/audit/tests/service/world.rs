//! One audit with the services around it: each a log of its own, and a relay that publishes it. What
//! they tell is made up here, byte by byte, as no service knows another's events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use audit::Config;
use boot::{Clock, Running};
use contracts::personal::PersonName;
use contracts::{Class, PersonId, Sealed};
use eventstore::executor::SYSTEM_ACCOUNT;
use eventstore::{
    Actor, Append, Appended, Authority, Committer, Metadata, NewEvent, StreamId, Taken, schema,
};
use jiff::Timestamp;
use messaging::connect::Settings;
use messaging::{Connection, Layout, Relay, connect, rights, streams};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use testkit::{Answer, Http, Issuer, NatsUser, Person, TestDatabase, TestNats};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use vault::{Vault, VaultConfig};

/// Longer than anything takes on a slow machine; reached only by what has failed.
const LIMIT: Duration = Duration::from_secs(40);
pub const NOW: &str = "2027-03-01T10:00:00Z";
const ADMIN: &str = "admin";

pub struct World {
    pub http: Http,
    pub running: Running,
    pub clock: Clock,
    pub nats: TestNats,
    pub layout: Layout,
    pub vault: Vault,
    pub vault_database: TestDatabase,
    pub database: TestDatabase,
    pub issuer: Issuer,
    pub config: Config,
    /// Reads everything.
    pub auditor: Person,
    /// Someone involved.
    pub ana: Person,
}

pub async fn world() -> World {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let issuer = Issuer::start(&clock).await;
    let layout = Layout::shipped().unwrap();
    let nats = testkit::nats(&users(&layout)).await;
    let admin = connected(&nats, ADMIN).await;
    streams::provision(admin.jetstream(), &layout).await.unwrap();
    let vault_database = testkit::database("vault").await;
    let mut owner = PgConnection::connect(&vault_database.owner_url).await.unwrap();
    vault::schema::migrate(&mut owner).await.unwrap();
    let role = &vault_database.runtime_role;
    vault::schema::grant(&mut owner, role, &[Class::Contact]).await.unwrap();
    let sealing = keys(&vault_database.owner_url);
    let vault = Vault::connect(&sealing, Arc::new(real_instant)).await.unwrap();
    let database = testkit::database("audit").await;
    let mut service = testkit::service_config(&database, &issuer);
    service.nats = Some(settings(&nats, "audit"));
    service.vault = Some(keys(&vault_database.runtime_url));
    let config = Config { service };
    let running = start(&config, &clock).await;
    World {
        http: Http::to(running.address),
        running,
        clock,
        nats,
        layout,
        vault,
        vault_database,
        database,
        auditor: issuer.person("auditor", &json!([{"role": "auditor", "localities": []}])),
        ana: issuer.person("ana", &json!([])),
        issuer,
        config,
    }
}

async fn start(config: &Config, clock: &Clock) -> Running {
    let stop = CancellationToken::new();
    let running = audit::start(config.clone(), clock.clone(), None, stop).await.unwrap();
    running.readiness.ready().await;
    running
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

fn keys(url: &str) -> VaultConfig {
    VaultConfig {
        url: url.into(),
        kek_hex: "6b65".repeat(16).into(),
        kek_id: "2027-03".to_owned(),
        index_key_hex: "696e".repeat(16).into(),
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a key lies in memory is real time")]
fn real_instant() -> Instant {
    Instant::now()
}

impl World {
    /// Stops the service and starts it again on what it left.
    pub async fn restarted(mut self) -> Self {
        self.running.stop().await;
        self.running = start(&self.config, &self.clock).await;
        self.http = Http::to(self.running.address);
        self
    }

    /// Stops the service, changes its database as its owner, and starts it again.
    pub async fn changed_while_away(mut self, change: &'static str) -> Self {
        self.running.stop().await;
        self.as_admin(change).await;
        self.running = start(&self.config, &self.clock).await;
        self.http = Http::to(self.running.address);
        self
    }

    /// Changes the service's database behind its back.
    pub async fn as_admin(&self, change: &'static str) {
        let mut admin = PgConnection::connect(&self.database.admin_url).await.unwrap();
        sqlx::raw_sql(change).execute(&mut admin).await.unwrap();
    }

    /// Why it does not start.
    pub async fn refusal_to_start(&self, config: &Config) -> String {
        let stop = CancellationToken::new();
        let started = audit::start(config.clone(), self.clock.clone(), None, stop).await;
        started.err().unwrap().to_string()
    }

    pub fn person(&self, subject: &str, role: &str, localities: &[&str]) -> Person {
        self.issuer.person(subject, &json!([{ "role": role, "localities": localities }]))
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        self.http.get(Some(who), path, "").await
    }

    /// The auditor's reading of a history.
    pub async fn timeline(&self, asked: &str) -> Vec<Value> {
        let answer = self.get(&self.auditor, &format!("/v1/timeline?{asked}")).await.expect(200);
        answer.json["items"].as_array().unwrap().clone()
    }

    pub async fn sentences(&self, asked: &str) -> Vec<String> {
        let entries = self.timeline(asked).await;
        entries.iter().map(|entry| entry["sentence"].as_str().unwrap().to_owned()).collect()
    }

    pub fn at(&self, time: &str) {
        self.clock.advance_to(time.parse::<Timestamp>().unwrap()).unwrap();
    }

    /// Waits until everything of a service up to a position is in every view that hears it.
    pub async fn heard(&self, source: &str, position: i64) {
        testkit::until(|| async {
            sqlx::query_scalar(
                "select bool_and(position >= $2 and version > 0) from views.fact_checkpoint
                 where source = $1",
            )
            .bind(source)
            .bind(position)
            .fetch_one(self.running.executor.pool())
            .await
            .unwrap()
        })
        .await;
    }

    /// Waits until the service has heard its own log to the end.
    pub async fn own_log_heard(&self) {
        let head = eventstore::reader::head(self.running.executor.pool()).await.unwrap();
        self.heard("audit", head.position).await;
    }

    pub async fn service(&self, name: &'static str) -> Service {
        let database = testkit::database(name).await;
        let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
        schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
        let options: PgConnectOptions = database.runtime_url.parse().unwrap();
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
        let committer = Committer::start(
            options,
            self.clock.clone(),
            &TaskTracker::new(),
            CancellationToken::new(),
        );
        Service { name, pool, committer, clock: self.clock.clone() }
    }

    pub async fn administrator(&self) -> Connection {
        connected(&self.nats, ADMIN).await
    }

    pub async fn connection(&self, user: &str) -> Connection {
        connected(&self.nats, user).await
    }

    pub async fn sealed_name(&self, person: PersonId, name: &str) -> Sealed<PersonName> {
        self.vault.seal(person, &PersonName::new(name.to_owned()).unwrap()).await.unwrap()
    }

    /// Every row of a table as text, in one order.
    pub async fn rows(&self, table: &str) -> Vec<String> {
        rows(self.running.executor.pool(), table).await
    }
}

async fn rows(pool: &PgPool, table: &str) -> Vec<String> {
    let statement = format!("select t::text from {table} t order by 1");
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(pool).await.unwrap()
}

/// A service's log, with nobody deciding what goes in.
pub struct Service {
    pub name: &'static str,
    pub pool: PgPool,
    committer: Committer,
    clock: Clock,
}

impl Service {
    /// Something happens.
    pub async fn tells(
        &self,
        (kind, id): (&str, Uuid),
        event_type: &str,
        payload: Value,
        meta: Metadata,
    ) {
        let known: Option<i64> = sqlx::query_scalar(
            "select max(version) from log.event where stream_type = $1 and stream_id = $2",
        )
        .bind(kind)
        .bind(id)
        .fetch_one(&self.pool)
        .await
        .unwrap();
        let now = self.clock.now();
        let meta = Metadata { occurred_at: now, received_at: meta.received_at.min(now), ..meta };
        let mut append = Append::nothing(Uuid::now_v7(), StreamId::new(kind, id));
        append.expected_version = known.unwrap_or(0);
        append.events.push(NewEvent {
            event_id: Uuid::now_v7(),
            event_type: event_type.to_owned(),
            schema_version: 1,
            payload: payload.to_string(),
            meta: serde_json::to_string(&meta).unwrap(),
        });
        let appended = self.committer.append(append).await.unwrap();
        assert!(matches!(appended, Appended::Stored(_)), "{appended:?}");
    }

    /// Publishes the whole log, and stops.
    pub async fn published(&self, world: &World) -> i64 {
        let end = eventstore::reader::head(&self.pool).await.unwrap().position;
        let connection = world.connection(self.name).await;
        let heads = self.committer.heads();
        let (pool, layout) = (self.pool.clone(), &world.layout);
        let relay = Relay::prepare(connection, pool, layout, self.name, heads, |_| Ok(Vec::new()))
            .await
            .unwrap();
        let (mut status, tasks, stop) =
            (relay.status(), TaskTracker::new(), CancellationToken::new());
        relay.start(&tasks, &stop);
        let done = status.wait_for(|status| status.has_published(end));
        tokio::time::timeout(LIMIT, done).await.unwrap().unwrap();
        stop.cancel();
        tasks.close();
        tokio::time::timeout(LIMIT, tasks.wait()).await.unwrap();
        end
    }

    /// Publishes the whole log and waits until audit has kept it.
    pub async fn heard_by(&self, world: &World) {
        let end = self.published(world).await;
        world.heard(self.name, end).await;
    }
}

/// Someone acts in a role, through the system.
pub fn by(person: PersonId, role: &str) -> Metadata {
    let never = Timestamp::MAX;
    Metadata {
        command_id: Uuid::now_v7(),
        correlation_id: Uuid::now_v7(),
        causation_id: None,
        actor: Actor { person, account: person.uuid() },
        on_behalf_of: None,
        authority: Authority { role: role.to_owned(), ..Authority::default() },
        rule_version: None,
        occurred_at: never,
        received_at: never,
        taken: Taken::Online,
        traceparent: None,
        build: "test".to_owned(),
    }
}

/// A policy answers.
pub fn by_policy() -> Metadata {
    Metadata { taken: Taken::Policy, ..by(PersonId::new(SYSTEM_ACCOUNT), "system") }
}

pub fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(number))
}

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}
