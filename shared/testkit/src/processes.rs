//! Several processes of one service, as far as its rooms and its own policies go: each has a committer,
//! an executor and policies of its own, on one database. No routes, no views, no neighbours.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{Clock, Committer, Executor, Order, Policy, Progress, Taken, policy, reader};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::database::TestDatabase;

const WAITS_AT_MOST: Duration = Duration::from_mins(1);
const POLICIES: &str = "policies";

/// Processes that share a database; they end with this.
pub struct Processes {
    /// Their database.
    pub database: TestDatabase,
    /// For looking at it.
    pub pool: PgPool,
    /// Each one's way of carrying out commands.
    pub executors: Vec<Executor>,
    progress: Vec<Progress>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _ends: DropGuard,
}

impl Processes {
    /// So many of them, by one clock, each giving its policies' commands.
    pub async fn start(
        name: &str,
        count: usize,
        clock: &Clock,
        policies: impl Fn() -> Vec<Arc<dyn Policy>>,
    ) -> Self {
        let database = crate::database(name).await;
        let mut owner =
            PgConnection::connect(&database.owner_url).await.expect("it can be reached");
        eventstore::schema::migrate(&mut owner, &database.runtime_role).await.expect("it is new");
        let options: PgConnectOptions = database.runtime_url.parse().expect("it is a URL");
        let pool = PgPoolOptions::new().max_connections(8).connect_lazy_with(options.clone());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let executor = |_| {
            let committer = Committer::start(options.clone(), clock.clone(), &tasks, stop.clone());
            Executor::new(pool.clone(), committer, clock.clone(), "test")
        };
        let executors: Vec<Executor> = (0..count).map(executor).collect();
        let progress = executors.iter().map(|_| Progress::default()).collect();
        let ends = stop.clone().drop_guard();
        let it = Self { database, pool, executors, progress, tasks, stop, _ends: ends };
        for (executor, progress) in it.executors.iter().zip(&it.progress) {
            for policy in policies() {
                it.tasks.spawn(policy::follow(
                    policy,
                    POLICIES.to_owned(),
                    executor.clone(),
                    executor.committer().heads(),
                    progress.clone(),
                    it.stop.clone(),
                ));
            }
        }
        it
    }

    /// Waits until every policy of every process has come to the end of the log, however far their
    /// answers prolong it.
    pub async fn settled(&self) {
        loop {
            let end = reader::head(&self.pool).await.expect("the log can be read").position;
            for progress in &self.progress {
                assert!(progress.wait_for(POLICIES, end, WAITS_AT_MOST).await, "policies settle");
            }
            if reader::head(&self.pool).await.expect("the log can be read").position == end {
                return;
            }
        }
    }

    /// Which of these questions, each a promise and the SQL that finds whatever breaks it, find
    /// something.
    pub async fn broken(&self, promises: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut all = Vec::new();
        for (promise, question) in promises {
            let found: Vec<String> = sqlx::query_scalar(*question)
                .fetch_all(&self.pool)
                .await
                .expect("what is promised can be asked for");
            if !found.is_empty() {
                all.push(format!("{promise}: {found:?}"));
            }
        }
        all
    }
}

/// An order of somebody, at some time, through the system.
pub fn order_of(who: contracts::PersonId, at: jiff::Timestamp) -> Order {
    let command_id = Uuid::now_v7();
    let mut order = Order::by_system(command_id, command_id, command_id, Taken::Online, at);
    order.occasion.actor = who;
    order
}
