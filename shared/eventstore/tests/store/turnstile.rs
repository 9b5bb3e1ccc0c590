//! A room small enough to see through: people enter through turnstiles until they are shut.

use contracts::PersonId;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use eventstore::executor::{Order, SYSTEM_ACCOUNT};
use eventstore::{
    Asked, Authority, Clock, Committer, Executor, KeyChange, Occasion, Refusal, Room, Taken,
    TimerChange, UniqueKey, schema,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use testkit::{TestDatabase, Wire};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

#[derive(Default, Serialize, Deserialize)]
pub struct Turnstile {
    pub entered: u32,
    pub shut: bool,
    pub shutting_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    #[serde(rename = "turnstile.entered.v1")]
    Entered { badge: String },
    #[serde(rename = "turnstile.shutting_planned.v1")]
    ShuttingPlanned { at: Timestamp },
    #[serde(rename = "turnstile.shut.v1")]
    Shut {},
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        contracts::fact::write(self).unwrap().0
    }
    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

#[derive(Clone, Debug)]
pub enum Command {
    Enter { badges: Vec<String> },
    PlanShutting { at: Timestamp },
    Shut,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum No {
    #[error("the turnstile is shut")]
    Shut,
    #[error("this badge is inside already")]
    BadgeInside,
    #[error("it is not time to shut yet")]
    NotYet,
}

impl Refusal for No {
    fn code(&self) -> &'static str {
        match self {
            Self::Shut => "turnstile.shut",
            Self::BadgeInside => "turnstile.badge_inside",
            Self::NotYet => "turnstile.not_yet",
        }
    }
}

impl Aggregate for Turnstile {
    const TYPE: &'static str = "turnstile";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = No;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), No> {
        let events = match asked.command {
            Command::Enter { .. } if self.shut => return Err(No::Shut),
            Command::Enter { badges } => {
                badges.into_iter().map(|badge| Event::Entered { badge }).collect()
            }
            Command::PlanShutting { at } => vec![Event::ShuttingPlanned { at }],
            Command::Shut if self.shut => Vec::new(),
            Command::Shut if self.shutting_at.is_some_and(|at| asked.occasion.taken_at < at) => {
                return Err(No::NotYet);
            }
            Command::Shut => vec![Event::Shut {}],
        };
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Entered { .. } => self.entered += 1,
            Event::ShuttingPlanned { at } => self.shutting_at = Some(at),
            Event::Shut {} => self.shut = true,
        }
    }
}

impl Room for Turnstile {
    type Ask = Command;
    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Entered { .. } => Vec::new(),
            Event::ShuttingPlanned { at } => {
                vec![TimerChange::Arm { name: "shut".to_owned(), due_at: *at }]
            }
            Event::Shut {} => vec![TimerChange::Cancel { name: "shut".to_owned() }],
        }
    }
    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Entered { badge } if !badge.is_empty() => {
                vec![KeyChange::Claim(UniqueKey { scope: "badge", value: badge.clone() })]
            }
            Event::Entered { .. } | Event::ShuttingPlanned { .. } | Event::Shut {} => Vec::new(),
        }
    }
    fn taken(_: &UniqueKey) -> No {
        No::BadgeInside
    }
    fn due(timer: &str) -> Option<Command> {
        (timer == "shut").then_some(Command::Shut)
    }
}

/// A fresh log with its committer and executor, at a clock that stands still.
pub struct Store {
    pub database: TestDatabase,
    pub pool: PgPool,
    pub executor: Executor,
    pub clock: Clock,
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
}

pub const NINE: &str = "2026-11-23T09:00:00Z";

pub async fn store() -> Store {
    let database = testkit::database("store").await;
    let mut owner = PgConnection::connect(&database.owner_url).await.unwrap();
    schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
    schema::migrate(&mut owner, &database.runtime_role).await.unwrap();
    let options: PgConnectOptions = database.runtime_url.parse().unwrap();
    let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
    eventstore::view::create_checkpoints(&pool).await.unwrap();
    eventstore::policy::adopt_checkpoints(&pool).await.unwrap();
    let clock = Clock::standing_at(NINE.parse().unwrap());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let committer = Committer::start(options, clock.clone(), &tasks, stop.clone());
    let executor = Executor::new(pool.clone(), committer, clock.clone(), "test");
    Store { database, pool, executor, clock, tasks, stop }
}

impl Store {
    /// The process is started anew, by a clock of its own.
    pub fn restart(&mut self, clock: Clock) {
        let options: PgConnectOptions = self.database.runtime_url.parse().unwrap();
        let committer = Committer::start(options, clock.clone(), &self.tasks, self.stop.clone());
        self.executor = Executor::new(self.pool.clone(), committer, clock.clone(), "test");
        self.clock = clock;
    }

    pub fn order(&self, command_id: Uuid) -> Order {
        let now = self.clock.now();
        Order {
            command_id,
            request_hash: b"the request".to_vec(),
            if_match: None,
            occasion: Occasion {
                taken_at: now,
                received_at: now,
                taken: Taken::Online,
                actor: PersonId::new(SYSTEM_ACCOUNT),
                on_behalf_of: None,
            },
            account: SYSTEM_ACCOUNT,
            authority: Authority { role: "involvee".to_owned(), ..Authority::default() },
            correlation_id: command_id,
            causation_id: None,
            rule_version: None,
            traceparent: None,
            fired_timer: None,
        }
    }

    pub async fn give(&self, id: Uuid, command: Command) -> eventstore::Outcome {
        self.executor.execute::<Turnstile>(id, command, self.order(Uuid::now_v7())).await
    }

    /// Another process of this service, on the same log.
    pub fn another_process(&self) -> Executor {
        let options: PgConnectOptions = self.database.runtime_url.parse().unwrap();
        let committer =
            Committer::start(options, self.clock.clone(), &self.tasks, self.stop.clone());
        Executor::new(self.pool.clone(), committer, self.clock.clone(), "test")
    }

    /// Another committer of this log, as of another process, that reaches the database by a wire.
    pub async fn by_a_wire(&self) -> (Wire, Executor) {
        let direct: PgConnectOptions = self.database.runtime_url.parse().unwrap();
        let wire = Wire::to(direct.get_port()).await;
        let by_wire = direct.port(wire.port());
        let committer =
            Committer::start(by_wire, self.clock.clone(), &self.tasks, self.stop.clone());
        let executor = Executor::new(self.pool.clone(), committer, self.clock.clone(), "test");
        (wire, executor)
    }

    pub async fn count(&self) -> i64 {
        sqlx::query_scalar("select count(*) from log.event").fetch_one(&self.pool).await.unwrap()
    }

    pub async fn chain_holds(&self) -> bool {
        let mut owner = PgConnection::connect(&self.database.owner_url).await.unwrap();
        eventstore::verify::verify(&mut owner).await.unwrap().first_break.is_none()
    }
}

pub fn enter(badge: &str) -> Command {
    Command::Enter { badges: vec![badge.to_owned()] }
}
