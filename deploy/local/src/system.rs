//! Everything on this machine together: started in order, watched, stopped in order. Plays no story.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::try_join_all;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api::Api;
use crate::child::{Child, ChildPlan, ChildTrouble, GivenUp};
use crate::clock::{self, SharedClock};
use crate::console::Console;
use crate::diary::Diary;
use crate::environment::Environment;
use crate::folder::{Claim, DataFolder, FolderTrouble, Notice};
use crate::foundation::{Foundation, FoundationTrouble};
use crate::issuer::{Issuer, IssuerTrouble};
use crate::ports::{self, PortTrouble, Ports};
use crate::services::SERVICES;
use crate::settings::{self, Doors};
use crate::sign_in::{SignIn, SignInTrouble};
use crate::upkeep::ServerGivenUp;

/// Why nothing runs, or runs no longer.
#[derive(Debug, thiserror::Error)]
pub enum SystemTrouble {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
    /// The servers.
    #[error(transparent)]
    Foundation(#[from] FoundationTrouble),
    /// A port.
    #[error(transparent)]
    Port(#[from] PortTrouble),
    /// Sign-in.
    #[error(transparent)]
    Issuer(#[from] IssuerTrouble),
    /// Somebody's token.
    #[error(transparent)]
    SignIn(#[from] SignInTrouble),
    /// A service.
    #[error(transparent)]
    Child(#[from] ChildTrouble),
    /// A service that does not stay up.
    #[error(transparent)]
    GivenUp(#[from] GivenUp),
    /// No client for HTTP can be made.
    #[error("no HTTP client can be made")]
    Http(#[from] reqwest::Error),
    /// No token can be made.
    #[error(transparent)]
    NoRandomness(#[from] servers::NoRandomness),
    /// A server that will not start again.
    #[error(transparent)]
    ServerGivenUp(#[from] ServerGivenUp),
}

/// Everything, running.
pub struct System {
    /// Where it lives.
    pub folder: DataFolder,
    /// Postgres and NATS.
    pub foundation: Foundation,
    /// The clock of all processes.
    pub clock: SharedClock,
    /// Signs the sample people in.
    pub sign_in: Arc<SignIn>,
    /// Acts as them.
    pub api: Api,
    /// Where each service answers.
    pub urls: BTreeMap<&'static str, String>,
    /// Where each tells its metrics.
    pub metrics: BTreeMap<&'static str, String>,
    given_up: watch::Receiver<Option<GivenUp>>,
    children: TaskTracker,
    stop_children: CancellationToken,
    tasks: TaskTracker,
    stop: CancellationToken,
    // No other launcher chooses them while we live.
    _ports: Ports,
    // Given back last.
    _claim: Claim,
}

impl System {
    /// Starts everything on a claimed data folder.
    pub async fn start(
        folder: &DataFolder,
        claim: Claim,
        console: Console,
    ) -> Result<Self, SystemTrouble> {
        let environment = Environment::of_this_process();
        let clock = clock::remembered(folder)?;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let mut ports = Ports::of(folder);
        let issuer = Issuer::start(folder, &mut ports, &clock, &tasks, &stop).await?;
        let foundation = Foundation::lay(folder, &environment, console).await?;
        let (urls, metrics) = configure(folder, &mut ports, &foundation, &issuer).await?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let token = SecretString::from(servers::random_password()?);
        let plan = |service: &'static str, url: &String| {
            Ok::<_, FolderTrouble>(ChildPlan {
                service,
                config: folder.config(service),
                log: folder.log(service)?,
                url: url.clone(),
                token: token.clone(),
                clock: clock.clone(),
                http: http.clone(),
            })
        };
        let plans: Vec<_> =
            urls.iter().map(|(service, url)| plan(service, url)).collect::<Result<_, _>>()?;
        console.line(&format!("Starting {} …", listed(urls.keys())));
        let children = try_join_all(plans.iter().map(ChildPlan::start)).await?;
        for plan in &plans {
            if plan.waits_for_a_person().await {
                let (service, url) = (plan.service, &plan.url);
                console.line(&format!(
                    "{service} needs somebody to look: {url}/health/ready says why."
                ));
            }
        }
        let sign_in = Arc::new(SignIn::new(issuer, &clock, folder));
        sign_in.keep_files()?;
        let diary = Diary::open(folder)?;
        let api = Api::new(http.clone(), urls.clone(), Arc::clone(&sign_in), &clock, diary);
        let clock = SharedClock::new(&clock, folder, http, token, urls.clone());
        let (tell, given_up) = watch::channel(None);
        let system = Self {
            folder: folder.clone(),
            foundation,
            clock,
            sign_in,
            api,
            urls,
            metrics,
            given_up,
            children: TaskTracker::new(),
            stop_children: CancellationToken::new(),
            tasks,
            stop,
            _ports: ports,
            _claim: claim,
        };
        folder.tell(&system.notice())?;
        system.keep(children, console, &tell);
        Ok(system)
    }

    /// Waits until something has ended that cannot be mended here.
    pub async fn breaks(&self) -> SystemTrouble {
        let mut given_up = self.given_up.clone();
        tokio::select! {
            server = self.foundation.upkeep().given_up() => server.into(),
            Some(given_up) = told(&mut given_up) => given_up.into(),
        }
    }

    /// Stops the services, then what they stand on.
    pub async fn stop(self) {
        self.stop_children.cancel();
        self.children.close();
        self.children.wait().await;
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.foundation.stop().await;
        self.folder.fall_silent();
    }

    fn keep(&self, children: Vec<Child>, console: Console, tell: &watch::Sender<Option<GivenUp>>) {
        for child in children {
            let (stop, servers) = (self.stop_children.clone(), self.foundation.upkeep().stand());
            self.children.spawn(child.keep(console, stop, servers, tell.clone()));
        }
    }

    fn notice(&self) -> Notice {
        let services = self.urls.iter().map(|(name, url)| ((*name).to_owned(), url.clone()));
        Notice { process: std::process::id(), services: services.collect() }
    }
}

/// Where each of them is.
type Addresses = BTreeMap<&'static str, String>;

/// Gives every service its ports and a configuration; where each will answer, and tell its metrics.
async fn configure(
    folder: &DataFolder,
    given: &mut Ports,
    foundation: &Foundation,
    issuer: &Issuer,
) -> Result<(Addresses, Addresses), SystemTrouble> {
    let (mut urls, mut metrics) = (Addresses::new(), Addresses::new());
    for kind in SERVICES {
        let service = given.port(kind.name).await?;
        let told_at = given.port(&format!("{}_metrics", kind.name)).await?;
        let doors = Doors { service, metrics: told_at };
        settings::write(kind, doors, folder, foundation, issuer)?;
        urls.insert(kind.name, format!("http://{}", ports::address(service)));
        metrics.insert(kind.name, format!("http://{}/metrics", ports::address(told_at)));
    }
    Ok((urls, metrics))
}

/// The service that was given up; `None` once nobody is left who could say so.
async fn told(given_up: &mut watch::Receiver<Option<GivenUp>>) -> Option<GivenUp> {
    given_up.wait_for(Option::is_some).await.ok()?.clone()
}

fn listed<'a>(names: impl Iterator<Item = &'a &'static str>) -> String {
    names.copied().collect::<Vec<_>>().join(", ")
}
