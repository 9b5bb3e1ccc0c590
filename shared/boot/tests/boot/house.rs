//! A whole service around gates, with everything it stands on reached by wires; and someone who
//! speaks to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::Response;
use boot::service::Hear;
use boot::{Clock, Parts, Running, ServiceConfig, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::view::{Progress, ProjectError};
use eventstore::{Executor, Key, Receipt, Rows, StoredEvent, View};
use futures::future::BoxFuture;
use jiff::Timestamp;
use messaging::Subscriptions;
use messaging::inbox::Unlisted;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, Http, Issuer, Person, TestDatabase, Wire, until};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{AccessRule, Address, Ask, Body, Edge, Identities, OnBehalf, Problem, ReadAfter, Role};

use crate::gate::{Command, EnterToo, Event, Follow, Gate};

/// The view of entries is well, cannot write, or breaks off.
pub const WELL: u8 = 0;
pub const FAILS: u8 = 1;
pub const BREAKS: u8 = 2;

/// How often somebody entered by a gate.
#[derive(Clone, serde::Serialize, Deserialize)]
struct Entry {
    gate: Uuid,
    n_entered: i64,
}

impl eventstore::view::Row for Entry {
    const TABLE: &'static str = "entry";
    const KEY: &'static [&'static str] = &["gate"];

    fn key(&self) -> Key {
        self.gate.into()
    }
}

struct Entries {
    temper: Arc<AtomicU8>,
}

#[async_trait]
impl View for Entries {
    fn name(&self) -> &'static str {
        "entries"
    }
    fn version(&self) -> i32 {
        1
    }
    fn tables(&self) -> &'static [&'static str] {
        &["entry"]
    }
    fn create(&self) -> &'static str {
        "create table entry (gate uuid primary key, n_entered bigint not null)"
    }
    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        match self.temper.load(Ordering::SeqCst) {
            WELL => {}
            FAILS => return Err(ProjectError::Database(sqlx::Error::RowNotFound)),
            _ => break_off(&event.payload),
        }
        if let Event::Entered { .. } = event.decode::<Event>()? {
            let gate = event.stream.id;
            let n_entered = rows.one::<Entry>(gate).await?.map_or(0, |row| row.n_entered) + 1;
            rows.put(Entry { gate, n_entered })?;
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Here {
    edge: Edge,
    progress: Progress,
    pool: PgPool,
}

impl FromRef<Here> for Edge {
    fn from_ref(here: &Here) -> Self {
        here.edge.clone()
    }
}

impl FromRef<Here> for Progress {
    fn from_ref(here: &Here) -> Self {
        here.progress.clone()
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct Enter {
    badge: String,
}
impl Body for Enter {}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
struct Plan {
    at: String,
}
impl Body for Plan {}

#[utoipa::path(post, path = "/v1/gates/{gate}", params(("gate" = Uuid, Path)), request_body = Enter)]
async fn enter(Address(gate): Address<Uuid>, Ask { body, call }: Ask<Enter>) -> Response {
    call.execute::<Gate>(gate, Command::Enter { badge: body.badge }).await
}

#[utoipa::path(post, path = "/v1/gates/{gate}/plan", params(("gate" = Uuid, Path)), request_body = Plan)]
async fn plan(Address(gate): Address<Uuid>, Ask { body, call }: Ask<Plan>) -> Response {
    let at: Timestamp = body.at.parse().unwrap();
    call.execute::<Gate>(gate, Command::PlanShutting { at }).await
}

#[utoipa::path(get, path = "/v1/gates/{gate}", params(("gate" = Uuid, Path)))]
async fn entered(
    State(here): State<Here>,
    Address(gate): Address<Uuid>,
    _: ReadAfter,
) -> Result<Json<Option<i64>>, Problem> {
    let n_entered = sqlx::query_scalar("select n_entered from views.entry where gate = $1")
        .bind(gate)
        .fetch_optional(&here.pool)
        .await?;
    Ok(Json(n_entered))
}

/// Reads for as long as nobody minds.
#[utoipa::path(get, path = "/v1/long")]
async fn long(State(here): State<Here>) -> Result<Json<bool>, Problem> {
    sqlx::query("select pg_sleep(60)").execute(&here.pool).await?;
    Ok(Json(true))
}

#[utoipa::path(get, path = "/v1/panics")]
async fn panics() -> Json<bool> {
    break_off("the secret of Jane");
    Json(true)
}

#[expect(clippy::panic, reason = "what breaks off is what these stories are about")]
fn break_off(over: &str) {
    panic!("something broke off over {over}");
}

const fn rule(method: &'static str, path: &'static str) -> AccessRule {
    AccessRule { method, path, roles: &[Role::Involvee], on_behalf: OnBehalf::Never }
}

const RULES: &[AccessRule] = &[
    rule("POST", "/v1/gates/{gate}"),
    rule("POST", "/v1/gates/{gate}/plan"),
    rule("GET", "/v1/gates/{gate}"),
    rule("GET", "/v1/long"),
    rule("GET", "/v1/panics"),
];

fn fire(
    executor: Executor,
    timer: DueTimer,
) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    match timer.stream.kind.as_str() {
        "gate" => Some(Box::pin(async move { executor.fire::<Gate>(&timer).await })),
        _ => None,
    }
}

fn the_neighbour_is_heard(all: &mut Subscriptions, executor: &Executor) -> Result<(), Unlisted> {
    all.policy(EnterToo, executor.clone())
}

/// Starts a service of gates under a name that the layout of services knows.
pub async fn opens(
    name: &'static str,
    config: ServiceConfig,
    temper: Arc<AtomicU8>,
    stop: CancellationToken,
) -> Result<Running, StartError> {
    let has_vault = config.vault.is_some();
    let service = boot::start(name, config, Clock::machine(), None, stop).await?;
    if has_vault {
        service.vault().await?;
    }
    let edge = service.edge(&[("gate", "/v1/gates")])?;
    let here = Here { edge, progress: service.progress.clone(), pool: service.pool.clone() };
    let router = OpenApiRouter::new()
        .routes(routes!(enter, entered))
        .routes(routes!(plan))
        .routes(routes!(long))
        .routes(routes!(panics));
    let hear: Hear = match name {
        "opportunities" => Box::new(the_neighbour_is_heard),
        _ => Box::new(|_, _| Ok(())),
    };
    service
        .run(Parts {
            views: vec![Arc::new(Entries { temper })],
            policies: vec![Arc::new(Follow)],
            fire,
            publish: |event| Ok(vec![(event.event_type.clone(), event.payload.clone())]),
            hear,
            access: RULES,
            identities: Identities::own(),
            routes: Box::new(|house| web::finish(router, here, house)),
        })
        .await
}

pub struct House {
    pub running: Running,
    pub http: Http,
    pub person: Person,
    pub config: ServiceConfig,
    /// The service's only way to its database.
    pub wire: Wire,
    pub temper: Arc<AtomicU8>,
    /// For looking, past every wire.
    pub pool: PgPool,
    pub database: TestDatabase,
}

/// What a service of gates is told, and its way to the database.
pub async fn told(database: &TestDatabase, issuer: &Issuer) -> (ServiceConfig, Wire) {
    let mut config = testkit::service_config(database, issuer);
    let direct: sqlx::postgres::PgConnectOptions = database.runtime_url.parse().unwrap();
    let wire = Wire::to(direct.get_port()).await;
    config.database_url = wire.instead_of(&database.runtime_url).into();
    (config, wire)
}

pub async fn house() -> House {
    house_with("recruitment", |_| {}).await
}

pub async fn house_with(name: &'static str, told_too: impl FnOnce(&mut ServiceConfig)) -> House {
    let database = testkit::database("gates").await;
    let issuer = Issuer::start(&Clock::machine()).await;
    let (mut config, wire) = told(&database, &issuer).await;
    told_too(&mut config);
    let temper = Arc::new(AtomicU8::new(WELL));
    let stop = CancellationToken::new();
    let running = opens(name, config.clone(), Arc::clone(&temper), stop).await.unwrap();
    House {
        http: Http::to(running.address),
        running,
        person: issuer.person("ana", &json!([])),
        config,
        wire,
        temper,
        pool: PgPool::connect_lazy(&database.admin_url).unwrap(),
        database,
    }
}

impl House {
    pub async fn is_ready(&self) -> bool {
        self.told().await.0 == 200
    }

    /// What anyone is told of its readiness.
    pub async fn told(&self) -> (u16, Value) {
        let answer = self.http.get(None, "/health/ready", "").await;
        (answer.status, answer.json)
    }

    /// Waits until this condition is not met, and says for what reason.
    pub async fn lacks(&self, condition: &str) -> String {
        let unmet = |told: &Value| {
            told["conditions"]
                .as_array()
                .and_then(|all| all.iter().find(|it| it["name"] == condition && it["ok"] == false))
                .and_then(|it| it["reason"].as_str())
                .filter(|reason| *reason != "starting")
                .map(ToOwned::to_owned)
        };
        until(|| async { unmet(&self.told().await.1).is_some() }).await;
        let (status, told) = self.told().await;
        assert_eq!(status, 503);
        let live = self.http.get(None, "/health/live", "").await;
        assert_eq!(live.status, 204, "it lives");
        unmet(&told).unwrap()
    }

    /// Waits until everything is well.
    pub async fn is_well(&self) {
        until(|| self.is_ready()).await;
    }

    pub async fn enters(&self, gate: Uuid, key: &str, badge: &str) -> Answer {
        let body = json!({ "badge": badge });
        self.http.post(&self.person, &format!("/v1/gates/{gate}"), key, &body).await
    }

    /// How often a gate was entered, as the log has it and as the view has it.
    pub async fn entered(&self, gate: Uuid) -> (i64, Option<i64>) {
        let log = sqlx::query_scalar(
            "select count(*) from log.event where stream_id = $1
                 and event_type = 'gate.entered.v1'",
        );
        let view = sqlx::query_scalar("select n_entered from views.entry where gate = $1");
        (
            log.bind(gate).fetch_one(&self.pool).await.unwrap(),
            view.bind(gate).fetch_optional(&self.pool).await.unwrap(),
        )
    }
}
