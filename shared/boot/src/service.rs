//! Puts a service together: what every service has is made ready here, the service adds its rooms'
//! views, policies and routes, and everything runs until told to stop.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use eventstore::upcast::Reading;
use eventstore::view::{self, Progress, View};
use eventstore::{Clock, Committer, Executor, Policy, Upcasters, policy};
use jiff::Timestamp;
use messaging::inbox::Unlisted;
use messaging::{Connection, Layout, Publish, Relay, Subscriptions};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use vault::Vault;
use web::access::{Access, AccessTable};
use web::edge::Place;
use web::{Edge, House, Identities, Limits, Readiness, Verifier};

use crate::conditions::Looked;
use crate::config::ServiceConfig;
use crate::connections::{self, StartError};
use crate::control::{Control, Launched};
use crate::metrics::{Looks, Metrics, Stands};
use crate::running::{Breakdown, Running, spawn};
use crate::scheduler::{self, Fire};
use crate::skew;
use crate::traffic::Traffic;

/// Stands behind a service's name where its own policies tell how far they have come.
pub(crate) const POLICIES: &str = " policies";

/// What every service has, made ready.
pub struct Service {
    /// The service's name, as in tokens and subjects.
    pub name: &'static str,
    /// Carries commands out.
    pub executor: Executor,
    /// The service's database, for reading.
    pub pool: PgPool,
    /// How far views have come.
    pub progress: Progress,
    /// Whether the process can do its work.
    pub readiness: Readiness,
    /// What it tells in numbers; a service adds what only it can count.
    pub metrics: Metrics,
    started_at: Timestamp,
    config: ServiceConfig,
    clock: Clock,
    launched: Option<Launched>,
    vault: OnceLock<Arc<Vault>>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Commands are taken until nobody is served any more; or until this goes, unused.
    last_answer: DropGuard,
    breakdown: Breakdown,
}

/// What a service adds.
pub struct Parts {
    /// Its read models.
    pub views: Vec<Arc<dyn View>>,
    /// What it does whenever something happens in its own log.
    pub policies: Vec<Arc<dyn Policy>>,
    /// Gives a due timer's command in the room it belongs to.
    pub fire: Fire,
    /// What others may rely on.
    pub publish: Publish,
    /// Takes on the views and policies that hear other services.
    pub hear: Hear,
    /// Who may use its routes.
    pub access: &'static [web::AccessRule],
    /// Which person is behind an account.
    pub identities: Identities,
    /// Its routes, put into the house.
    pub routes: Box<dyn FnOnce(House) -> Router + Send>,
}

/// Takes on a service's subscribers.
pub type Hear = Box<dyn FnOnce(&mut Subscriptions, &Executor) -> Result<(), Unlisted> + Send>;

/// Makes ready what every service has. `launched` is given by the launcher alone, for the processes
/// it starts.
pub async fn start(
    name: &'static str,
    config: ServiceConfig,
    clock: Clock,
    launched: Option<Launched>,
    stop: CancellationToken,
) -> Result<Service, StartError> {
    tracing::info!(service = name, "starting");
    let started_at = Stands::now();
    let (options, pool) = connections::prepare(&config).await?;
    let tasks = TaskTracker::new();
    let nobody_is_served = CancellationToken::new();
    let committer = Committer::start(options, clock.clone(), &tasks, nobody_is_served.clone());
    let executor = Executor::new(pool.clone(), committer, clock.clone(), crate::BUILD);
    skew::warn_if_the_log_is_ahead(&pool, &clock).await?;
    Ok(Service {
        name,
        executor,
        pool,
        progress: Progress::default(),
        readiness: Readiness::default(),
        metrics: Metrics::of(name),
        started_at,
        config,
        clock,
        launched,
        vault: OnceLock::new(),
        tasks,
        stop,
        last_answer: nobody_is_served.drop_guard(),
        breakdown: Breakdown::default(),
    })
}

impl Service {
    /// Everything that reads the log knows old shapes of events by these: rooms, views, policies and
    /// what others are told. Given before anything is read.
    #[must_use]
    pub fn reading_by(mut self, upcasters: Upcasters) -> Self {
        self.executor = self.executor.reading_by(upcasters);
        self
    }

    /// The way commands come in. `places` says where each room's things have their address.
    pub fn edge(&self, places: &'static [Place]) -> Result<Edge, StartError> {
        let key = connections::key("request_key", &self.config.request_key)?;
        Ok(Edge::new(self.executor.clone(), self.name, &key, places))
    }

    /// The vault, for a service that seals or opens personal values. Its keys leave memory by
    /// themselves for as long as the service runs.
    pub async fn vault(&self) -> Result<Arc<Vault>, StartError> {
        let config = self.config.vault.as_ref().ok_or(StartError::Lacks("service.vault"))?;
        let vault = Vault::connect(config, stopwatch())
            .await
            .map_err(|error| StartError::Vault(Box::new(error)))?;
        let vault = Arc::clone(self.vault.get_or_init(|| Arc::new(vault)));
        let (sweeping, stop) = (Arc::clone(&vault), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                never = sweeping.sweep_keys() => match never {},
            }
        });
        Ok(vault)
    }

    /// Runs everything.
    pub async fn run(self, parts: Parts) -> Result<Running, StartError> {
        let listener = bind(&self.config.listen).await?;
        let address =
            listener.local_addr().map_err(|source| cannot_listen(&self.config.listen, source))?;
        let metrics_address = self.serve_metrics().await?;
        self.follow_the_log(&parts);
        let (traffic, nats) = self.open_traffic(parts.publish, parts.hear).await?;
        let wake = Arc::new(Notify::new());
        let scheduling =
            scheduler::run(self.executor.clone(), parts.fire, Arc::clone(&wake), self.stop.clone());
        self.spawn("the scheduler", scheduling);
        let house = self.house(parts.access, parts.identities)?;
        let looks = Arc::new(Looks::default());
        self.tell_in_numbers(&house, &traffic, &looks);
        let looked = Looked {
            executor: self.executor.clone(),
            progress: self.progress.clone(),
            traffic: traffic.clone(),
            nats,
            vault: self.vault.get().cloned(),
            verifier: house.access.verifier.clone(),
            looks,
        };
        looked.expect(&self.readiness);
        self.spawn("the watch", looked.watch(self.readiness.clone(), self.stop.clone()));
        let mut router = (parts.routes)(house);
        if let Some(launched) = &self.launched {
            let control = Control {
                service: self.name,
                executor: self.executor.clone(),
                progress: self.progress.clone(),
                traffic: traffic.clone(),
                wake,
                token: launched.token.clone(),
            };
            router = Router::new().nest("/control", control.routes()).merge(router);
        }
        self.watch_the_committer();
        let (stop, last_answer) = (self.stop.clone(), self.last_answer);
        let serving = async move {
            if let Err(error) = web::serve(listener, router, stop.clone()).await {
                tracing::error!(%error, "serving ended");
                stop.cancel();
            }
            drop(last_answer);
        };
        spawn(&self.tasks, "serving", serving, self.stop.clone(), self.breakdown.clone());
        self.tasks.close();
        tracing::info!(service = self.name, %address, "running");
        Ok(Running {
            name: self.name,
            address,
            metrics_address,
            metrics: self.metrics,
            readiness: self.readiness,
            progress: self.progress,
            executor: self.executor,
            traffic,
            tasks: self.tasks,
            stop: self.stop,
            breakdown: self.breakdown,
        })
    }

    fn spawn(&self, part: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        spawn(&self.tasks, part, work, self.stop.clone(), self.breakdown.clone());
    }

    /// Without a committer nothing is stored any more; the process goes, and is started again.
    fn watch_the_committer(&self) {
        let (mut heads, stop) = (self.executor.committer().heads(), self.stop.clone());
        let breakdown = self.breakdown.clone();
        self.tasks.spawn(async move {
            let ended = async { while heads.changed().await.is_ok() {} };
            tokio::select! {
                () = stop.cancelled() => {}
                () = ended => breakdown.of("the committer", &stop),
            }
        });
    }

    /// Publishes and hears, where there is a NATS to do so by.
    async fn open_traffic(
        &self,
        publish: Publish,
        hear: Hear,
    ) -> Result<(Traffic, Option<Connection>), StartError> {
        let Some(nats) = &self.config.nats else { return Ok((Traffic::default(), None)) };
        let layout = Layout::shipped().map_err(messaging_failed)?;
        let connection = messaging::connect(nats, self.name).await.map_err(messaging_failed)?;
        let heads = self.executor.committer().heads();
        let relay = Relay::prepare(
            connection.clone(),
            self.pool.clone(),
            &layout,
            self.name,
            heads,
            publish,
        )
        .await
        .map_err(messaging_failed)?
        .reading_by(self.executor.upcasters());
        let pool = self.pool.clone();
        let mut subscriptions =
            Subscriptions::new(connection.clone(), pool, layout, self.name, self.progress.clone());
        hear(&mut subscriptions, &self.executor).map_err(messaging_failed)?;
        let traffic =
            Traffic { relay: Some(relay.status()), subscriptions: Some(subscriptions.statuses()) };
        relay.start(&self.tasks, &self.stop);
        subscriptions.start(&self.tasks, &self.stop).await?;
        Ok((traffic, Some(connection)))
    }

    fn follow_the_log(&self, parts: &Parts) {
        let heads = self.executor.committer().heads();
        for one in &parts.views {
            // Known from the beginning, so that no read passes because its view has not begun.
            self.progress.reached(self.name, one.name(), 0);
            self.progress.stalled(self.name, one.name(), "starting");
            let (view, upcasters) = (Arc::clone(one), self.executor.upcasters().clone());
            self.tasks.spawn(view::follow(
                Arc::new(Reading { view, upcasters }),
                self.name.to_owned(),
                self.executor.clone(),
                self.progress.clone(),
                self.stop.clone(),
            ));
        }
        for one in &parts.policies {
            self.tasks.spawn(policy::follow(
                Arc::clone(one),
                format!("{}{POLICIES}", self.name),
                self.executor.clone(),
                heads.clone(),
                self.progress.clone(),
                self.stop.clone(),
            ));
        }
    }

    fn house(
        &self,
        rules: &'static [web::AccessRule],
        identities: Identities,
    ) -> Result<House, StartError> {
        let verifier = Verifier::new(self.config.issuer.clone(), self.clock.clone())
            .map_err(|error| StartError::SignIn(Box::new(error)))?;
        Ok(House {
            service: self.name,
            access: Access { table: AccessTable(rules), verifier, identities },
            readiness: self.readiness.clone(),
            limits: Limits::default(),
            figures: web::Figures::default(),
        })
    }

    /// Everything there is to count has its place from now on.
    fn tell_in_numbers(&self, house: &House, traffic: &Traffic, looks: &Arc<Looks>) {
        let stands = Stands {
            service: self.name,
            executor: self.executor.clone(),
            progress: self.progress.clone(),
            readiness: self.readiness.clone(),
            traffic: traffic.clone(),
            vault: self.vault.get().cloned(),
            looks: Arc::clone(looks),
            started_at: self.started_at,
        };
        self.metrics.add(|registry| {
            self.executor.committer().figures().register(registry);
            house.figures.register(registry);
            registry.register_collector(Box::new(stands));
        });
    }

    /// At an address of its own, where one is given.
    async fn serve_metrics(&self) -> Result<Option<SocketAddr>, StartError> {
        let Some(address) = &self.config.telemetry.metrics_listen else { return Ok(None) };
        let listener = bind(address).await?;
        let bound = listener.local_addr().map_err(|source| cannot_listen(address, source))?;
        self.tasks.spawn(self.metrics.clone().serve(listener, self.stop.clone()));
        Ok(Some(bound))
    }
}

async fn bind(address: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| cannot_listen(address, source))
}

fn cannot_listen(address: &str, source: std::io::Error) -> StartError {
    StartError::Listen { address: address.to_owned(), source }
}

#[expect(clippy::disallowed_methods, reason = "how long a key lies in memory is real time")]
fn stopwatch() -> vault::Stopwatch {
    Arc::new(std::time::Instant::now)
}

fn messaging_failed(error: impl std::error::Error + Send + Sync + 'static) -> StartError {
    StartError::Messaging(Box::new(error))
}
