//! Where the bells hang: a database, services over it, and a look at what has rung.

use std::collections::BTreeMap;

use boot::{Clock, Parts, Running, Service, ServiceConfig, TelemetryConfig};
use eventstore::executor::{FireError, Order};
use eventstore::timer::DueTimer;
use eventstore::{Executor, Receipt, Taken};
use futures::future::{BoxFuture, try_join_all};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection as _, PgConnection, PgPool};
use testkit::TestDatabase;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::{Identities, IssuerConfig};

use crate::bell::{Bell, Command};

pub struct Tower {
    pub database: TestDatabase,
    /// Sets bells; its own scheduler is stopped.
    pub executor: Executor,
    pub pool: PgPool,
    /// Commands are taken as long as it is there.
    _service: Service,
}

/// Where a service finds its log.
pub fn config(owner_url: &str, runtime_url: &str) -> ServiceConfig {
    ServiceConfig {
        listen: "127.0.0.1:0".to_owned(),
        database_url: runtime_url.to_owned().into(),
        owner_database_url: Some(owner_url.to_owned().into()),
        database_connections_max: 4,
        request_key: "0123456789abcdef".repeat(4).into(),
        // Nobody signs in here.
        issuer: IssuerConfig::new("http://127.0.0.1:1", "nobody"),
        nats: None,
        vault: None,
        telemetry: TelemetryConfig::default(),
        log: "warn".to_owned(),
    }
}

/// A service that rings bells, until it is told to stop.
pub async fn rings(config: ServiceConfig, clock: Clock) -> Running {
    let stop = CancellationToken::new();
    let service = boot::start("bells", config, clock, None, stop).await.unwrap();
    let identities = Identities::linked(service.pool.clone(), service.executor.clock().clone());
    let parts = Parts {
        views: Vec::new(),
        policies: Vec::new(),
        fire,
        publish: |_| Ok(Vec::new()),
        hear: Box::new(|_, _| Ok(())),
        access: &[],
        identities,
        routes: Box::new(|_| axum::Router::new()),
    };
    service.run(parts).await.unwrap()
}

fn fire(
    executor: Executor,
    timer: DueTimer,
) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    match timer.stream.kind.as_str() {
        "bell" => Some(Box::pin(async move { executor.fire::<Bell>(&timer).await })),
        _ => None,
    }
}

/// Bells that nobody rings yet.
pub async fn tower() -> Tower {
    let database = testkit::database("bells").await;
    let config = config(&database.owner_url, &database.runtime_url);
    let stop = CancellationToken::new();
    let service = boot::start("bells", config, Clock::machine(), None, stop).await.unwrap();
    let (executor, pool) = (service.executor.clone(), service.pool.clone());
    Tower { database, executor, pool, _service: service }
}

impl Tower {
    /// Sets bells to these times, and says which.
    pub async fn sets(&self, times: &[Timestamp]) -> BTreeMap<Uuid, Timestamp> {
        let set = times.iter().map(|at| async {
            let (bell, now) = (Uuid::now_v7(), self.executor.clock().now());
            let id = Uuid::now_v7();
            let order = Order::by_system(id, id, id, Taken::Online, now);
            self.executor.execute::<Bell>(bell, Command::Set { at: *at }, order).await?;
            Ok::<_, eventstore::Failure>((bell, *at))
        });
        try_join_all(set).await.unwrap().into_iter().collect()
    }

    /// Bells due each minute before now, so many.
    pub async fn sets_due(&self, count: i64) -> BTreeMap<Uuid, Timestamp> {
        let now = self.executor.clock().now();
        let times: Vec<Timestamp> =
            (1..=count).map(|minutes| now - SignedDuration::from_mins(minutes)).collect();
        self.sets(&times).await
    }

    /// Which bells have rung, in the order of the log.
    pub async fn rung(&self) -> Vec<Uuid> {
        sqlx::query_scalar(
            "select stream_id from log.event where event_type = 'bell.rang.v1' order by position",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap()
    }

    /// How many timers wait, and how many of them someone has leased.
    pub async fn waiting(&self) -> (i64, i64) {
        sqlx::query_as("select count(*), count(lease_until) from log.timer")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    pub async fn chain_holds(&self) -> bool {
        let mut owner = PgConnection::connect(&self.database.owner_url).await.unwrap();
        eventstore::verify::verify(&mut owner).await.unwrap().first_break.is_none()
    }
}
